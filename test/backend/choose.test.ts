import t from 'tap';
import { chooseBackend } from '../../lib/backend/choose.ts';
import { dense, Sequential } from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

/** Runs with a value of INKLING_BACKEND. */
function withVariable<T>(value: string, run: () => T): T {
  const before = process.env['INKLING_BACKEND'];
  process.env['INKLING_BACKEND'] = value;
  try {
    return run();
  } finally {
    if (before === undefined) delete process.env['INKLING_BACKEND'];
    else process.env['INKLING_BACKEND'] = before;
  }
}

/** Runs as on an engine that has no WebAssembly. */
function withoutWebAssembly<T>(run: () => T): T {
  const { WebAssembly } = globalThis;
  Reflect.deleteProperty(globalThis, 'WebAssembly');
  try {
    return run();
  } finally {
    globalThis.WebAssembly = WebAssembly;
  }
}

t.test('the option goes before INKLING_BACKEND, and that before what can run', async t => {
  t.equal(chooseBackend().name, 'simd');
  t.equal(
    withVariable('loops', () => chooseBackend().name),
    'loops',
  );
  t.equal(
    withVariable('loops', () => chooseBackend('simd').name),
    'simd',
  );
  t.equal(
    withVariable('', () => chooseBackend().name),
    'simd',
    'empty is as good as not set',
  );
  const model = new Sequential({ inputShape: [2], backend: 'loops' }).add(dense(1));
  t.equal(model.backend.name, 'loops');
});

t.test('an engine without WebAssembly gets the loops, unless simd is asked for', async t => {
  t.equal(
    withoutWebAssembly(() => chooseBackend().name),
    'loops',
  );
  t.equal(
    errorOf(() => withoutWebAssembly(() => chooseBackend('simd'))),
    'BackendError: backend "simd": this engine has no WebAssembly SIMD; use "loops"',
  );
});

t.test('unknown names', async t => {
  t.equal(
    errorOf(() => withVariable('smid', () => chooseBackend())),
    'OptionError: unknown backend "smid": did you mean "simd"? Known: loops, simd',
  );
});
