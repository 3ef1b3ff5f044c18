import type { KernelName } from '../../kernels/contract.ts';
import { type SimdCall, type SimdExports, simdBindings, simdScratchBytes } from '../../kernels/simd-bindings.ts';
import { BackendError } from '../errors.ts';
import { type Allocation, arenaBackend, type BoundCall, type Views } from './arena.ts';
import { loopsCall, loopsScratch } from './loops.ts';
import { compileKernels } from './revectorize.ts';

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

type AnyBinding = (call: SimdCall<KernelName>) => () => void;
type AnyScratchBytes = { readonly [kernel: string]: ((geometry: object) => number) | undefined };

/** Whether pairs of operations are fused into AVX2 ones; known once the kernels are loaded. */
let avx2 = 'not yet known: no model has run';

/** WebAssembly with SIMD: one thread. Kernels that have no WebAssembly form run as loops on the same memory. */
export const simdBackend = arenaBackend({
  name: 'simd',
  threads: 1,
  info: () => ({ name: 'simd', threads: 1, avx2 }),
  // The module keeps nothing in memory; address 0 stays free, as it means "nowhere" to the kernels.
  reservedBytes: 64,
  scratchBytes: call => (simdScratchBytes as AnyScratchBytes)[call.kernel]?.(call.geometry) ?? loopsScratch(call),
  allocate,
});

function allocate(bytes: number): Allocation {
  // A vector that is loaded at the end of the last tensor may reach a little beyond it.
  const memory = new WebAssembly.Memory({ initial: Math.ceil((bytes + 64) / pageBytes) });
  let instance: Promise<SimdExports> | undefined;
  return {
    buffer: memory.buffer,
    async prepare() {
      instance ??= simdModule().then(module => instantiate(module, memory));
      const wasm = await instance;
      return call => bound(call, wasm, memory.buffer);
    },
  };
}

async function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<SimdExports> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  // Built from kernels/simd/index.ts, whose exports the bindings describe; the conformance suite runs every one.
  return exports as object as SimdExports;
}

function bound(call: BoundCall, wasm: SimdExports, buffer: ArrayBufferLike): () => void {
  const binding = simdBindings[call.kernel] as AnyBinding | undefined;
  if (binding === undefined) return loopsCall(call);
  return binding({
    wasm,
    buffer,
    outputs: addresses(call.outputs),
    inputs: addresses(call.inputs),
    geometry: call.geometry as never,
    scratch: call.scratch.byteOffset,
  });
}

const addresses = (views: Views): { readonly [name: string]: number } =>
  Object.fromEntries(Object.entries(views).map(([name, view]) => [name, view.byteOffset]));

let compiled: Promise<WebAssembly.Module> | undefined;

/** The kernels, loaded and compiled once. Throws BackendError if they cannot be had. */
function simdModule(): Promise<WebAssembly.Module> {
  compiled ??= load(new URL('../../kernels/simd.wasm', import.meta.url)).catch(error => {
    compiled = undefined;
    throw error;
  });
  return compiled;
}

async function load(url: URL): Promise<WebAssembly.Module> {
  try {
    const { module, avx2: told } = await compileKernels(await binary(url), instantiate);
    avx2 = told;
    return module;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = 'set INKLING_BACKEND=loops to do without WebAssembly';
    throw new BackendError(`simd: cannot load ${url.href}: ${reason}; ${advice}`, { cause });
  }
}

/** Node has no fetch for files; elsewhere the URL is one that the bundler or the server knows. */
async function binary(url: URL): Promise<BufferSource> {
  const { process }: { process?: { getBuiltinModule?(name: 'node:fs'): { readFileSync(path: URL): Uint8Array } } } =
    globalThis as object;
  if (url.protocol === 'file:' && process?.getBuiltinModule !== undefined) {
    return Uint8Array.from(process.getBuiltinModule('node:fs').readFileSync(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  return response.arrayBuffer();
}
