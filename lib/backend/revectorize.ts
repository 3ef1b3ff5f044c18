/**
 * V8 can fuse pairs of 128-bit operations of WebAssembly into AVX2 ones (`--experimental-wasm-revectorize`): nearly twice
 * the speed and, by its design, the same bits. The flag is experimental and holds for the whole process. So it is set
 * only where this build of V8 has it, only while the kernels are compiled, completely and at once; and the result is
 * kept only if it shows the bits of the plain operations and is clearly faster than the plain kernels.
 */
import type { SimdExports } from '../../kernels/simd/index.binding.ts';
import { fasterTile } from './calibrate.ts';
import { type Host, thisHost } from './host.ts';
import { revectorizeObstacle } from './settings.ts';

/** The versions of Node on which the flags were tried. Before, the fusion is not there or fuses nothing of the kernels. */
const [firstVersion, lastVersion] = [24, 26];

/**
 * Without the baseline compiler and without lazy compilation a module is compiled at once by the optimizing compiler,
 * while the flags hold. Inlining goes by what the baseline compiler has counted; without that it costs a third more time
 * and gains nothing, and Node 25 and 26 end the process.
 */
const eager = ['--no-liftoff', '--no-wasm-inlining'];
const complete = ['--no-wasm-lazy-compilation'];
const fusing = ['--experimental-wasm-revectorize'];

/** Why the fusion cannot be had here, or must not be; undefined if it may be tried. */
export function avx2Obstacle({ engine, version, hasRevectorize, hasLocks, webAssemblyFlag }: Host): string | undefined {
  if (engine !== 'Node' || version < firstVersion || version > lastVersion) {
    const here = engine === 'Node' ? `Node ${version}` : engine;
    return `needs Node ${firstVersion} to ${lastVersion}, this is ${here}`;
  }
  if (!hasRevectorize) return 'this build of Node has no AVX2 for WebAssembly';
  if (!hasLocks) return 'needs Node 24.5, which has locks between its threads';
  if (webAssemblyFlag !== undefined) return `Node was started with ${webAssemblyFlag}, which is left as it is`;
  return revectorizeObstacle();
}

/** Sets flags of V8 while something is done at once, and sets them back. */
function withFlags<T>({ setFlag }: Host, flags: readonly string[], run: () => T): T {
  const opposite = (flag: string) => (flag.startsWith('--no-') ? `--${flag.slice(5)}` : `--no-${flag.slice(2)}`);
  for (const flag of flags) setFlag(flag);
  try {
    return run();
  } finally {
    for (const flag of flags) setFlag(opposite(flag));
  }
}

/** The kernels, ready to be instantiated. */
export interface CompiledKernels {
  readonly module: WebAssembly.Module;
  /** Whether they run as AVX2, or why not. */
  readonly avx2: string;
  /** Columns of the tile. */
  readonly tileWidth: 8 | 16;
  /** Whether instances must not be made while flags of V8 are set. */
  readonly needsLock: boolean;
}

/** The kernels in a memory, at once. */
export type Instantiate = (module: WebAssembly.Module, memory: WebAssembly.Memory) => SimdExports;

// The files are built from kernels/simd/index.ts, whose exports the bindings name; the conformance suite runs every one.
export const exportsOf = ({ exports }: WebAssembly.Instance): SimdExports => exports as object as SimdExports;

const instantiateAtOnce: Instantiate = (module, memory) =>
  exportsOf(new WebAssembly.Instance(module, { env: { memory } }));

/** Kernels that can run soon: each is compiled when it is called first, and none is fused. */
export async function plainKernels(binary: BufferSource, host: Host = thisHost()): Promise<CompiledKernels> {
  const obstacle = avx2Obstacle(host);
  const avx2 =
    obstacle === undefined ? 'not yet: it is tried once the kernels have run for a while' : `off: ${obstacle}`;
  return { module: await WebAssembly.compile(binary), avx2, tileWidth: 8, needsLock: obstacle === undefined };
}

/**
 * The fastest kernels, for memory that is shared or not: fused where that can be had and is of use, in either case with
 * the faster tile. It may take a tenth of a second, in which nothing else runs on this thread. They are not compiled on
 * another one, as V8's flags would hold for whatever this one compiles in the meantime. Where flags are set, it must have
 * its turn by \`withFlagsLocked\`.
 */
