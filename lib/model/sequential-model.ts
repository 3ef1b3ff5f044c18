import type { Backend } from '../backend/backend.ts';
import { type BackendName, chooseBackend } from '../backend/choose.ts';
import type { Logs, TrainingModel } from '../callbacks/callback.ts';
import type { History } from '../callbacks/history.ts';
import { checkInputs, checkTargets, type Examples, gather, inOrder } from '../data/examples.ts';
import { DataError, OptionError, ShapeError, StateError } from '../errors.ts';
import type { Layer } from '../layers/layer.ts';
import { checkedShape } from '../layers/options.ts';
import { lossOf } from '../losses/losses.ts';
import { metricOf } from '../metrics/metrics.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { optimizerOf } from '../optimizers/registry.ts';
import type { Plan } from '../plan/plan.ts';
import { checkedSeed, randomSeed } from '../random/random.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import { Tensor, tensor } from '../tensor/index.ts';
import { evaluate, fit, type Trainer, trainStep } from './fit.ts';
import type { BatchOptions, CompileOptions, FitOptions, SequentialOptions, TensorLike } from './options.ts';
import { type ProfileRow, profilePlan } from './profile.ts';
import type { Compiled } from './program.ts';
import { type ProgramKind, Runtime } from './runtime.ts';
import { checkInputShape, firstInputShape, type PlacedLayer, placeLayer } from './structure.ts';
import { countParameters, summaryTable } from './summary.ts';

/** What is there of a `Sequential` at run time; `sequential.ts` gives it the types. */
export class SequentialModel implements TrainingModel {
  readonly name: string;
  readonly seed: number;
  readonly #backend: BackendName | undefined;
  #layers: PlacedLayer[] = [];
  #inputShape: Shape | undefined;
  #runtime: Runtime | undefined;
  #compiled: Compiled | undefined;
  #fitting = false;
  #history: History | undefined;

  /**
   * `new Sequential([layers], options)`, the first layer with `inputShape`, or `new Sequential({ inputShape })` and
   * then `add`. Throws OptionError and ShapeError for layers that do not fit together.
   */
  constructor(layersOrOptions: readonly Layer[] | SequentialOptions = {}, options: SequentialOptions = {}) {
    const given = isLayers(layersOrOptions) ? options : layersOrOptions;
    this.name = given.name ?? 'sequential';
    this.#backend = given.backend;
    this.seed = given.seed === undefined ? randomSeed() : checkedSeed('Sequential', given.seed);
    if (given.inputShape !== undefined) this.#inputShape = checkedShape('Sequential: inputShape', given.inputShape);
    if (isLayers(layersOrOptions)) for (const layer of layersOrOptions) this.add(layer);
  }

  /** Puts a layer on top. Throws ShapeError if it does not fit, StateError once the model has weights. */
  add(layer: Layer): this {
    if (this.#runtime !== undefined) {
      throw new StateError(
        `model "${this.name}" has weights already: add all layers before compile, fit or getWeights`,
      );
    }
    const before = this.#layers.at(-1)?.outputShape ?? this.#inputShape;
    if (before === undefined) this.#inputShape = firstInputShape(layer);
    else checkInputShape(layer, before);
    this.#layers.push(placeLayer(this.#layers, layer, before ?? this.#inputShape!));
    return this;
  }

  /** The layers in their places: names, shapes and parameters. */
  get layers(): readonly PlacedLayer[] {
    return this.#layers;
  }

  /** The shape of one input, without the batch axis. */
  get inputShape(): Shape {
    return this.#built().inputShape;
  }

  /** The shape of one output, without the batch axis. */
  get outputShape(): Shape {
    return this.#built().outputShape;
  }

  /** The optimizer given to `compile`. Throws StateError before that. */
  get optimizer(): Optimizer {
    return this.#trainer('optimizer').compiled.optimizer;
  }

  /** The history of the last `fit`. */
  get history(): History | undefined {
    return this.#history;
  }

  /** What computes, and with how many threads. */
  get backend(): Backend {
    return this.#weights().backend;
  }

  /** Memory of weights, optimizer and batches: bytes, and how often it was asked of the system. */
  get memory(): { readonly allocations: number; readonly bytes: number } {
    return this.#weights().memory;
  }

  /** Training steps since `compile`. */
  get steps(): number {
    return this.#weights().steps;
  }

