import { reservedBytes, type SimdExports, simdAlgorithm } from '../../kernels/simd-bindings/index.ts';
import { type Allocation, arenaBackend } from './arena.ts';
import { avx2State, instantiateKernels, loadKernels } from './kernels-file.ts';
import { threading } from './settings.ts';
import { prepared, scratchOf } from './simd-program.ts';

const pageBytes = 65536;

/** WebAssembly with SIMD, on all cores. */
export const simdBackend = arenaBackend({
  name: 'simd',
  get threads() {
    return threading().threads;
  },
  info() {
    const { threads, reason } = threading();
    return { name: 'simd', threads, ...(reason === undefined ? {} : { oneThread: reason }), avx2: avx2State() };
  },
  algorithm: ({ kernel, geometry }) => simdAlgorithm(kernel, geometry),
  // Address 0 is not among the operands', as it means "nowhere" to the kernels.
  reservedBytes,
  scratchBytes(call) {
    const { shared, each } = scratchOf(call.kernel, call.geometry);
    return shared + threading().threads * each;
  },
  allocate,
});

function allocate(bytes: number): Allocation {
  // A vector that is loaded at the end of the last tensor may reach a little beyond it.
  const pages = Math.ceil((bytes + 64) / pageBytes);
  const isShared = threading().threads > 1;
  const memory = new WebAssembly.Memory({ initial: pages, ...(isShared ? { maximum: pages, shared: true } : {}) });
  let instance: Promise<SimdExports> | undefined;
  const allocation: Allocation = {
    buffer: memory.buffer,
    async prepare(calls) {
      const kernels = await loadKernels(isShared);
      instance ??= instantiateKernels(kernels, memory);
      return await prepared(calls, await instance, allocation, kernels, memory);
    },
  };
  return allocation;
}
