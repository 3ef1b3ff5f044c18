import { readFile } from 'node:fs/promises';
import t from 'tap';
import { simdScratch } from '../../kernels/simd-bindings/index.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { conformance } from './conformance.ts';

conformance(simdBackend);

t.test('the scratch memory that is planned for a matrix product is what the kernel takes', async t => {
  const binary = await readFile(new URL('../../kernels/simd.wasm', import.meta.url));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
  const taken = (instance.exports['scratchBytes'] as () => number)();
  const geometry = { m: 1, n: 1, k: 1, transposeA: false, transposeB: false };
  t.equal(simdScratch.matmulForward!(geometry, 1).each, taken);
});
