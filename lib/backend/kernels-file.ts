/** The files with the WebAssembly kernels: whether they can run here, loading and compiling them. */
import type { SimdExports } from '../../kernels/simd/index.binding.ts';
import { BackendError } from '../errors.ts';
import { hasEnvironment, nodeModule } from './host.ts';
import { type CompiledKernels, compileKernels, exportsOf } from './revectorize.ts';
import { type WasmSource, wasmSource } from './settings.ts';

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
  const kernels = load(isShared).catch(error => {
    compiled.delete(isShared);
    throw error;
  });
  compiled.set(isShared, kernels);
  return kernels;
}

/** The kernels in a memory, with the tile that is the faster one here. */
export async function instantiateKernels(kernels: CompiledKernels, memory: WebAssembly.Memory): Promise<SimdExports> {
  const wasm = exportsOf(await WebAssembly.instantiate(kernels.module, { env: { memory } }));
  wasm.setTileWidth(kernels.tileWidth);
  return wasm;
}

async function load(isShared: boolean): Promise<CompiledKernels> {
  const file = isShared ? 'simd-threads.wasm' : 'simd.wasm';
  const source = wasmSource(isShared);
  try {
    const kernels = await compileKernels(await bytesOf(source ?? besideThisModule(isShared)), isShared);
    avx2 = kernels.avx2;
    return kernels;
  } catch (cause) {
    throw new BackendError(`simd: cannot load ${loadedFrom(source, file)}: ${reasonOf(cause)}; ${advice(file)}`, {
      cause,
    });
  }
}

/** Written out twice, as bundlers look for just this form. Throws TypeError where a bundle has no `import.meta.url`. */
function besideThisModule(isShared: boolean): string {
  return isShared
    ? new URL('../../kernels/simd-threads.wasm', import.meta.url).href
    : new URL('../../kernels/simd.wasm', import.meta.url).href;
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

function loadedFrom(source: WasmSource | undefined, file: string): string {
  if (source === undefined) return `the kernels (${file})`;
  return ArrayBuffer.isView(source) || source instanceof ArrayBuffer
    ? `the bytes that were configured for ${file}`
    : `${source}, which was configured for ${file}`;
}

function advice(file: string): string {
  const option = file === 'simd.wasm' ? 'simd' : 'simdThreads';
  const variable = hasEnvironment() ? ', or INKLING_BACKEND=loops,' : '';
  return (
    `a bundler may not have taken the file along: tell where 'inkling/${file}' is by configure({ wasm: { ${option}: url or bytes } }); ` +
    `the option backend: 'loops' of a model${variable} does without WebAssembly`
  );
}

/** The first bytes of every WebAssembly file: "\0asm". */
const magic = [0, 97, 115, 109];

/** The bytes of a file. Throws Error if there are none, or of another kind. */
export async function bytesOf(source: WasmSource): Promise<BufferSource> {
  if (source instanceof ArrayBuffer) return source;
  // A view may lie on memory that is shared, of which WebAssembly takes nothing: it is copied.
  if (ArrayBuffer.isView(source)) {
    return new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice();
  }
  const bytes = await read(String(source));
  if (!magic.every((byte, i) => bytes[i] === byte)) {
    throw new Error('what is there is no WebAssembly, but may be a page that a server sends instead');
  }
  return bytes;
}

/** Node has no fetch for files; elsewhere the URL is one that the bundler or the server knows. */
async function read(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const files = url.startsWith('file:') ? nodeModule('node:fs') : undefined;
  if (files !== undefined) return Uint8Array.from(files.readFileSync(new URL(url)));
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