export function fastestKernels(
  plain: CompiledKernels,
  binary: BufferSource,
  isShared: boolean,
  host: Host = thisHost(),
  instantiate: Instantiate = instantiateAtOnce,
): CompiledKernels {
  const memory = () =>
    new WebAssembly.Memory({ initial: testPages, ...(isShared ? { maximum: testPages, shared: true } : {}) });
  if (avx2Obstacle(host) !== undefined) {
    return { ...plain, tileWidth: fasterTile(instantiate(plain.module, memory())) };
  }
  const compiled = (section: string, flags: readonly string[]): Compiled =>
    withFlags(host, flags, () => compiledAtOnce(marked(binary, section), memory(), instantiate));
  const unfused = compiled('measured', eager);
  const fused = compiled(fusedSection, [...eager, ...complete, ...fusing]);
  const reason = disproof(fused, unfused);
  // The wider tile is a third faster with AVX2, whatever the machine.
  if (reason === undefined) return { module: fused.module, avx2: 'on', tileWidth: 16, needsLock: false };
  const { module, wasm } = compiled('complete', [...eager, ...complete]);
  return { module, avx2: `off: ${reason}`, tileWidth: fasterTile(wasm), needsLock: false };
}

interface Compiled {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly wasm: SimdExports;
}

/** All kernels, or only the matrix product where the flags leave compilation to the first call. */
function compiledAtOnce(binary: BufferSource, memory: WebAssembly.Memory, instantiate: Instantiate): Compiled {
  const module = new WebAssembly.Module(binary);
  const wasm = instantiate(module, memory);
  wasm.setTileWidth(16);
  multiply(wasm, 16);
  return { module, memory, wasm };
}

/** The file with an empty section more: of the same bytes V8 would take the code that it has compiled before. */
function marked(binary: BufferSource, section: string): Uint8Array<ArrayBuffer> {
  const bytes = ArrayBuffer.isView(binary)
    ? new Uint8Array(binary.buffer, binary.byteOffset, binary.byteLength)
    : new Uint8Array(binary);
  const name = new TextEncoder().encode(section);
  return Uint8Array.from([...bytes, 0, name.length + 1, name.length, ...name]);
}

/** The name of the section that fused kernels have. */
export const fusedSection = 'avx2';

/** What the test of bits and of speed has against the fused kernels; undefined if they have passed. */
function disproof(fused: Compiled, unfused: Compiled): string | undefined {
  if (!givesPlainBits(fused)) return 'the self-test found other bits';
  const best = { fused: Number.POSITIVE_INFINITY, unfused: Number.POSITIVE_INFINITY };
  for (let i = 0; i < turns; i++) {
    best.fused = Math.min(best.fused, multiply(fused.wasm, 16));
    best.unfused = Math.min(best.unfused, multiply(unfused.wasm, 16));
  }
  return best.fused * leastGain <= best.unfused ? undefined : 'the kernels get no faster by it here';
}

const testPages = 16;
const [m, n, k] = [19, 43, 70];
/** Byte offsets of the operands of the test. */
const place = { rate: 16, a: 512, b: 131072, c: 262144, scratch: 327680 };
/** Of these turns, a millisecond together, the best counts; fused kernels are about 1.7 times as fast as others. */
const turns = 24;
const leastGain = 1.25;

/** A matrix product with so many rows, and the milliseconds that it takes. */
function multiply(wasm: SimdExports, rows: number): number {
  const start = performance.now();
  wasm.matmulForward(place.a, place.b, place.c, rows, 64, 256, 0, 0, 0, rows, 0, 64, place.scratch);
  return performance.now() - start;
}

/** A matrix product with edges on all sides, and an optimizer step, against the same operations one by one. */
function givesPlainBits({ wasm, memory }: Compiled): boolean {
  const floats = (offset: number, length: number) => new Float32Array(memory.buffer, offset, length);
  const [a, b, c] = [floats(place.a, m * k), floats(place.b, k * n), floats(place.c, m * n)];
  for (let i = 0; i < a.length; i++) a[i] = ((i * 37) % 101) / 51 - 1;
  for (let i = 0; i < b.length; i++) b[i] = ((i * 53) % 97) / 49 - 1;
  const product = plainProduct(a, b);
  const rate = Math.fround(0.1);
  floats(place.rate, 1)[0] = rate;
  const stepped = product.map((w, i) => Math.fround(w - Math.fround(rate * b[i]!)));
  const isEqual = (expected: Float32Array) => c.every((value, i) => value === expected[i]);
  wasm.matmulForward(place.a, place.b, place.c, m, n, k, 0, 0, 0, m, 0, n, place.scratch);
  if (!isEqual(product)) return false;
  wasm.sgdUpdate(place.c, place.b, c.length, place.rate);
  return isEqual(stepped);
}

/** Every product and every sum rounded to float32, in the order of k. */
function plainProduct(a: Float32Array, b: Float32Array): Float32Array {
  const c = new Float32Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const x = a[i * k + l]!;
      for (let j = 0; j < n; j++) c[i * n + j] = c[i * n + j]! + Math.fround(x * b[l * n + j]!);
    }
  }
  return c;
}
