import t from 'tap';
import { ThreadPool, threadCount } from '../../lib/backend/pool.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { errorOf } from '../error-of.ts';

/** Runs with a value of INKLING_THREADS. */
function withVariable<T>(value: string, run: () => T): T {
  const before = process.env['INKLING_THREADS'];
  process.env['INKLING_THREADS'] = value;
  try {
    return run();
  } finally {
    if (before === undefined) delete process.env['INKLING_THREADS'];
    else process.env['INKLING_THREADS'] = before;
  }
}

t.test('INKLING_THREADS goes before the number of cores', async t => {
  t.same(withVariable('3', threadCount), { threads: 3 });
  t.same(withVariable('1', threadCount), { threads: 1, reason: 'INKLING_THREADS is 1' });
  t.ok(withVariable('', threadCount).threads >= 1);
  t.equal(
    errorOf(() => withVariable('many', threadCount)),
    'OptionError: INKLING_THREADS must be a positive integer, got "many"',
  );
});

t.test('memory that cannot be shared means one thread, and says why', async t => {
  const before = globalThis.SharedArrayBuffer;
  Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
  try {
    t.same(withVariable('4', threadCount), {
      threads: 1,
      reason: 'no SharedArrayBuffer: the page is not cross-origin isolated',
    });
  } finally {
    globalThis.SharedArrayBuffer = before;
  }
});

t.test('a thread that dies gives a BackendError and no hang', async t => {
  const pool = new ThreadPool(2);
  await pool.ready;
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
