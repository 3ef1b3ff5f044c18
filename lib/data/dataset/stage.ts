import { RandomStream } from '../../random/random.ts';
import type { Shape } from '../../shape/shape.ts';
import type { DType } from '../../tensor/index.ts';
import type { EpochStart } from '../batches.ts';
import type { Block, Columns } from './block.ts';

/** One pass over a dataset: random numbers follow from the seed and the name, never from what was done before. */
export interface Pass {
  readonly start: EpochStart;
  /** `at step 1200`, or `at step 1200, repetition 3`. */
  readonly name: string;
}

/** `from` does not matter to a pass: where it begins is up to the one who reads. */
export const passOf = (start: EpochStart): Pass => ({ start: { ...start, from: 0 }, name: `at step ${start.step}` });

/** The pass in which a cache is filled: always the same one, whatever training asks first. */
export const firstPass: Pass = passOf({ epoch: 0, from: 0, batchSize: 32, seed: 0, step: 0 });

/** What a drawing stage draws from. The first one of a dataset bears the same name as the shuffling of tensors by `fit`. */
export function drawsOf(kind: 'shuffle' | 'map', place: number, seed: number | undefined, pass: Pass): RandomStream {
  const what = place === 0 ? kind : `${kind} ${place}`;
  return new RandomStream(seed ?? pass.start.seed, `${what} ${pass.name}`);
}

/** Shape and type of one member of an example. */
export interface ColumnSpec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What one example is. */
export interface ExampleSpec {
  readonly x: ColumnSpec;
  readonly targets: ColumnSpec | undefined;
}

/** What is known of a stage before it is read. */
export interface StageFacts {
  /** Whether its elements are batches, and not single examples. */
  readonly batched: boolean;
  /** Examples of a batch, where they are known. */
  readonly batchSize?: number | undefined;
  /** Elements of a pass: infinite without an end, undefined where nobody knows. */
  readonly count: number | undefined;
  /** Examples of a pass, likewise. */
  readonly examples: number | undefined;
  readonly spec: ExampleSpec | undefined;
  /** Whether the same place holds the same example in every pass. */
  readonly isFixed: boolean;
  /** Whether an example may come several times in a pass. */
  readonly repeats: boolean;
  /** How many stages shuffle, and map, up to here: by that, the random numbers of each differ from those of the others. */
  readonly shuffles: number;
  readonly maps: number;
}

/** Elements that can be read at any place: those of a pass are 0 ... count - 1. */
export interface IndexedStage extends StageFacts {
  readonly kind: 'indexed';
  readonly count: number;
  /** Tensors in memory whose examples come out as they are. */
  readonly memories: readonly Columns[];
  open(pass: Pass): Read;
}
/** Of a batched stage, one row is read at a time: a batch. */
export type Read = (rows: Uint32Array) => Block | Promise<Block>;

/**
 * Elements that come one after the other. Where they are examples, a block holds any number of them; where they are
 * batches, a block is one.
 */
export interface StreamStage extends StageFacts {
  readonly kind: 'stream';
  blocks(pass: Pass): AsyncIterable<Block>;
}

export type Stage = IndexedStage | StreamStage;
