import { readFile } from 'node:fs/promises';
import { type BackendSettings, configure, dense, Sequential } from 'inkling';
import t from 'tap';
import { availableCores } from '../../lib/backend/cores.ts';
import { bytesOf, loadKernels } from '../../lib/backend/kernels-file.ts';
import { plainKernels } from '../../lib/backend/revectorize.ts';
import { checkedSource, threadCount } from '../../lib/backend/settings.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

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

const cores = availableCores();
const most = Math.max(16, 4 * cores);

t.test('INKLING_THREADS goes before the number of cores', async t => {
  t.same(
    withVariable('3', () => threadCount()),
    { threads: 3 },
  );
  t.same(
    withVariable('1', () => threadCount()),
    { threads: 1, reason: 'INKLING_THREADS is 1' },
  );
  t.equal(withVariable('', () => threadCount()).threads, Math.min(cores, 16));
  t.equal(
    errorOf(() => withVariable('many', () => threadCount())),
    'OptionError: INKLING_THREADS must be a positive integer, got "many"',
  );
  t.equal(
    errorOf(() => withVariable('1000', () => threadCount())),
    `OptionError: INKLING_THREADS must be at most ${most}, as there are ${cores} cores here, got 1000; leave it out to take them all`,
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

t.test('what is no setting is refused, from plain JavaScript as well', async t => {
  const cases: [unknown, string][] = [
    [undefined, 'configure takes an object with threads, revectorize, wasm, got undefined'],
    [4, 'configure takes an object with threads, revectorize, wasm, got 4'],
    [{ thread: 2 }, 'unknown setting of configure "thread": did you mean "threads"? Known: threads, revectorize, wasm'],
    [{ threads: '2' }, 'configure: threads must be a positive integer, got "2"'],
    [{ threads: 0.5 }, 'configure: threads must be a positive integer, got 0.5'],
    [
      { threads: 2000 },
      `configure: threads must be at most ${most}, as there are ${cores} cores here, got 2000; leave it out to take them all`,
    ],
    [{ revectorize: 'no' }, 'configure: revectorize must be true or false, got "no"'],
    [{ wasm: 'simd.wasm' }, 'configure: wasm takes an object with simd, simdThreads, got "simd.wasm"'],
    [
      { wasm: { threads: 'file:///simd.wasm' } },
      'unknown setting of configure: wasm "threads"; known: simd, simdThreads',
    ],
    [{ wasm: { simd: 7 } }, 'configure: wasm.simd must be a URL or the bytes of the file, got 7'],
    [
      { wasm: { simd: './simd.wasm' } },
      'configure: wasm.simd must be a whole URL here, got "./simd.wasm"; use new URL("./simd.wasm", import.meta.url)',
    ],
  ];
  for (const [given, message] of cases) {
    t.equal(
      errorOf(() => configure(given as BackendSettings)),
      `OptionError: ${message}`,
    );
  }
});

t.test('what is wrong with a file that was configured is told with the way out', async t => {
  const advice =
    "a bundler may not have taken the file along: tell where 'inkling/simd.wasm' is by configure({ wasm: { simd: url or bytes } }); " +
    "the option backend: 'loops' of a model, or INKLING_BACKEND=loops, does without WebAssembly";
  const nowhere = new URL('nowhere.wasm', import.meta.url);
  const cases = [
    [
      nowhere,
      `${nowhere}, which was configured for simd.wasm: ENOENT: no such file or directory, open '${nowhere.pathname}'`,
    ],
    [
      import.meta.url,
      `${import.meta.url}, which was configured for simd.wasm: what is there is no WebAssembly, but may be a page that a server sends instead`,
    ],
    [
      Uint8Array.of(0, 97, 115, 109),
      'the bytes that were configured for simd.wasm: WebAssembly.compile(): expected 4 bytes, fell off end @+4',
    ],
  ] as const;
  for (const [simd, message] of cases) {
    configure({ revectorize: false, wasm: { simd } });
    t.equal(await rejectionOf(loadKernels(false)), `BackendError: simd: cannot load ${message}; ${advice}`);
  }
});

t.test('files come from a URL or from bytes, which may be part of a buffer that is shared', async t => {
  const url = new URL('../../kernels/simd.wasm', import.meta.url);
  const bytes = await readFile(url);
  const data = `data:application/wasm;base64,${bytes.toString('base64')}`;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 1), 1);
  shared.set(bytes);
  for (const simd of [url, url.href, data, bytes, Uint8Array.from(bytes).buffer, shared]) {
    t.ok(
      WebAssembly.Module.exports((await plainKernels(await bytesOf(checkedSource('simd', simd)))).module).length > 50,
    );
  }
});

t.test('what is configured goes before the environment, and must come before the first model', async t => {
  t.same(
    withVariable('3', () => threadCount(2)),
    { threads: 2 },
  );
  configure({ threads: 3 });
  configure({ revectorize: false, wasm: { simdThreads: new URL('../../kernels/simd-threads.wasm', import.meta.url) } });
  const model = new Sequential({ inputShape: [2], backend: 'simd' }).add(dense(1));
  await model.predict([[1, 2]]);
  const { threads, avx2 } = simdBackend.info();
  t.equal(threads, 3);
  t.match(avx2, /^off: (configured|needs Node 24 to 26, this is Node 2\d)$/);
  t.equal(
    errorOf(() => configure({ threads: 2 })),
    'StateError: configure: there is a model already, which has settled the threads; call configure before',
  );
});
