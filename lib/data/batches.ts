import { describe } from '../describe.ts';
import { DataError, OptionError } from '../errors.ts';
import { RandomStream } from '../random/random.ts';
import type { NestedArray, Tensor, TypedArray } from '../tensor/index.ts';
import { type Examples, gather, inOrder } from './examples.ts';

/** Inputs that are predicted together. */
export interface InputBatch {
  /** [count, ...inputShape]. */
  readonly x: Tensor | NestedArray;
}

/** Examples that one step trains on. */
export interface Batch extends InputBatch {
  /** As the loss wants them. */
  readonly targets: Tensor | NestedArray;
  /** One number for each example: [count]. */
  readonly weights?: Tensor | NestedArray;
}

/** Which batches of which epoch are wanted. */
export interface EpochStart {
  /**
   * Counted from 0; the epoch of an evaluation is 0. With `stepsPerEpoch` it counts the passes over the data, which then
   * begin where the data of the one before have come to their end.
   */
  readonly epoch: number;
  /** The first batch that is wanted, counted from 0: more than 0 where a training goes on in the middle of an epoch. */
  readonly from: number;
  /** The batch size that `fit` or `evaluate` was given. */
  readonly batchSize: number;
  /** Decides the order of the examples, together with `step`. */
  readonly seed: number;
  /** Training steps when the epoch, or the pass, began. */
  readonly step: number;
}

/**
 * Makes the batches of an epoch, one after the other, so that they need not fit into memory together. The next batch is
 * asked for when the step on the one before has begun.
 */
export interface BatchSource<B extends InputBatch = Batch> {
  /** Examples of an epoch, if that is known. */
  readonly examples?: number;
  /** The batches from `from` on. The same epoch, seed and step must give the same batches. */
  batches(start: EpochStart): Iterable<B> | AsyncIterable<B>;
}

/** A source, or what gives the batches of an epoch each time it is iterated over or called. */
export type BatchSourceLike<B extends InputBatch = Batch> =
  | BatchSource<B>
  | Iterable<B>
  | AsyncIterable<B>
  | BatchSource<B>['batches'];

/** The element type of a run's input. */
export type InputType = 'float32' | 'int32' | 'uint8';

/** What one run is fed: its sizes, and a way to write its operands where the run wants them. */
export interface Feed {
  readonly count: number;
  readonly inputType: InputType;
  readonly weighted: boolean;
  write(operand: 'x' | 'targets' | 'weights', out: TypedArray): void;
}

/** Feeds of an epoch. */
export interface FeedSource {
  /** Where their number is known. */
  readonly examples?: number;
  /** The batch size, where the source decides it. */
  readonly batchSize?: number;
  /** How many feeds there are, where the source decides that; infinite without an end. */
  readonly steps?: number;
  feeds(start: EpochStart): Iterable<Feed> | AsyncIterable<Feed>;
}

/** Checked tensors, shuffled before each epoch if asked for. */
export function exampleFeeds(examples: Examples, { shuffle }: { readonly shuffle: boolean }): FeedSource {
  return {
    examples: examples.count,
    *feeds({ from, batchSize, seed, step }) {
      const rows = inOrder(examples.count);
      // Named by the step and not by the epoch, so that a run that goes on later does so with the same order.
      if (shuffle) new RandomStream(seed, `shuffle at step ${step}`).shuffle(rows);
      for (let first = from * batchSize; first < examples.count; first += batchSize) {
        yield feedOf(examples, rows, first, Math.min(batchSize, examples.count - first));
      }
    },
  };
}

/** How many feeds an epoch has, if that is known. */
export function stepsOf({ steps, examples }: FeedSource, batchSize: number): number | undefined {
  return steps ?? (examples === undefined ? undefined : Math.ceil(examples / batchSize));
}

/** Checked inputs without targets, in their order. */
export const inputFeeds = (inputs: Tensor): FeedSource =>
  exampleFeeds({ count: inputs.shape[0]!, inputs, targets: inputs }, { shuffle: false });

/** The examples rows[first ... first + count - 1]. */
export function feedOf(examples: Examples, rows: Uint32Array, first: number, count: number): Feed {
  const { inputs, targets, weights } = examples;
  const operands = { x: inputs, targets, weights };
  return {
    count,
    inputType: inputTypeOf(inputs),
    weighted: weights !== undefined,
    write(operand, out) {
      const tensor = operands[operand];
      if (tensor !== undefined) gather(tensor, rows, first, count, out);
    },
  };
}

