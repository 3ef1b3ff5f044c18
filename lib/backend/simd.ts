import { reservedBytes, type SimdExports, simdAlgorithm } from '../../kernels/simd-bindings/index.ts';
import { BackendError } from '../errors.ts';
import { type Allocation, arenaBackend } from './arena.ts';
import { nodeModule } from './host.ts';
import { type CompiledKernels, compileKernels } from './revectorize.ts';
import { threading } from './settings.ts';
import { poolFailure, prepared, scratchOf } from './simd-program.ts';

const pageBytes = 65536;

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

/** WebAssembly with SIMD, on all cores. */
export const simdBackend = arenaBackend({
  name: 'simd',
  get threads() {
    return threading().threads;
  },
  info() {
    const { threads, reason } = threading();
    const failure = poolFailure();
    const oneThread = failure ?? reason;
    return {
      name: 'simd',
      threads: failure === undefined ? threads : 1,
      ...(oneThread === undefined ? {} : { oneThread }),
      avx2,
    };
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
      const kernels = await simdKernels(isShared);
      instance ??= tuned(kernels, memory);
      return prepared(calls, await instance, allocation, kernels, memory);
    },
  };
  return allocation;
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
