/** The constants of the kernels lie before the operands, or nothing is computed. */
import t from 'tap';
import { instantiateKernels } from '../../lib/backend/kernels-file.ts';

/** A module whose constants end at 4096: `(func (export "constantsEnd") (result i32) i32.const 4096)`. */
const tooLong = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0],
  ...[7, 16, 1, 12, ...new TextEncoder().encode('constantsEnd'), 0, 0],
  ...[10, 7, 1, 5, 0, 65, 128, 32, 11],
);

t.test('kernels whose constants reach into the operands are refused when they are loaded', async t => {
  const kernels = { module: await WebAssembly.compile(tooLong), avx2: 'off', tileWidth: 8, needsLock: false } as const;
  await t.rejects(instantiateKernels(kernels, new WebAssembly.Memory({ initial: 1 })), {
    name: 'BackendError',
    message:
      'simd: the kernels need 4096 bytes for their constants, but operands begin at 2048; the file of the kernels is not of this version of Inkling',
  });
});
