import { type Shape, sizeOf } from '../shape/shape.ts';
import { type AnyCall, originOf, signatureOf, type Value } from './graph.ts';

/** Bytes; one cache line, and enough for any vector load. */
export const alignment = 64;
const bytesPerElement = 4;

export const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;
/** Both element types, float32 and int32, take four bytes. */
export const bytesOf = (value: { readonly shape: Shape }): number => sizeOf(value.shape) * bytesPerElement;

export interface WorkLayout {
  /** Byte offset of every computed value and input, by id; views and values that share memory have the same one. */
  readonly offsets: ReadonlyMap<number, number>;
  /** Byte offset of each call's scratch memory, by index; -1 where it needs none. */
  readonly scratchOffsets: readonly number[];
  readonly bytes: number;
}

/** A piece of memory that is needed from call `first` to call `last`, both included. */
interface Block {
  readonly bytes: number;
  first: number;
  last: number;
  offset: number;
}

/**
 * Places all inputs, computed values and scratch memory of a list of calls into one arena. Two blocks share bytes only
 * if their lifetimes do not meet. Greedy by size: the largest block first, each at the lowest offset that is free
 * for its whole life (Pisarchyk and Lee 2020, "Efficient memory management for deep neural net inference", greedy by size).
 */
export function layoutWork(
  calls: readonly AnyCall[],
  inputs: readonly Value[],
  kept: readonly Value[],
  scratchBytes: (call: AnyCall) => number,
): WorkLayout {
  const blocks = new Map<Value, Block>();
  for (const input of inputs) blocks.set(input, { bytes: bytesOf(input), first: 0, last: 0, offset: 0 });
  const lastReads = lastReadsOf(calls);
  for (const value of kept) lastReads.set(originOf(value), calls.length);
  for (const [index, call] of calls.entries()) addOutputs(blocks, call, index, lastReads);
  for (const [value, index] of lastReads) {
    const block = blocks.get(value);
    if (block !== undefined) block.last = Math.max(block.last, index);
  }
  const scratch = calls.map((call, index): Block => {
    return { bytes: scratchBytes(call), first: index, last: index, offset: -1 };
  });
  const bytes = place([...new Set(blocks.values()), ...scratch.filter(block => block.bytes > 0)]);
  const offsets = new Map([...blocks].map(([value, block]) => [value.id, block.offset]));
  return { offsets, scratchOffsets: scratch.map(block => block.offset), bytes };
}

/** For every value that owns memory the index of the last call that reads it. */
function lastReadsOf(calls: readonly AnyCall[]): Map<Value, number> {
  const last = new Map<Value, number>();
  for (const [index, call] of calls.entries()) {
    for (const input of Object.values(call.inputs)) last.set(originOf(input), index);
  }
  return last;
}

function addOutputs(blocks: Map<Value, Block>, call: AnyCall, index: number, lastReads: Map<Value, number>): void {
  const over = signatureOf(call.kernel).inPlace;
  const input = over === undefined ? undefined : originOf(call.inputs[over]!);
  for (const output of Object.values(call.outputs)) {
    if (output.role !== 'computed') continue;
    const reusable = input?.role === 'computed' && lastReads.get(input) === index && bytesOf(input) === bytesOf(output);
    const shared = reusable ? blocks.get(input) : undefined;
    if (shared !== undefined) shared.last = index;
    blocks.set(output, shared ?? { bytes: bytesOf(output), first: index, last: index, offset: 0 });
  }
}

/** Sets the offsets and returns the bytes needed in all. */
function place(blocks: Block[]): number {
  const placed: Block[] = [];
  let total = 0;
  for (const block of blocks.sort((a, b) => b.bytes - a.bytes || a.first - b.first)) {
    const rivals = placed
      .filter(other => other.first <= block.last && block.first <= other.last)
      .sort((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const rival of rivals) {
      if (rival.offset - offset >= block.bytes) break;
      offset = Math.max(offset, aligned(rival.offset + rival.bytes));
    }
    block.offset = offset;
    total = Math.max(total, aligned(offset + block.bytes));
    placed.push(block);
  }
  return total;
}
