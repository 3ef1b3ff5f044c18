import { describe } from '../../describe.ts';
import { OptionError } from '../../errors.ts';
import { flag, natural, positiveInteger } from '../../layers/options.ts';
import { sentence } from '../../shape/sentences.ts';
import type { Shape } from '../../shape/shape.ts';
import type { DType, NestedArray, Tensor } from '../../tensor/index.ts';
import type { EpochStart } from '../batches.ts';
import { type Block, type Columns, join } from './block.ts';
import * as indexed from './indexed.ts';
import {
  batchColumnsOf,
  type GivenElement,
  type MapContext,
  mapBatches,
  mapExamples,
  oneHotTargets,
} from './mapping.ts';
import {
  type BatchingOptions,
  checkedNames,
  concatFacts,
  knownExamples,
  type ShuffleOptions,
  shuffleSize,
} from './options.ts';
import type { PartOptions } from './parts.ts';
import { readElements } from './reading.ts';
import type { WithTargetForEach } from './rules.ts';
import { type ElementSource, streamFrom } from './sources.ts';
import { splitStage } from './splitting.ts';
import { drawsOf, firstPass, type Pass, passOf, type Stage, type StageFacts } from './stage.ts';
import * as streamed from './streamed.ts';
import type {
  BatchSize,
  Division,
  DTypeOfGiven,
  ElementKind,
  ElementOf,
  ExampleShapes,
  OneHot,
  Targets,
  TargetsIn,
  TargetsOfGiven,
  TypedDataset,
} from './types.ts';

/** Options of a stream. */
export interface StreamOptions {
  /** How many examples a pass has, if that is known: for the progress bar. */
  readonly examples?: number;
}

/**
 * Examples on their way to a model, and what is done to them on the way; nothing is done before somebody asks. `In` is the
 * shape of one input, `D` its type, `T` the kind of its targets, `E` whether the elements are single examples or batches.
 * A dataset never changes: each method gives a new one. The order of the methods counts: behind `batch`, elements are
 * batches, for `map`, `take`, `skip`, `shuffle` and `repeat` too. `fit`, `evaluate` and `predict` take it.
 */
export class Dataset<
  out In extends Shape = Shape,
  out D extends DType = DType,
  out T extends Targets = Targets,
  out E extends ElementKind = ElementKind,
