import type { KernelName } from '../../kernels/contract.ts';
import { loops, loopsFusions, loopsScratchBytes } from '../../kernels/loops/index.ts';
import { type BoundCall, cpuBackend, type Prepared, type Views } from './cpu-memory.ts';
import { type Allocation, type Heap, numbersView, WorkMemory } from './heap.ts';

type AnyKernel = (outputs: Views, inputs: Views, geometry: object, scratch: Float64Array) => void;
type AnyScratchBytes = { readonly [kernel: string]: ((geometry: object) => number) | undefined };

/** A call of a loops kernel. The plan was made from the contract, so the operands are those that the kernel expects. */
function loopsCall({ kernel, outputs, inputs, geometry, scratch }: BoundCall): () => void {
  const run = loops[kernel as KernelName] as AnyKernel;
  return () => run(outputs, inputs, geometry, scratch);
}

/** Calls that run one after the other on this thread. */
const prepared = (calls: readonly (() => void)[], firstUpdate: number): Prepared => ({
  parts: calls.map(call => () => {
    call();
    return true;
  }),
  firstUpdate,
  calls,
  dispose() {},
});

/** Each allocation is an array of JavaScript's own. */
function newHeap(): Heap {
  const allocate = (bytes: number): Allocation => {
    const buffer = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
    return {
      bytes,
      view: (dtype, offset, length) => numbersView(dtype, buffer, offset, length),
      scratch: (offset, size) => new Float64Array(buffer, offset, Math.ceil(size / 8)),
      free() {},
    };
  };
  return { allocate, users: 0, work: new WorkMemory({ allocate }), isCollected: true };
}

let heap = newHeap();

/** The backend of plain typed-array loops: one thread, runs everywhere, and the definition the others are tested against. */
export const loopsBackend = cpuBackend({
  name: 'loops',
  threads: 1,
  fusions: loopsFusions,
  info: () => ({ name: 'loops', threads: 1 }),
  algorithm: () => 'loops',
  scratchBytes: ({ kernel, geometry }) => (loopsScratchBytes as AnyScratchBytes)[kernel]?.(geometry) ?? 0,
  heapFor: () => heap,
  newHeap: () => {
    heap = newHeap();
    return heap;
  },
  closeHeap() {},
  prepare: async (calls, _heap, firstUpdate) => prepared(calls.map(loopsCall), firstUpdate),
});
