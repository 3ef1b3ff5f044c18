import type { Callback } from '../callbacks/callback.ts';
import {
  type Batch,
  type BatchSourceLike,
  checkBatch,
  exampleFeeds,
  type FeedSource,
  type InputBatch,
  isBatchSource,
  sourceFeeds,
  stepsOf,
} from '../data/batches.ts';
import type { Columns } from '../data/dataset/block.ts';
import { Dataset } from '../data/dataset/dataset.ts';
import { datasetFeeds } from '../data/dataset/feeds.ts';
import {
  type ClassWeights,
  checkInputs,
  checkTargets,
  checkWeights,
  type Examples,
  type LossTargets,
  weightsOfClasses,
} from '../data/examples.ts';
import { describe } from '../describe.ts';
import { DataError, OptionError, ShapeError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';
import { sizeOf } from '../shape/shape.ts';
import { Tensor, tensor } from '../tensor/index.ts';
import type { Verbosity } from './fit.ts';
import type { FitOptions, TensorLike } from './options.ts';

/** What data has to fit: the model's shapes, and how the loss wants its targets. */
export interface Expected {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly loss: LossTargets;
}

/** What belongs to each example besides inputs and targets. */
interface Weighting {
  readonly sampleWeight?: TensorLike | undefined;
  readonly classWeight?: ClassWeights | undefined;
}

export const toTensor = (given: TensorLike): Tensor => (given instanceof Tensor ? given : tensor(given));

/** Checked examples. `what` begins every message: `fit`. Throws ShapeError, DataError or OptionError. */
export function examplesOf(
  what: string,
  expected: Expected,
  x: TensorLike,
  y: TensorLike,
  { sampleWeight, classWeight }: Weighting = {},
): Examples {
  const inputs = toTensor(x);
  const targets = toTensor(y);
  checkInputs(what, inputs, expected.inputShape);
  const count = inputs.shape[0]!;
  checkTargets(what, targets, count, expected.loss, expected.outputShape);
  if (sampleWeight !== undefined && classWeight !== undefined) {
    throw new OptionError(`${what}: give either sampleWeight or classWeight, not both`);
  }
  if (sampleWeight !== undefined) {
    return { count, inputs, targets, weights: weightsFor(`${what}: sampleWeight`, sampleWeight, count) };
  }
  if (classWeight === undefined) return { count, inputs, targets };
  const weights = weightsOfClasses(targets, expected.loss.targets, expected.outputShape, classWeight);
  return { count, inputs, targets, weights };
}

function weightsFor(what: string, given: TensorLike, count: number): Tensor {
  const weights = toTensor(given);
  checkWeights(what, weights, count);
  return weights;
}

/** What `fit` and its kin take in place of inputs and targets. */
export type SourceLike<B extends InputBatch = Batch> = BatchSourceLike<B> | Dataset;

/** Whether this is a source, and not a tensor or nested arrays. */
export const isSource = <B extends InputBatch>(x: TensorLike | SourceLike<B>): x is SourceLike<B> =>
  isBatchSource<B>(x);

/** The feeds of a source that `fit` or `evaluate` was given; each batch is checked when it comes. */
export function feedsOf(what: string, expected: Expected, source: SourceLike, classWeight?: ClassWeights): FeedSource {
  const check = (prefix: string, { x, targets, weights }: Partial<Batch> & InputBatch): Examples => {
    if (targets === undefined) throw new ShapeError(sentence('noTargets', { method: prefix }));
    const examples = examplesOf(prefix, expected, x, targets, { classWeight });
    if (weights === undefined) return examples;
    if (classWeight !== undefined) {
      throw new OptionError(`${prefix}: a batch has weights, and there is classWeight; give one of them`);
    }
    return { ...examples, weights: weightsFor(`${prefix}: weights`, weights, examples.count) };
  };
  if (source instanceof Dataset) {
    const { inputShape, outputShape: shape, loss } = expected;
    return datasetFeeds(what, source, { inputShape, output: { shape, loss } }, check);
  }
  return sourceFeeds(what, source, (batch: Batch) => {
    checkBatch(what, batch, ['x', 'targets']);
    return check(`${what}: batch source`, batch);
  });
}

/** The feeds of a source that `predict` was given. */
export function inputFeedsOf(what: string, inputShape: Shape, source: SourceLike<InputBatch>): FeedSource {
  const check = (prefix: string, { x }: InputBatch): Examples => {
    const inputs = toTensor(x);
    checkInputs(prefix, inputs, inputShape);
    return { count: inputs.shape[0]!, inputs, targets: inputs };
  };
  if (source instanceof Dataset) return datasetFeeds(what, source, { inputShape }, check);
  return sourceFeeds(what, source, (batch: InputBatch) => {
    checkBatch(what, batch, ['x']);
    return check(`${what}: batch source`, batch);
  });
}

/** What a method that takes one batch was given: inputs, targets and options, or a dataset and options. */
export type BatchGiven<O> = readonly [x: TensorLike | Dataset, targetsOrOptions?: TensorLike | O, options?: O];

/** Inputs, targets and options of a method that takes one batch: a dataset stands for all of its examples. */
export function batchOf<O extends Weighting>(
  what: string,
  ...[x, yOrOptions, more]: BatchGiven<O>
): OneBatch<O> | Promise<OneBatch<O>> {
  // Tensors are handed on at once, so that what is asked for next comes behind the step on them.
  if (x instanceof Dataset) return batchOfDataset(what, x, (yOrOptions ?? more) as O | undefined);
  return { x, y: given(what, yOrOptions as TensorLike | undefined), options: checkedOptions(what, more) };
}

interface OneBatch<O> {
  readonly x: TensorLike;
  readonly y: TensorLike;
  readonly options: Partial<O> & Weighting;
}

async function batchOfDataset<O extends Weighting>(
  what: string,
  x: Dataset,
  stated: O | undefined,
): Promise<OneBatch<O>> {
  const options = checkedOptions(what, stated);
  const { x: inputs, targets, weights }: Columns = await x.toTensors();
  if (targets === undefined) throw new ShapeError(sentence('noTargets', { method: what }));
  if (options.sampleWeight !== undefined) {
    throw new OptionError(`${what}: sampleWeight is for tensors; a dataset brings its weights`);
  }
  return { x: inputs, y: targets, options: weights === undefined ? options : { ...options, sampleWeight: weights } };
}

/**
 * So many batches, or all if that is left out. Throws OptionError if it is known that there are not as many, or that there
 * is no end.
 */
export function checkedSteps(
  option: string,
  steps: number | undefined,
  source: FeedSource | undefined,
  batchSize: number,
): number | undefined {
  const there = source === undefined ? undefined : stepsOf(source, batchSize);
  if (steps === undefined) {
    if (there !== Number.POSITIVE_INFINITY) return undefined;
    throw new OptionError(`${option} must be given, since the dataset repeats without end`);
  }
  positive(option, steps);
  if (there === undefined || steps <= there) return steps;
  const batches = `${there} ${there === 1 ? 'batch' : 'batches'}`;
  const data =
    source?.steps === undefined
      ? `${source?.examples} examples make ${batches} of ${batchSize}`
      : `the dataset has ${batches}`;
  throw new OptionError(`${option} is ${steps}, but ${data}; ask for at most ${there}`);
}

/** The batch size of a source that decides it, else the one given. Throws OptionError if the two contradict each other. */
export function checkedBatchSize(
  option: string,
  asked: number | undefined,
  { batchSize }: Pick<FeedSource, 'batchSize'>,
  otherwise: number,
): number {
  const size = positive(option, asked ?? batchSize ?? otherwise);
  if (batchSize === undefined || size === batchSize) return size;
  throw new OptionError(`${option} is ${size}, but the dataset is in batches of ${batchSize}; leave it out`);
}

/** What a dataset has in place of options for tensors. */
const waysOfDatasets = { validationSplit: 'split()', sampleWeight: 'its weights', shuffle: 'shuffle()' } as const;

/** What `fit` trains on and what it validates with. */
export function fitData(
  expected: Expected,
  x: TensorLike | SourceLike,
  y: TensorLike | undefined,
  options: FitOptions,
): { train: FeedSource; validation: FeedSource | undefined } {
  const { shuffle = true, validationData, validationSplit = 0 } = options;
  if (!(validationSplit >= 0 && validationSplit < 1)) {
    throw new OptionError(`fit: validationSplit must be at least 0 and less than 1, got ${describe(validationSplit)}`);
  }
  if (validationData !== undefined && validationSplit > 0) {
    throw new OptionError('fit: give either validationSplit or validationData, not both');
  }
  const validation = validationData === undefined ? undefined : validationFeeds(expected, validationData);
  if (isSource<Batch>(x)) {
    for (const [option, way] of Object.entries(waysOfDatasets)) {
      if (options[option as keyof typeof waysOfDatasets] === undefined) continue;
      const who = x instanceof Dataset ? `a dataset has its own way, ${way}` : 'a batch source decides that itself';
      throw new OptionError(`fit: ${option} is for tensors; ${who}`);
    }
    return { train: feedsOf('fit', expected, x, options.classWeight), validation };
  }
  const examples = examplesOf('fit', expected, x, given('fit', y), options);
  if (validationSplit === 0) return { train: exampleFeeds(examples, { shuffle }), validation };
  const parts = split(examples, validationSplit);
  // As in Keras, class weights are for training alone.
  const { weights: _, ...unweighted } = parts.validation;
  const validated = options.classWeight === undefined ? parts.validation : unweighted;
  return {
    train: exampleFeeds(parts.train, { shuffle }),
    validation: exampleFeeds(validated, { shuffle: false }),
  };
}

/** The targets, which only a batch source can do without. */
export function given(what: string, y: TensorLike | undefined): TensorLike {
  if (y !== undefined) return y;
  throw new OptionError(`${what}: expected inputs and targets, or a batch source, got no targets`);
}

function validationFeeds(expected: Expected, data: NonNullable<FitOptions['validationData']>): FeedSource {
  const what = 'fit: validationData';
  if (!Array.isArray(data) && isBatchSource(data)) return feedsOf(what, expected, data);
  if (!Array.isArray(data)) {
    throw new OptionError(`${what} must be [inputs, targets] or a batch source, got ${describe(data)}`);
  }
  const [x, y, sampleWeight] = data;
  return exampleFeeds(examplesOf(what, expected, x, given(what, y), { sampleWeight }), { shuffle: false });
}

function split(examples: Examples, share: number): { train: Examples; validation: Examples } {
  const { count } = examples;
  const trained = Math.floor(count * (1 - share));
  if (trained === 0 || trained === count) {
    const leaves = `leaves ${trained} to train and ${count - trained} to validate`;
    throw new DataError(`fit: validationSplit ${share} of ${count} examples ${leaves}; both need at least one`);
  }
  return { train: part(examples, 0, trained), validation: part(examples, trained, count) };
}

/** The examples from `begin` to before `end`, without a copy. */
function part({ inputs, targets, weights }: Examples, begin: number, end: number): Examples {
  const count = end - begin;
  const own = { count, inputs: rowsBetween(inputs, begin, end), targets: rowsBetween(targets, begin, end) };
  return weights === undefined ? own : { ...own, weights: rowsBetween(weights, begin, end) };
}

function rowsBetween(whole: Tensor, begin: number, end: number): Tensor {
  const size = sizeOf(whole.shape.slice(1));
  return new Tensor([end - begin, ...whole.shape.slice(1)], whole.dtype, whole.data.subarray(begin * size, end * size));
}

/** Throws OptionError unless the options are an object, or left out. */
export function checkedOptions<T extends object>(what: string, options: T | undefined): Partial<T> {
  if (options === undefined) return {};
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options;
  throw new OptionError(`${what}: options must be an object, got ${describe(options)}`);
}

/** Throws OptionError unless these are callbacks. */
export function checkedCallbacks(callbacks: readonly Callback[] | undefined): readonly Callback[] {
  if (callbacks === undefined) return [];
  if (!Array.isArray(callbacks)) {
    throw new OptionError(`fit: callbacks must be a list of callbacks, got ${describe(callbacks)}`);
  }
  for (const callback of callbacks as readonly unknown[]) {
    if (typeof callback === 'object' && callback !== null) continue;
    throw new OptionError(`fit: a callback is an object such as new EarlyStopping(), got ${describe(callback)}`);
  }
  return callbacks;
}

/** Throws OptionError unless the value is a signal, or left out. */
export function checkedSignal(what: string, signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw new OptionError(`${what}: signal must be an AbortSignal, got ${describe(signal)}`);
}

export function positive(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new OptionError(`${option} must be a positive integer, got ${describe(value)}`);
}

export function atLeastZero(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new OptionError(`${option} must be an integer of 0 or more, got ${describe(value)}`);
}

export function flag(option: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw new OptionError(`${option} must be true or false, got ${describe(value)}`);
}

export function checkedVerbosity(verbose: Verbosity): Verbosity {
  if (['auto', 0, 1, 2].includes(verbose)) return verbose;
  throw new OptionError(`fit: verbose must be "auto", 0, 1 or 2, got ${describe(verbose)}`);
}

/** Every so many epochs, or the epochs named, counted from 1. Throws OptionError. */
export function checkedFrequency(given: number | readonly number[]): number | readonly number[] {
  const isEpoch = (value: unknown) => Number.isInteger(value) && (value as number) >= 1;
  if (Array.isArray(given) ? given.length > 0 && given.every(isEpoch) : isEpoch(given)) return given;
  throw new OptionError(
    `fit: validationFreq must be a positive integer or a list of epochs counted from 1, got ${describe(given)}`,
  );
}