  /** Number of parameters. */
  countParams(): number {
    return countParameters(this.#layers).total;
  }

  /** Prints the table of layers, output shapes and parameters that Keras prints. Throws StateError without layers. */
  summary(print: (text: string) => void = console.log): void {
    this.#built();
    print(summaryTable(this.name, this.#layers));
  }

  /** Settles optimizer, loss and metrics. Throws OptionError for an unknown name; keeps the weights. */
  compile({ optimizer, loss, metrics = [] }: CompileOptions): this {
    this.#ensureIdle('compile');
    const { outputShape } = this.#built();
    const compiled = {
      optimizer: optimizerOf(optimizer),
      loss: lossOf(loss),
      metrics: metrics.map(metric => metricOf(metric, outputShape)),
    };
    this.#weights().compile(compiled);
    this.#compiled = compiled;
    return this;
  }

  /**
   * Trains for a number of epochs and returns the history of losses and metrics, averaged over each epoch.
   * Inputs: [N, ...inputShape]; targets: as the loss wants them. All data is checked first.
   * Throws ShapeError, DataError, OptionError, or StateError if the model is not compiled or trains already.
   */
  async fit(x: TensorLike, y: TensorLike, options: FitOptions = {}): Promise<History> {
    const trainer = this.#trainer('fit');
    this.#ensureIdle('fit');
    const settings = {
      batchSize: positive('fit: batchSize', options.batchSize ?? 32),
      epochs: positive('fit: epochs', options.epochs ?? 1),
      initialEpoch: atLeastZero('fit: initialEpoch', options.initialEpoch ?? 0),
      shuffle: options.shuffle ?? true,
      seed: options.seed === undefined ? this.seed : checkedSeed('fit', options.seed),
      verbose: options.verbose ?? 'auto',
      callbacks: options.callbacks ?? [],
    };
    const { train, validation } = this.#split(this.#examples('fit', x, y), options);
    this.#fitting = true;
    try {
      this.#history = await fit(this, trainer, train, validation, settings);
      return this.#history;
    } finally {
      this.#fitting = false;
    }
  }

  /** Loss and metrics over the examples. Throws as `fit` does. */
  async evaluate(x: TensorLike, y: TensorLike, options: BatchOptions = {}): Promise<Logs> {
    const trainer = this.#trainer('evaluate');
    const batchSize = positive('evaluate: batchSize', options.batchSize ?? 32);
    return evaluate(trainer, this.#examples('evaluate', x, y), batchSize);
  }

  /** One step on the whole of `x` and `y`; returns loss and metrics from before the step. Throws as `fit` does. */
  async trainOnBatch(x: TensorLike, y: TensorLike): Promise<Logs> {
    const trainer = this.#trainer('trainOnBatch');
    this.#ensureIdle('trainOnBatch');
    const examples = this.#examples('trainOnBatch', x, y);
    return trainStep(trainer, examples, inOrder(examples.count), 0, examples.count, this.seed);
  }

  /** The outputs for all inputs: [N, ...outputShape]. Throws ShapeError or DataError for inputs that do not fit. */
  async predict(x: TensorLike, options: BatchOptions = {}): Promise<Tensor> {
    const { inputShape, outputShape } = this.#built();
    const batchSize = positive('predict: batchSize', options.batchSize ?? 32);
    const inputs = toTensor(x);
    checkInputs('predict', inputs, inputShape);
    const count = inputs.shape[0]!;
    const rows = inOrder(count);
    const size = sizeOf(outputShape);
    const outputs = new Float32Array(count * size);
    for (let from = 0; from < count; from += batchSize) {
      const batch = Math.min(batchSize, count - from);
      await this.#weights().run(
        'predict',
        batch,
        executable => gather(inputs, rows, from, batch, executable.view(executable.plan.inputs.x!)),
        executable => outputs.set(executable.view(executable.plan.outputs.output!), from * size),
      );
    }
    return new Tensor([count, ...outputShape], 'float32', outputs);
  }

  /**
   * Copies of all parameters in Keras's order: layer by layer, kernel before bias. While `fit` runs they may be those of
   * the middle of a step; a callback gets those between two steps.
   */
  getWeights(): Tensor<Shape, 'float32'>[] {
    return this.#weights().getWeights();
  }

  /** Replaces all parameters. Throws ShapeError if they do not fit, StateError during a step, and changes nothing then. */
  setWeights(weights: readonly TensorLike[]): void {
    this.#weights().setWeights(weights.map(toTensor));
  }

  /** The kernel calls of a training step, of evaluation or of prediction, for a batch of that many examples. */
  plan(kind: ProgramKind, batchSize: number): Plan {
    if (kind !== 'predict') this.#trainer('plan');
    return this.#weights().plan(kind, positive('plan: batchSize', batchSize));
  }

  /** The model itself. Throws ShapeError if its output has another shape. */
  assertOutput(shape: Shape): this {
    const { outputShape } = this.#built();
    if (!sameShape(outputShape, shape)) {
      const output = formatShape(outputShape);
      throw new ShapeError(sentence('assertOutput', { output, asserted: formatShape(shape) }));
    }
    return this;
  }

  /** Time, speed and share of every kernel call of a training step, for a batch of that many examples. */
  async profile(batchSize: number): Promise<ProfileRow[]> {
    return profilePlan(this.plan('train', batchSize), this.backend);
  }

  #built(): { inputShape: Shape; outputShape: Shape } {
    const outputShape = this.#layers.at(-1)?.outputShape;
    if (this.#inputShape === undefined || outputShape === undefined) {
      throw new StateError(`model "${this.name}" has no layers: add some first`);
    }
    return { inputShape: this.#inputShape, outputShape };
  }

  #weights(): Runtime {
    const { inputShape } = this.#built();
    this.#runtime ??= new Runtime(this.#layers, inputShape, this.seed, chooseBackend(this.#backend));
    return this.#runtime;
  }

  #trainer(method: string): Trainer {
    if (this.#compiled === undefined) {
      throw new StateError(`${method}: model "${this.name}" is not compiled: call compile({ optimizer, loss }) first`);
    }
    const rowsPerExample = sizeOf(this.#built().outputShape.slice(0, -1));
    return { runtime: this.#weights(), compiled: this.#compiled, rowsPerExample };
  }

  #ensureIdle(method: string): void {
    if (this.#fitting) {
      throw new StateError(`${method}: model "${this.name}" is training: await the running fit() first`);
    }
  }

  #examples(what: string, x: TensorLike, y: TensorLike): Examples {
    const { inputShape, outputShape } = this.#built();
    const inputs = toTensor(x);
    const targets = toTensor(y);
    checkInputs(what, inputs, inputShape);
    const count = inputs.shape[0]!;
    checkTargets(what, targets, count, this.#compiled!.loss.targets, outputShape);
    return { count, inputs, targets };
  }

  #split(examples: Examples, options: FitOptions): { train: Examples; validation: Examples | undefined } {
    const { validationData, validationSplit = 0 } = options;
    if (!(validationSplit >= 0 && validationSplit < 1)) {
      throw new OptionError(`fit: validationSplit must be at least 0 and less than 1, got ${validationSplit}`);
    }
    if (validationData !== undefined) {
      if (validationSplit > 0) throw new OptionError('fit: give either validationSplit or validationData, not both');
      return { train: examples, validation: this.#examples('fit: validationData', ...validationData) };
    }
    if (validationSplit === 0) return { train: examples, validation: undefined };
    const trained = Math.floor(examples.count * (1 - validationSplit));
    if (trained === 0 || trained === examples.count) {
      throw new DataError(
        `fit: validationSplit ${validationSplit} of ${examples.count} examples leaves ${trained} to train and ${examples.count - trained} to validate; both need at least one`,
      );
    }
    return { train: part(examples, 0, trained), validation: part(examples, trained, examples.count) };
  }
}

/** The examples from `begin` to before `end`, without a copy. */
function part({ inputs, targets }: Examples, begin: number, end: number): Examples {
  return { count: end - begin, inputs: rowsOf(inputs, begin, end), targets: rowsOf(targets, begin, end) };
}

function rowsOf(whole: Tensor, begin: number, end: number): Tensor {
  const size = sizeOf(whole.shape.slice(1));
  return new Tensor([end - begin, ...whole.shape.slice(1)], whole.dtype, whole.data.subarray(begin * size, end * size));
}

const toTensor = (given: TensorLike): Tensor => (given instanceof Tensor ? given : tensor(given));

const isLayers = (given: readonly Layer[] | SequentialOptions): given is readonly Layer[] => Array.isArray(given);

function positive(option: string, value: number): number {
  if (!Number.isInteger(value) || value < 1)
    throw new OptionError(`${option} must be a positive integer, got ${value}`);
  return value;
}

function atLeastZero(option: string, value: number): number {
  if (!Number.isInteger(value) || value < 0)
    throw new OptionError(`${option} must be an integer of 0 or more, got ${value}`);
  return value;
}
