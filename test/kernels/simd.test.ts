import t from 'tap';
import { simdScratch } from '../../kernels/simd/index.binding.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { conformance } from './conformance.ts';
import { told } from './wasm.ts';

conformance(simdBackend);

t.test('the scratch memory that is planned for a matrix product is what the kernel takes', async t => {
  const geometry = { m: 1, n: 1, k: 1, transposeA: false, transposeB: false };
  t.equal(simdScratch.matmulForward!(geometry, 1).each, told('scratchBytes'));
});
