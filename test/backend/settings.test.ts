import { configure, dense, Sequential } from 'inkling';
import t from 'tap';
import { threadCount } from '../../lib/backend/settings.ts';
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
  t.same(
    withVariable('3', () => threadCount()),
    { threads: 3 },
  );
  t.same(
    withVariable('1', () => threadCount()),
    { threads: 1, reason: 'INKLING_THREADS is 1' },
  );
  t.ok(withVariable('', () => threadCount()).threads >= 1);
  t.equal(
    errorOf(() => withVariable('many', () => threadCount())),
    'OptionError: INKLING_THREADS must be a positive integer, got "many"',
  );
});

t.test('memory that cannot be shared means one thread, and says why', async t => {
  const before = globalThis.SharedArrayBuffer;
  Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
  try {
    t.same(
      withVariable('4', () => threadCount()),
      {
        threads: 1,
        reason: 'no SharedArrayBuffer: the page is not cross-origin isolated',
      },
    );
  } finally {
    globalThis.SharedArrayBuffer = before;
  }
});

t.test('what is configured goes before the environment, and must come before the first model', async t => {
  t.equal(
    errorOf(() => configure({ threads: 0.5 })),
    'OptionError: configure: threads must be a positive integer, got 0.5',
  );
  t.same(
    withVariable('3', () => threadCount(2)),
    { threads: 2 },
  );
  configure({ threads: 3 });
  configure({ revectorize: false });
  const model = new Sequential({ inputShape: [2], backend: 'simd' }).add(dense(1));
  await model.predict([[1, 2]]);
  const { threads, avx2 } = simdBackend.info();
  t.equal(threads, 3);
  t.match(avx2, /^off: (configured|needs Node 24)$/);
  t.equal(
    errorOf(() => configure({ threads: 2 })),
    'StateError: configure: there is a model already, which has settled the threads; call configure before',
  );
});
