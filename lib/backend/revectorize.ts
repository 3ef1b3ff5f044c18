/**
 * V8's `--experimental-wasm-revectorize` (Node 24 and later) fuses pairs of 128-bit operations into AVX2 ones: twice
 * the speed and, by its design, the same bits. It is experimental and holds for the whole process, so it stays on only
 * if the kernels show the bits of the plain operations.
 */
import type { SimdExports } from '../../kernels/simd/index.binding.ts';
import { fasterTile } from './calibrate.ts';
import { nodeModule, nodeVersion } from './host.ts';
import { revectorizeObstacle } from './settings.ts';

const firstVersion = 24;

const setFlag = (flag: string): void => nodeModule('node:v8')?.setFlagsFromString(flag);

/** Why the fusion cannot be had here, or must not be. */
function obstacle(): string | undefined {
  if (!(nodeVersion() >= firstVersion) || nodeModule('node:v8') === undefined) return `needs Node ${firstVersion}`;
  return revectorizeObstacle();
}

/** The kernels, ready to be instantiated. */
export interface CompiledKernels {
  readonly module: WebAssembly.Module;
  /** Whether they run as AVX2, or why not. */
  readonly avx2: string;
  /** Columns of the faster tile. */
  readonly tileWidth: 8 | 16;
}

/**
 * Compiles the kernels, fused where that can be had and where they keep the bits. `instantiate` makes an instance of a
 * module in a memory, which is shared or not.
 */
export async function compileKernels(
  binary: BufferSource,
  isShared: boolean,
  instantiate: (module: WebAssembly.Module, memory: WebAssembly.Memory) => Promise<SimdExports>,
): Promise<CompiledKernels> {
  const size = { initial: testPages, ...(isShared ? { maximum: testPages, shared: true } : {}) };
  const compiled = async () => {
    const module = await WebAssembly.compile(binary);
    const memory = new WebAssembly.Memory(size);
    return { module, memory, wasm: await instantiate(module, memory) };
  };
  const reason = obstacle();
  if (reason === undefined) {
    setFlag('--experimental-wasm-revectorize');
    const { module, memory, wasm } = await compiled();
    // The wider tile is a third faster with AVX2, whatever the machine.
    if (givesPlainBits(wasm, memory)) return { module, avx2: 'on', tileWidth: 16 };
    setFlag('--no-experimental-wasm-revectorize');
  }
  const { module, wasm } = await compiled();
  return { module, avx2: `off: ${reason ?? 'the self-test found other bits'}`, tileWidth: fasterTile(wasm) };
}

const testPages = 16;
const [m, n, k] = [19, 43, 70];
/** Byte offsets of the operands of the test. */
const place = { rate: 16, a: 512, b: 65536, c: 131072, scratch: 196608 };
/** The product is taken so often, and for so many milliseconds: V8 fuses once a function is hot, on another thread. */
const repetitions = 150;
const duration = 8;

/** A matrix product with edges on all sides, and an optimizer step, against the same operations one by one. */
function givesPlainBits(wasm: SimdExports, memory: WebAssembly.Memory): boolean {
  const floats = (offset: number, length: number) => new Float32Array(memory.buffer, offset, length);
  const [a, b, c] = [floats(place.a, m * k), floats(place.b, k * n), floats(place.c, m * n)];
  for (let i = 0; i < a.length; i++) a[i] = ((i * 37) % 101) / 51 - 1;
  for (let i = 0; i < b.length; i++) b[i] = ((i * 53) % 97) / 49 - 1;
  const product = plainProduct(a, b);
  const rate = Math.fround(0.1);
  floats(place.rate, 1)[0] = rate;
  const stepped = product.map((w, i) => Math.fround(w - Math.fround(rate * b[i]!)));
  const isEqual = (expected: Float32Array) => c.every((value, i) => value === expected[i]);
  const end = performance.now() + duration;
  for (let i = 0; i < repetitions || performance.now() < end; i++) {
    wasm.matmulForward(place.a, place.b, place.c, m, n, k, 0, 0, 0, m, 0, n, place.scratch);
    if (!isEqual(product)) return false;
    wasm.sgdUpdate(place.c, place.b, c.length, place.rate);
    if (!isEqual(stepped)) return false;
  }
  return true;
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
