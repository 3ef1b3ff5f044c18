import type { Kernels } from '../../kernels/contract.ts';
import { loops, loopsScratchBytes } from '../../kernels/loops/index.ts';
import type { AnyCall } from '../plan/graph.ts';
import { arenaBackend, type BoundCall, type Prepared, type Views } from './arena.ts';

type AnyKernel = (outputs: Views, inputs: Views, geometry: object, scratch: Float64Array) => void;
type AnyScratchBytes = { readonly [kernel: string]: ((geometry: object) => number) | undefined };

/** A call of a loops kernel. The plan was made from the contract, so the operands are those that the kernel expects. */
function loopsCall({ kernel, outputs, inputs, geometry, scratch }: BoundCall): () => void {
  const run = loops[kernel as keyof Kernels] as AnyKernel;
  return () => run(outputs, inputs, geometry, scratch);
}

/** Calls that run one after the other on this thread. */
const prepared = (calls: readonly (() => void)[]): Prepared => ({
  calls,
  steps: calls.map(call => () => {
    call();
    return true;
  }),
});

function loopsScratch({ kernel, geometry }: Pick<AnyCall, 'kernel' | 'geometry'>): number {
  return (loopsScratchBytes as AnyScratchBytes)[kernel]?.(geometry) ?? 0;
}

/** The backend of plain typed-array loops: one thread, runs everywhere, and the definition the others are tested against. */
export const loopsBackend = arenaBackend({
  name: 'loops',
  threads: 1,
  info: () => ({ name: 'loops', threads: 1 }),
  algorithm: () => 'loops',
  reservedBytes: 0,
  scratchBytes: loopsScratch,
  allocate: bytes => ({ buffer: new ArrayBuffer(bytes), prepare: async bound => prepared(bound.map(loopsCall)) }),
});
