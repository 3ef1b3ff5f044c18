/** Small datasets whose examples are known by a number, and what comes out of them. */
import { Dataset, type ElementOf, type EpochStart, type NoTargets, type Numbers, tensor } from '../../../lib/index.ts';

/** Example i has the input [i, -i], the target 10 i, and the weight i / 2. */
export type Numbered = Dataset<[2], 'float32', Numbers<[]>, 'example'>;

const inputOf = (i: number): [number, number] => [i, -i];

/** The examples with these numbers, in memory. */
export const inMemory = (numbers: readonly number[]): Numbered =>
  Dataset.fromTensors(
    tensor(Float32Array.from(numbers.flatMap(inputOf)), [numbers.length, 2]),
    tensor(
      numbers.map(i => 10 * i),
      [numbers.length],
    ),
    tensor(
      numbers.map(i => i / 2),
      [numbers.length],
    ),
  ) as Numbered;

/** The same from a generator, one by one. */
export const asStream = (numbers: readonly number[]): Numbered =>
  Dataset.fromExamples(async function* () {
    for (const i of numbers) yield { x: tensor(inputOf(i)), targets: 10 * i, weights: i / 2 };
  }) as Numbered;

type Batched = ElementOf<[2], 'float32', Numbers<[]> | NoTargets, 'batch'> & {
  readonly targets?: { data: ArrayLike<number> };
};

/** The numbers of the examples of a batch; throws if what belongs to one example is no longer together. */
export function numbersOf({ x, targets, weights }: Batched): number[] {
  return Array.from({ length: x.shape[0]! }, (_, row) => {
    const [i, minus] = x.data.subarray(2 * row, 2 * row + 2);
    const belongs = minus === -i! && targets?.data[row] === 10 * i! && weights?.data[row] === i! / 2;
    if (!belongs)
      throw new Error(`example ${i} is not together: ${minus}, ${targets?.data[row]}, ${weights?.data[row]}`);
    return i!;
  });
}

export const start: EpochStart = { epoch: 0, from: 0, batchSize: 3, seed: 7, step: 0 };

/** The numbers of the examples in each batch of a pass. */
export async function batchesOf(
  dataset: Dataset<[2], 'float32', Numbers<[]>>,
  given: Partial<EpochStart> = {},
): Promise<number[][]> {
  const all: number[][] = [];
  for await (const batch of dataset.batches({ ...start, ...given })) all.push(numbersOf(batch));
  return all;
}

export const range = (end: number): number[] => Array.from({ length: end }, (_, i) => i);
