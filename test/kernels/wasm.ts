/** The WebAssembly kernels by themselves, in memory of their own. */
import { readFile } from 'node:fs/promises';
import type { SimdExports } from '../../kernels/simd/index.binding.ts';

export const memory = new WebAssembly.Memory({ initial: 256 });
const binary = await readFile(new URL('../../kernels/simd.wasm', import.meta.url));
const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
export const wasm = instance.exports as object as SimdExports;