/** The type in which inputs are handed to a run; bool as bytes of 0 and 1. */
export const inputTypeOf = ({ dtype }: Tensor): InputType => (dtype === 'bool' ? 'uint8' : dtype);

/** The batches of a source, each checked by `check`. `what` begins every message: `fit`. */
export function sourceFeeds<B extends InputBatch>(
  what: string,
  given: BatchSourceLike<B>,
  check: (batch: B) => Examples,
): FeedSource {
  const source = sourceOf(what, given);
  return {
    ...(source.examples === undefined ? {} : { examples: source.examples }),
    async *feeds(start) {
      let count = start.from;
      for await (const batch of iterable(what, source.batches(start))) {
        const examples = check(batch);
        yield feedOf(examples, inOrder(examples.count), 0, examples.count);
        count++;
      }
      if (count > 0) return;
      const way = 'an iterator runs once, so pass a function that makes one for each epoch';
      throw new DataError(`${what}: the batch source gave no batch in epoch ${start.epoch}: ${way}`);
    },
  };
}

/** Throws OptionError for what cannot be iterated over. */
function iterable<T>(what: string, given: Iterable<T> | AsyncIterable<T>): Iterable<T> | AsyncIterable<T> {
  const isIterable = typeof given === 'object' && given !== null;
  if (isIterable && (Symbol.iterator in given || Symbol.asyncIterator in given)) return given;
  throw new OptionError(`${what}: a batch source must give an iterable of batches, got ${describe(given)}`);
}

/** Throws DataError unless a batch is an object with these members. */
export function checkBatch(what: string, batch: unknown, members: readonly string[]): void {
  if (typeof batch === 'object' && batch !== null && members.every(member => member in batch)) return;
  const expected = members.length > 1 ? '{ x, targets, weights }' : '{ x }';
  throw new DataError(`${what}: batch source: a batch must be ${expected}, got ${describe(batch)}`);
}

/** The source that `given` stands for. */
export function sourceOf<B extends InputBatch = Batch>(what: string, given: BatchSourceLike<B>): BatchSource<B> {
  if (typeof given === 'function') {
    return { batches: start => without(what, start, iterable(what, given({ ...start, from: 0 }))) };
  }
  if ('batches' in given) return given;
  return { batches: start => without(what, start, given) };
}

/** The batches behind the first `from`. Throws DataError if there are not as many. */
async function* without<B>(
  what: string,
  { from, epoch }: EpochStart,
  batches: Iterable<B> | AsyncIterable<B>,
): AsyncGenerator<B> {
  let passed = 0;
  for await (const batch of batches) if (passed++ >= from) yield batch;
  if (passed >= from) return;
  const there = `has ${passed} batches in epoch ${epoch}`;
  throw new DataError(`${what}: the batch source ${there}, but the training goes on behind ${from} of them`);
}

/** Whether `fit` and its kin were given a source, and not a tensor or nested arrays. */
export function isBatchSource<B extends InputBatch = Batch>(given: unknown): given is BatchSourceLike<B> {
  if (typeof given === 'function') return true;
  if (typeof given !== 'object' || given === null || Array.isArray(given) || ArrayBuffer.isView(given)) return false;
  return 'batches' in given || Symbol.iterator in given || Symbol.asyncIterator in given;
}

/** Takes feeds one by one; the next is asked for by `prepare`, so that it is made while something else runs. */
export class FeedReader {
  readonly #iterator: Iterator<Feed> | AsyncIterator<Feed>;
  #next: Promise<IteratorResult<Feed>> | undefined;

  constructor(feeds: Iterable<Feed> | AsyncIterable<Feed>) {
    this.#iterator = Symbol.asyncIterator in feeds ? feeds[Symbol.asyncIterator]() : feeds[Symbol.iterator]();
  }

  /** Begins with the next feed. */
  prepare(): void {
    if (this.#next !== undefined) return;
    this.#next = (async () => this.#iterator.next())();
    // An error is told to the one who takes the feed.
    this.#next.catch(() => {});
  }

  /** The next feed, the same one until `advance`; undefined at the end. */
  async peek(): Promise<Feed | undefined> {
    this.prepare();
    const { done, value } = await this.#next!;
    return done ? undefined : value;
  }

  /** The next feed has been taken. */
  advance(): void {
    this.#next = undefined;
  }

  /** Lets the source close what it has open, once it has made the batch that it is at; nobody waits for that. */
  close(): void {
    Promise.resolve(this.#iterator.return?.()).catch(() => {});
  }
}