> implements TypedDataset<In, D, T, E>
{
  declare readonly '~dataset'?: readonly [In, D, T, E];
  /** For the library alone: where the elements come from. */
  readonly '~stage': Stage;
  /** For the library alone: how many batches are made ahead. */
  readonly '~ahead': number;
  /** Examples of a pass, if that is known. */
  declare readonly examples?: number;

  /** For the library alone: `fromTensors` and its kin make datasets. */
  constructor(stage: Stage, ahead = 0) {
    this['~stage'] = stage;
    this['~ahead'] = ahead;
    if (stage.examples !== undefined) this.examples = stage.examples;
  }

  /** Examples along the first axis of tensors or nested arrays: [N, ...]. Throws ShapeError for other numbers of targets or weights. */
  static fromTensors<
    const X extends Tensor | NestedArray,
    const Y extends Tensor | NestedArray | undefined = undefined,
  >(
    x: X,
    targets?: WithTargetForEach<X, Y>,
    weights?: Tensor | NestedArray,
  ): Dataset<ExampleShapes<X>['batch'], DTypeOfGiven<X>, TargetsOfGiven<Y, 'batch'>, 'example'> {
    return new Dataset(indexed.memory(batchColumnsOf('Dataset.fromTensors', { x, targets, weights })));
  }

  /** Images and their labels, as the readers of image sets give them. */
  static fromImages<const X extends Tensor, const Y extends Tensor>(labelled: {
    readonly images: X;
    readonly labels: WithTargetForEach<X, Y> & Y;
  }): Dataset<ExampleShapes<X>['batch'], DTypeOfGiven<X>, TargetsOfGiven<Y, 'batch'>, 'example'> {
    const { images: x, labels: targets } = labelled ?? {};
    return new Dataset(indexed.memory(batchColumnsOf('Dataset.fromImages', { x, targets })));
  }

  /**
   * Examples `{ x, targets, weights }` that come one after the other, more than fit into memory: of an iterable, or of a
   * function that gives one for each pass, since a generator runs only once. Throws OptionError.
   */
  static fromExamples<const G extends GivenElement>(
    source: ElementSource<G>,
    options: StreamOptions = {},
  ): Dataset<ExampleShapes<G['x']>['example'], DTypeOfGiven<G['x']>, TargetsIn<G>['example'], 'example'> {
    const examples = knownExamples('Dataset.fromExamples', options);
    return new Dataset(streamFrom('Dataset.fromExamples', source, { batched: false, examples }));
  }

  /** The same with batches `{ x, targets, weights }`, which may have different sizes; also of a batch source such as `mixUp` gives. */
  static fromBatches<const G extends GivenElement>(
    source: ElementSource<G>,
    options: StreamOptions = {},
  ): Dataset<ExampleShapes<G['x']>['batch'], DTypeOfGiven<G['x']>, TargetsIn<G>['batch'], 'batch'> {
    const examples = knownExamples('Dataset.fromBatches', options);
    return new Dataset(streamFrom('Dataset.fromBatches', source, { batched: true, examples }));
  }

  /**
   * The elements in an order that is drawn for each pass from the seed and the step at which it begins, so that a training
   * that goes on has the same. Those in memory are shuffled as a whole; of a stream, `buffer` elements wait and one of them
   * is drawn at a time. Throws OptionError for a stream without `buffer`.
   */
  shuffle(options: ShuffleOptions = {}): Dataset<In, D, T, E> {
    const stage = this['~stage'];
    const { buffer, seed } = shuffleSize(stage, options);
    return this.#with(
      stage.kind === 'indexed' ? indexed.shuffled(stage, seed) : streamed.shuffledStream(stage, buffer, seed),
    );
  }

  /** The examples in batches of `size`, the last one being smaller unless it is dropped. Throws OptionError for batches. */
  batch(size: BatchSize[E], options: BatchingOptions = {}): Dataset<In, D, T, 'batch'> {
    const stage = this['~stage'];
    if (stage.batched) throw new OptionError(sentence('batchTwice', {}));
    const count = positiveInteger('batch', 'size', size as number);
    const { dropRemainder = false } = checkedNames('batch', options, ['dropRemainder']);
    const drops = flag('batch', 'dropRemainder', dropRemainder);
    return this.#with(
      stage.kind === 'indexed' ? indexed.batches(stage, count, drops) : streamed.streamBatches(stage, count, drops),
    );
  }

  /** The examples of batches by themselves again, as a stream. */
  unbatch(): Dataset<In, D, T, 'example'> {
    const { batchSize: _, ...stage } = streamed.streamOf(this['~stage']);
    return this.#with({ ...stage, batched: false, count: stage.examples });
  }

  /**
   * Each element as a function makes it, which may be asynchronous: a single example, or behind `batch` a whole batch, of
   * as many examples as before. What the function leaves out is gone: `({ x, ...rest }) => ({ ...rest, x: x.divide(255) })`.
   */
  map<const G extends GivenElement>(
    change: (element: ElementOf<In, D, T, E>, context: MapContext) => G | PromiseLike<G>,
  ): Dataset<ExampleShapes<G['x']>[E], DTypeOfGiven<G['x']>, TargetsIn<G>[E], E> {
    if (typeof change !== 'function')
      throw new OptionError(`map: expected a function of an element, got ${describe(change)}`);
    const stage = this['~stage'];
    const { maps, batched } = stage;
    const mapped = batched ? mapBatches : mapExamples;
    const facts = { spec: undefined, maps: maps + 1 };
    return this.#changed(facts, pass => mapped(change, drawsOf('map', maps, undefined, pass)));
  }

  /** Class numbers as rows with 1 at the class and 0 elsewhere, for the loss categoricalCrossentropy. Throws OptionError for a number that is no class. */
  oneHot<Kind extends Targets, const C extends number>(
    this: Dataset<In, D, Kind, E>,
    classes: C,
  ): Dataset<In, D, OneHot<Kind, C>, E> {
    const { spec } = this['~stage'];
    const change = oneHotTargets(positiveInteger('oneHot', 'classes', classes));
    const targets = spec?.targets && { shape: [...spec.targets.shape, classes], dtype: 'float32' as const };
    return this.#changed({ spec: spec && { ...spec, targets } }, () => change);
  }

  /** The first `count` elements. */
  take(count: number): Dataset<In, D, T, E> {
    return this.#between(0, natural('take', 'count', count));
  }

  /** All but the first `count` elements. */
  skip(count: number): Dataset<In, D, T, E> {
    return this.#between(natural('skip', 'count', count), Number.POSITIVE_INFINITY);
  }

  /** All elements, so many times over, or without an end; what is shuffled before is in another order each time. */
  repeat(times: number = Number.POSITIVE_INFINITY): Dataset<In, D, T, E> {
    if (times !== Number.POSITIVE_INFINITY) positiveInteger('repeat', 'times', times);
    const stage = this['~stage'];
    return this.#with(
      stage.kind === 'indexed' ? indexed.repeated(stage, times) : streamed.repeatedStream(stage, times),
    );
  }

  /** The elements, and those of another dataset of the same kind behind them. Throws ShapeError or OptionError. */
  concat(other: Dataset<In, D, T, E>): Dataset<In, D, T, E> {
    if (!(other instanceof Dataset)) throw new OptionError(`concat: expected a dataset, got ${describe(other)}`);
    const [first, second] = [this['~stage'], other['~stage']];
    const facts = concatFacts(first, second);
    if (first.kind === 'indexed' && second.kind === 'indexed') return this.#with(indexed.behind(first, second, facts));
    return this.#with(streamed.behindStream(streamed.streamOf(first), streamed.streamOf(second), facts));
  }

  /**
   * The elements as they are here in the first pass, kept in memory from then on: those that can be read at any place all at
   * once when the first is asked for, those of a stream when it has come to its end. What is shuffled or drawn before stays as it is.
   */
  cache(): Dataset<In, D, T, E> {
    const stage = this['~stage'];
    return this.#with(stage.kind === 'indexed' ? indexed.cached(stage) : streamed.cachedStream(stage));
  }

  /**
   * Makes so many batches ahead of the one that is asked for, besides the one that training always has made while a step
   * runs: for sources and functions that wait for something. It counts for the whole dataset, wherever it stands.
   */
  prefetch(count: number): Dataset<In, D, T, E> {
    return new Dataset(this['~stage'], natural('prefetch', 'count', count));
  }

  /**
   * Two datasets: one with a share of the examples, drawn by the seed, and one with the rest, each in their order. With
   * `stratify`, each class is shared like the whole. Throws OptionError where the examples are not known beforehand or
   * change their order, and DataError for an empty part.
   */
  split(share: Division<'split'>[E], options: PartOptions = {}): [Dataset<In, D, T, E>, Dataset<In, D, T, E>] {
    const [first, rest] = splitStage(this['~stage'], share as number, options);
    return [this.#with(first), this.#with(rest)];
  }

  /** All examples of the first pass in memory: what is a stream becomes a dataset that can be split. */
  async collect(): Promise<Dataset<In, D, T, 'example'>> {
    return new Dataset(indexed.memory(await this.#columns()));
  }

  /** All examples of the first pass as tensors, with the examples along the first axis. Throws OptionError if they have no end. */
  async toTensors(): Promise<ElementOf<In, D, T, 'batch'>> {
    return (await this.#columns()) as ElementOf<In, D, T, 'batch'>;
  }

  /** The batches of a pass, as `fit` takes them. */
  async *batches(start: EpochStart): AsyncGenerator<ElementOf<In, D, T, 'batch'>> {
    for await (const { columns } of this['~batches'](start)) yield columns as ElementOf<In, D, T, 'batch'>;
  }

  /** For the library alone: the batches from `from` on. */
  '~batches'(start: EpochStart): AsyncGenerator<Block> {
    const stage = this['~stage'];
    const batched = stage.batched ? stage : this.batch(start.batchSize as never)['~stage'];
    return readElements(batched, passOf(start), start.from, this['~ahead']);
  }

  /** The elements of the first pass, one after the other. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ElementOf<In, D, T, E>> {
    const stage = streamed.streamOf(this['~stage']);
    for await (const block of stage.blocks(firstPass)) {
      const elements = stage.batched ? [block.columns] : Array.from(block.rows, (_, row) => block.example(row));
      for (const element of elements) yield element as ElementOf<In, D, T, E>;
    }
  }

  async #columns(): Promise<Columns> {
    const stage = streamed.streamOf(this['~stage']);
    if (stage.count === Number.POSITIVE_INFINITY)
      throw new OptionError('collect: the dataset repeats without end; use take first');
    const blocks: Block[] = [];
    for await (const block of stage.blocks(firstPass)) blocks.push(block);
    if (blocks.length === 0) throw new OptionError('collect: the dataset is empty');
    return join('collect', blocks).columns;
  }

  #between(begin: number, end: number): Dataset<In, D, T, E> {
    const stage = this['~stage'];
    return this.#with(
      stage.kind === 'indexed' ? indexed.between(stage, begin, end) : streamed.betweenStream(stage, begin, end),
    );
  }

  /** The elements changed by a function of their blocks. */
  #changed<I2 extends Shape, D2 extends DType, T2 extends Targets>(
    facts: Partial<StageFacts>,
    changeOf: (pass: Pass) => (block: Block, places: Uint32Array) => Block | Promise<Block>,
  ): Dataset<I2, D2, T2, E> {
    const stage = this['~stage'];
    return new Dataset(
      stage.kind === 'indexed'
        ? indexed.changed(stage, facts, changeOf)
        : streamed.changedStream(stage, facts, changeOf),
      this['~ahead'],
    );
  }

  #with<E2 extends ElementKind = E>(stage: Stage): Dataset<In, D, T, E2> {
    return new Dataset(stage, this['~ahead']);
  }
}
