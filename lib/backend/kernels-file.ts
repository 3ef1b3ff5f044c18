/** The files with the WebAssembly kernels: whether they can run here, loading and compiling them. */
import { reservedBytes, type SimdExports } from '../../kernels/simd/index.binding.ts';
import { BackendError } from '../errors.ts';
import { withFlagsLocked } from './flags-lock.ts';
import { hasEnvironment, nodeModule } from './host.ts';
import { type CompiledKernels, exportsOf, fastestKernels, plainKernels } from './revectorize.ts';
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

/**
 * So many milliseconds of running are worth compiling faster kernels: it takes about as long, and halves what follows. A
 * program that predicts a few images and ends never pays for it.
 */
const worthCompiling = 100;
/** Operations of one run that take about as long. */
const worthCompilingFlops = 2e9;

/** The kernels for one kind of memory: plain ones at first, and the fastest once they have run for some time. */
export class Kernels {
  readonly #binary: BufferSource;
  readonly #isShared: boolean;
  readonly #compile: typeof fastestKernels;
  #current: CompiledKernels;
  #isFastest = false;
  #ranFor = 0;

  constructor(plain: CompiledKernels, binary: BufferSource, isShared: boolean, compile = fastestKernels) {
    this.#current = plain;
    this.#binary = binary;
    this.#isShared = isShared;
    this.#compile = compile;
  }

  /** Those to run with. */
  get current(): CompiledKernels {
    return this.#current;
  }

  /** Tells how many milliseconds they have run. */
  ran(milliseconds: number): void {
    this.#ranFor += milliseconds;
  }

  /** Whether the fastest ones are worth compiling by now, for a run with so many floating-point operations. */
  isWorthCompiling(flops: number): boolean {
    return !this.#isFastest && (this.#ranFor >= worthCompiling || flops >= worthCompilingFlops);
  }

  /** Whether there are no faster ones to be had. */
  get areFastest(): boolean {
    return this.#isFastest;
  }

  /** Compiles the fastest ones, if they are not there. */
  async compileFastest(): Promise<void> {
    if (this.#isFastest) return;
    const compile = () => this.#compile(this.#current, this.#binary, this.#isShared);
    this.#isFastest = true;
    try {
      this.#current = await (this.#current.needsLock ? withFlagsLocked('exclusive', compile) : compile());
    } catch (error) {
      this.#current = { ...this.#current, avx2: `off: the fastest kernels cannot be compiled: ${reasonOf(error)}` };
    }
  }
}

const loading = new Map<boolean, Promise<Kernels>>();
const loaded = new Map<boolean, Kernels>();

/** Whether the kernels for memory that is shared or not run as AVX2 by now (`on`, or `off` or `not yet`, and why). */
export const avx2State = (isShared: boolean): string =>
  loaded.get(isShared)?.current.avx2 ?? 'not yet known: no model has run';

/** The kernels for memory that is shared or not, loaded once. Throws BackendError if they cannot be had. */
export function loadKernels(isShared: boolean): Promise<Kernels> {
  const known = loading.get(isShared);
  if (known !== undefined) return known;
  const kernels = load(isShared).catch(error => {
    loading.delete(isShared);
    throw error;
  });
  loading.set(isShared, kernels);
  return kernels;
}

/**
 * The kernels in a memory. Throws BackendError for a file whose constants lie where operands do: kernels would write over
 * them.
 */
export async function instantiateKernels(kernels: CompiledKernels, memory: WebAssembly.Memory): Promise<SimdExports> {
  const instantiate = () => WebAssembly.instantiate(kernels.module, { env: { memory } });
  const wasm = exportsOf(await (kernels.needsLock ? withFlagsLocked('shared', instantiate) : instantiate()));
  // The type of exports knows no results, since no kernel has one.
  const end = Number(wasm.constantsEnd());
  if (end > reservedBytes) {
    throw new BackendError(
      `simd: the kernels need ${end} bytes for their constants, but operands begin at ${reservedBytes}; the file of the kernels is not of this version of Inkling`,
    );
  }
  wasm.setTileWidth(kernels.tileWidth);
  return wasm;
}

async function load(isShared: boolean): Promise<Kernels> {
  const file = isShared ? 'simd-threads.wasm' : 'simd.wasm';
  const source = wasmSource(isShared);
  try {
    const binary = await bytesOf(source ?? besideThisModule(isShared));
    const kernels = new Kernels(await plainKernels(binary), binary, isShared);
    loaded.set(isShared, kernels);
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
