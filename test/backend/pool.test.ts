import t from 'tap';
import { ThreadPool } from '../../lib/backend/pool.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { errorOf } from '../error-of.ts';

t.test('a thread that dies gives a BackendError and no hang', async t => {
  const pool = new ThreadPool(2);
  while (!pool.isSettled) await new Promise(resolve => setTimeout(resolve, 5));
  const died = new Promise(resolve => setTimeout(resolve, 300));
  // A program on a memory that the threads were never given: the worker throws.
  const id = pool.addProgram(12345, [[], [['setWindow'], null]]);
  await died;
  t.match(
    errorOf(() => {
      for (const step of pool.steps(id, [null])) step();
    }),
    /^BackendError: simd: a thread has died: .*; set INKLING_THREADS=1 to work with one$/,
  );
});

t.test('the backend tells what it uses', async t => {
  const { name, threads, avx2 } = simdBackend.info();
  t.equal(name, 'simd');
  t.equal(threads, simdBackend.threads);
  t.match(avx2, /^(on|off: .+|not yet known: no model has run)$/);
});
