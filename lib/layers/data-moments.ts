/** Mean and variance of data, batch by batch, in float64. */
import type { Batch, BatchSource, BatchSourceLike, InputBatch } from '../data/batches.ts';
import { describe } from '../describe.ts';
import { DataError, OptionError, ShapeError } from '../errors.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import { type NestedArray, Tensor, tensor } from '../tensor/index.ts';

/** Examples without targets, which may come in batches. */
export type AdaptData =
  | Tensor
  | NestedArray
  | Iterable<Tensor | NestedArray>
  | AsyncIterable<Tensor | NestedArray>
  | BatchSourceLike<InputBatch>;

export interface Moments {
  /** Of the shape of the axes that were kept. */
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Mean and biased variance over all axes but those that `placesOf` keeps of the shape of one example. Throws DataError for
 * data without examples or with numbers that are not finite, ShapeError for batches of different shapes.
 */
export async function momentsOf(data: AdaptData, keptPlaces: (example: Shape) => readonly number[]): Promise<Moments> {
  let sums: Sums | undefined;
  for await (const { shape, data: numbers } of tensorsOf(data)) {
    const example = shape.slice(1);
    sums ??= new Sums(example, keptPlaces(example));
    sums.add(numbers, shape[0]!, example);
  }
  return sums!.moments();
}

/** The numbers of each batch that is not empty. Throws DataError for data without examples or with NaN. */
export async function* numbersOf(data: AdaptData): AsyncGenerator<ArrayLike<number>> {
  for await (const { data: numbers } of tensorsOf(data)) {
    if (numbers.some(Number.isNaN)) throw new DataError('adapt: the data has NaN');
    yield numbers;
  }
}

/** The batches that are not empty. Throws DataError for data without examples. */
export async function* tensorsOf(data: AdaptData): AsyncGenerator<Tensor> {
  let isEmpty = true;
  for await (const batch of batchesOf(data)) {
    const given = batch instanceof Tensor ? batch : tensor(batch);
    if (given.shape.length === 0) {
      throw new DataError('adapt: expected examples along the first axis, got a single number');
    }
    if (given.shape[0] === 0) continue;
    isEmpty = false;
    yield given;
  }
  if (isEmpty) throw new DataError('adapt: the data has no examples');
}

class Sums {
  /** Numbers for each place that is kept. */
  count = 0;
  readonly #example: Shape;
  readonly #kept: Shape;
  /** The place among those kept, for each element of an example. */
  readonly #places: Uint32Array;
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;

  constructor(example: Shape, places: readonly number[]) {
    this.#example = example;
    this.#kept = places.map(place => example[place]!);
    const size = sizeOf(this.#kept);
    this.#places = keptIndices(example, places);
    this.#mean = new Float64Array(size);
    this.#squares = new Float64Array(size);
  }

  /** Joins the moments of a batch with those before (Chan, Golub and LeVeque 1979, equation 2.1). */
  add(numbers: ArrayLike<number>, examples: number, example: Shape): void {
    if (!sameShape(example, this.#example)) {
      const [first, now] = [this.#example, example].map(formatShape);
      throw new ShapeError(`adapt: examples of ${now} behind examples of ${first}; all must have one shape`);
    }
    const count = (examples * this.#places.length) / this.#mean.length;
    const mean = new Float64Array(this.#mean.length);
    this.#each(numbers, (value, place) => {
      mean[place] = mean[place]! + value / count;
    });
    const squares = new Float64Array(mean.length);
    this.#each(numbers, (value, place) => {
      squares[place] = squares[place]! + (value - mean[place]!) ** 2;
    });
    const total = this.count + count;
    for (const [place, value] of mean.entries()) {
      const apart = value - this.#mean[place]!;
      this.#mean[place] = this.#mean[place]! + (apart * count) / total;
      this.#squares[place] = this.#squares[place]! + squares[place]! + (apart ** 2 * this.count * count) / total;
    }
    this.count = total;
  }

  moments(): Moments {
    const variance = this.#squares.map(square => square / this.count);
    if (![...this.#mean, ...variance].every(Number.isFinite)) {
      throw new DataError('adapt: the data has numbers that are not finite');
    }
    const [mean, spread] = [this.#mean, variance].map(each => tensor(Float32Array.from(each), this.#kept));
    return { mean: mean!, variance: spread! };
  }

  #each(numbers: ArrayLike<number>, use: (value: number, place: number) => void): void {
    const size = this.#places.length;
    for (let i = 0; i < numbers.length; i++) use(numbers[i]!, this.#places[i % size]!);
  }
}

/** For each element of a shape, in its order, the index under the axes that are kept. */
function keptIndices(shape: Shape, places: readonly number[]): Uint32Array {
  const indices = new Uint32Array(sizeOf(shape));
  for (const place of places) {
    const behind = sizeOf(shape.slice(place + 1));
    const size = shape[place]!;
    for (let i = 0; i < indices.length; i++) indices[i] = indices[i]! * size + (Math.floor(i / behind) % size);
  }
  return indices;
}

/** The examples of data as batches. */
async function* batchesOf(data: AdaptData): AsyncGenerator<Tensor | NestedArray> {
  if (data instanceof Tensor || isNested(data)) {
    yield data;
    return;
  }
  const start = { epoch: 0, from: 0, batchSize: 32, seed: 0, step: 0 };
  const made: unknown = typeof data === 'function' ? data(start) : isSource(data) ? data.batches(start) : data;
  if (!isIterable(made)) {
    throw new OptionError(`adapt: expected a tensor, nested arrays or batches, got ${describe(data)}`);
  }
  for await (const batch of made) yield isBatch(batch) ? batch.x : batch;
}

const isSource = (given: object): given is BatchSource =>
  typeof given === 'object' && given !== null && 'batches' in given;

const isIterable = (given: unknown): given is AsyncIterable<Tensor | NestedArray | Batch> =>
  typeof given === 'object' && given !== null && (Symbol.iterator in given || Symbol.asyncIterator in given);

/** Whether data are numbers in arrays, and not a list of tensors. */
const isNested = (data: Exclude<AdaptData, Tensor>): data is NestedArray =>
  typeof data === 'number' ||
  ArrayBuffer.isView(data) ||
  (Array.isArray(data) && !data.some(each => each instanceof Tensor || isBatch(each)));

const isBatch = (given: unknown): given is { readonly x: Tensor | NestedArray } =>
  typeof given === 'object' && given !== null && 'x' in given && !(given instanceof Tensor);
