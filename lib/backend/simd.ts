import { fusionNames } from '../../kernels/contract.ts';
import { type SimdExports, simdAlgorithm } from '../../kernels/simd/index.binding.ts';
import { BackendError } from '../errors.ts';
import { cpuBackend } from './cpu-memory.ts';
import type { Heap } from './heap.ts';
import { nodeModule } from './host.ts';
import { type CompiledKernels, compileKernels } from './revectorize.ts';
import { threading } from './settings.ts';
import { SimdHeap } from './simd-heap.ts';
import { prepared, scratchOf } from './simd-program.ts';

/** A module with one SIMD instruction: engines without them refuse it. */
const probe = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** Whether this engine has WebAssembly with SIMD. */
export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(probe);
}

/** Whether pairs of operations are fused into AVX2 ones; known once the kernels are loaded. */
let avx2 = 'not yet known: no model has run';

/** Models share a heap as long as there is room in it. */
const heaps: SimdHeap[] = [];

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
  fusions: fusionNames,
  info() {
    const { threads, reason } = threading();
    return { name: 'simd', threads, ...(reason === undefined ? {} : { oneThread: reason }), avx2 };
  },
  algorithm: ({ kernel, geometry }) => simdAlgorithm(kernel, geometry),
  scratchBytes(call) {
    const { shared, each } = scratchOf(call.kernel, call.geometry);
    return shared + threading().threads * each;
  },
  heapFor: bytes => heaps.find(({ room }) => room > 2 * bytes) ?? newHeap(),
  newHeap,
  closeHeap(heap) {
    heaps.splice(heaps.indexOf(heapOf(heap)), 1);
  },
  async prepare(calls, given, firstUpdate) {
    const heap = heapOf(given);
    const { memory } = heap;
    const kernels = await simdKernels(heap.isShared);
    heap.instance ??= tuned(kernels, memory);
    return prepared(calls, await heap.instance, heap, kernels, memory, firstUpdate);
  },
});

/** The heaps that the engine is given are those that it has made. */
function heapOf(heap: Heap): SimdHeap {
  if (heap instanceof SimdHeap) return heap;
  throw new BackendError('simd: this memory belongs to another backend');
}

async function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<SimdExports> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  // Built from kernels/simd/index.ts, whose exports the bindings name; the conformance suite runs every one.
  return exports as object as SimdExports;
}

/** An instance that takes the faster tile. */
async function tuned({ module, tileWidth }: CompiledKernels, memory: WebAssembly.Memory): Promise<SimdExports> {
  const wasm = await instantiate(module, memory);
  wasm.setTileWidth(tileWidth);
  return wasm;
}

const compiled = new Map<boolean, Promise<CompiledKernels>>();

/** The kernels for memory that is shared or not, loaded and compiled once. Throws BackendError if they cannot be had. */
function simdKernels(isShared: boolean): Promise<CompiledKernels> {
  const known = compiled.get(isShared);
  if (known !== undefined) return known;
  const url = isShared
    ? new URL('../../kernels/simd-threads.wasm', import.meta.url)
    : new URL('../../kernels/simd.wasm', import.meta.url);
  const kernels = load(url, isShared).catch(error => {
    compiled.delete(isShared);
    throw error;
  });
  compiled.set(isShared, kernels);
  return kernels;
}

async function load(url: URL, isShared: boolean): Promise<CompiledKernels> {
  try {
    const kernels = await compileKernels(await binary(url), isShared, instantiate);
    avx2 = kernels.avx2;
    return kernels;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = "give models the option backend: 'loops', or set INKLING_BACKEND=loops, to do without WebAssembly";
    throw new BackendError(`simd: cannot load ${url.href}: ${reason}; ${advice}`, { cause });
  }
}

/** Node has no fetch for files; elsewhere the URL is one that the bundler or the server knows. */
async function binary(url: URL): Promise<BufferSource> {
  const files = url.protocol === 'file:' ? nodeModule('node:fs') : undefined;
  if (files !== undefined) return Uint8Array.from(files.readFileSync(url));
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  return response.arrayBuffer();
}
