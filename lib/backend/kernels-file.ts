/** The files with the WebAssembly kernels: whether they can run here, loading and compiling them. */
import type { SimdExports } from '../../kernels/simd/index.binding.ts';
import { BackendError } from '../errors.ts';
import { nodeModule } from './host.ts';
import { type CompiledKernels, compileKernels } from './revectorize.ts';

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

/** Whether WebAssembly runs as AVX2 (`on`, or `off` and why). */
export const avx2State = (): string => avx2;

const compiled = new Map<boolean, Promise<CompiledKernels>>();

/** The kernels for memory that is shared or not, loaded and compiled once. Throws BackendError if they cannot be had. */
export function loadKernels(isShared: boolean): Promise<CompiledKernels> {
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

/** The kernels in a memory, with the tile that is the faster one here. */
export async function instantiateKernels(kernels: CompiledKernels, memory: WebAssembly.Memory): Promise<SimdExports> {
  const wasm = await instantiate(kernels.module, memory);
  wasm.setTileWidth(kernels.tileWidth);
  return wasm;
}

async function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<SimdExports> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  // Built from kernels/simd/index.ts, whose exports the bindings name; the conformance suite runs every one.
  return exports as object as SimdExports;
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
