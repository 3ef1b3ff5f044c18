import { simdAlgorithm, simdFusions } from '../../kernels/simd/index.binding.ts';
import { BackendError } from '../errors.ts';
import { planCallFlops } from '../plan/cost.ts';
import { cpuBackend } from './cpu-memory.ts';
import type { Heap } from './heap.ts';
import { avx2State, loadKernels } from './kernels-file.ts';
import { threading } from './settings.ts';
import { SimdHeap } from './simd-heap.ts';
import { dropMemory, poolFailure, prepared, scratchOf } from './simd-program.ts';

/** Models share a heap as long as there is room in it. */
const heaps: SimdHeap[] = [];
/** A heap without models is kept for the next one, unless it has grown larger than this: it could not shrink. */
const mostKeptBytes = 2 ** 28;

function newHeap(): SimdHeap {
  const heap = new SimdHeap(threading().threads > 1);
  heaps.push(heap);
  return heap;
}

/** WebAssembly with SIMD, on all cores. */
export const simdBackend = cpuBackend({
  name: 'simd',
  get threads() {
    return threading().threads;
  },
  fusions: simdFusions,
  info() {
    const { threads, reason } = threading();
    const failure = poolFailure();
    const oneThread = failure ?? reason;
    return {
      name: 'simd',
      threads: failure === undefined ? threads : 1,
      ...(oneThread === undefined ? {} : { oneThread }),
      avx2: avx2State(threads > 1),
    };
  },
  algorithm: ({ kernel, geometry }) => simdAlgorithm(kernel, geometry),
  scratchBytes(call) {
    const { shared, each } = scratchOf(call.kernel, call.geometry);
    return shared + threading().threads * each;
  },
  heapFor: bytes => heaps.find(({ room }) => room > 2 * bytes) ?? newHeap(),
  newHeap,
  closeHeap(heap) {
    if (heapOf(heap).bytes <= mostKeptBytes) return;
    heaps.splice(heaps.indexOf(heapOf(heap)), 1);
    dropMemory(heap);
  },
  async prepare(calls, given, firstUpdate, options) {
    const heap = heapOf(given);
    const kernels = await loadKernels(heap.isShared);
    const flops = calls.reduce((sum, call) => sum + planCallFlops(call), 0);
    if (options.fastest || kernels.isWorthCompiling(flops)) await kernels.compileFastest();
    const { current, areFastest } = kernels;
    const wasm = await heap.instanceOf(current);
    // Threads are not worth starting for a few short runs either, and must not make instances while flags are set.
    const place = { memory: heap.memory, owner: heap, kernels: current, wasm, isThreaded: areFastest };
    return {
      ...prepared(calls, firstUpdate, place),
      isOutdated: ({ fastest = false }) =>
        kernels.current !== current || kernels.isWorthCompiling(flops) || (fastest && !kernels.areFastest),
      ran: milliseconds => kernels.ran(milliseconds),
    };
  },
});

/** Compiles the fastest kernels at once, instead of after some time of running: for those who measure, or test threads. */
export const useFastestKernels = async (): Promise<void> =>
  (await loadKernels(threading().threads > 1)).compileFastest();

/** The heaps that the engine is given are those that it has made. */
function heapOf(heap: Heap): SimdHeap {
  if (heap instanceof SimdHeap) return heap;
  throw new BackendError('simd: this memory belongs to another backend');
}
