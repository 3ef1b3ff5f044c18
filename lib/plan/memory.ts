import type { OperandType } from '../../kernels/contract.ts';
import { type Shape, sizeOf } from '../shape/shape.ts';
import { type AnyCall, originOf, signatureOf, type Value } from './graph.ts';

/** Bytes; one cache line, and enough for any vector load. */
export const alignment = 64;
const elementBytes = { float32: 4, int32: 4, uint8: 1 } as const;

export const alignedBytes = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;
export const bytesOf = ({ shape, dtype }: { readonly shape: Shape; readonly dtype: OperandType }): number =>
  sizeOf(shape) * elementBytes[dtype];

/** A piece of work memory that is needed from call `first` to call `last`, both included. */
export interface Block {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

interface OpenBlock {
  readonly bytes: number;
  readonly first: number;
  last: number;
}

/**
 * The blocks of all inputs and computed values of a list of calls. An output that its kernel can compute in place of an
 * input shares the block of that input, if nobody reads the input afterwards. `kept` are read after the last call.
 */
export function blocksOf(
  calls: readonly AnyCall[],
  inputs: readonly Value[],
  kept: readonly Value[],
): ReadonlyMap<Value, Block> {
  const blocks = new Map<Value, OpenBlock>();
  for (const input of inputs) blocks.set(input, { bytes: bytesOf(input), first: 0, last: 0 });
  const lastReads = lastReadsOf(calls);
  for (const value of kept) lastReads.set(originOf(value), calls.length);
  for (const [index, call] of calls.entries()) addOutputs(blocks, call, index, lastReads);
  for (const [value, index] of lastReads) {
    const block = blocks.get(value);
    if (block !== undefined) block.last = Math.max(block.last, index);
  }
  return blocks;
}

/** For every value that owns memory the index of the last call that reads it. */
function lastReadsOf(calls: readonly AnyCall[]): Map<Value, number> {
  const last = new Map<Value, number>();
  for (const [index, call] of calls.entries()) {
    for (const input of Object.values(call.inputs)) last.set(originOf(input), index);
  }
  return last;
}

function addOutputs(
  blocks: Map<Value, OpenBlock>,
  call: AnyCall,
  index: number,
  lastReads: ReadonlyMap<Value, number>,
): void {
  const over = signatureOf(call.kernel).inPlace;
  const input = over === undefined ? undefined : originOf(call.inputs[over]!);
  for (const output of Object.values(call.outputs)) {
    if (output.role !== 'computed') continue;
    const reusable = input?.role === 'computed' && lastReads.get(input) === index && bytesOf(input) === bytesOf(output);
    const shared = reusable ? blocks.get(input) : undefined;
    if (shared !== undefined) shared.last = index;
    blocks.set(output, shared ?? { bytes: bytesOf(output), first: index, last: index });
  }
}

/** Byte offsets of blocks in one arena, and the bytes it needs. */
export interface Placement {
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/**
 * Places blocks into one arena: two of them share bytes only if their lives do not meet. Greedy by size: the largest
 * first, each at the lowest offset that is free for its whole life (Pisarchyk and Lee 2020, "Efficient memory management
 * for deep neural net inference").
 */
export function placeBlocks(blocks: readonly Block[]): Placement {
  const offsets = new Array<number>(blocks.length).fill(0);
  const order = blocks.map((_, i) => i).sort((a, b) => byBytes(blocks[a]!, blocks[b]!));
  const placed: number[] = [];
  let bytes = 0;
  for (const index of order) {
    const block = blocks[index]!;
    const rivals = placed
      .filter(other => blocks[other]!.first <= block.last && block.first <= blocks[other]!.last)
      .sort((a, b) => offsets[a]! - offsets[b]!);
    let offset = 0;
    for (const rival of rivals) {
      if (offsets[rival]! - offset >= block.bytes) break;
      offset = Math.max(offset, alignedBytes(offsets[rival]! + blocks[rival]!.bytes));
    }
    offsets[index] = offset;
    bytes = Math.max(bytes, alignedBytes(offset + block.bytes));
    placed.push(index);
  }
  return { offsets, bytes };
}

const byBytes = (a: Block, b: Block): number => b.bytes - a.bytes || a.first - b.first;
