import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import type { Host } from '../../lib/backend/host.ts';
import {
  avx2Obstacle,
  type CompiledKernels,
  exportsOf,
  fastestKernels,
  fusedSection,
  type Instantiate,
  plainKernels,
} from '../../lib/backend/revectorize.ts';

const binary = await readFile(new URL('../../kernels/simd.wasm', import.meta.url));

/** A Node that has the flag, which in truth does nothing here; `set` are the flags that were set, in their order. */
function hostWith(facts: Partial<Host> = {}): Host & { readonly set: string[] } {
  const set: string[] = [];
  const node = { engine: 'Node', version: 24, hasRevectorize: true, hasLocks: true, webAssemblyFlag: undefined };
  return { ...node, ...facts, set, setFlag: flag => set.push(flag) };
}

const fastest = async (host: Host, instantiate?: Instantiate): Promise<CompiledKernels> =>
  fastestKernels(await plainKernels(binary, host), binary, false, host, instantiate);

const isFused = (module: WebAssembly.Module): boolean =>
  WebAssembly.Module.customSections(module, fusedSection).length > 0;

/** Instances as they are, but that the matrix product of fused or of plain ones is another. */
const instancesWhere =
  (fused: boolean, changed: (multiply: () => void, c: Float32Array) => void): Instantiate =>
  (module, memory) => {
    const wasm = exportsOf(new WebAssembly.Instance(module, { env: { memory } }));
    if (isFused(module) !== fused) return wasm;
    const matmulForward: typeof wasm.matmulForward = (...numbers) =>
      changed(() => wasm.matmulForward(...numbers), new Float32Array(memory.buffer, numbers[2]));
    return { ...wasm, matmulForward };
  };

/** Takes at least fifty times as long. */
const slowly = (multiply: () => void): void => {
  for (let i = 0; i < 50; i++) multiply();
};

t.test('engines that have no such flag, or another meaning of it, are left alone', async t => {
  const cases: [Partial<Host>, string][] = [
    [{ hasRevectorize: false }, 'this build of Node has no AVX2 for WebAssembly'],
    [{ hasLocks: false }, 'needs Node 24.5, which has locks between its threads'],
    [{ version: 22 }, 'needs Node 24 to 26, this is Node 22'],
    [{ version: 27 }, 'needs Node 24 to 26, this is Node 27'],
    [{ engine: 'Bun' }, 'needs Node 24 to 26, this is Bun'],
    [{ engine: 'a browser', version: Number.NaN }, 'needs Node 24 to 26, this is a browser'],
    [{ webAssemblyFlag: '--no-liftoff' }, 'Node was started with --no-liftoff, which is left as it is'],
  ];
  for (const [facts, reason] of cases) {
    const host = hostWith(facts);
    t.equal(avx2Obstacle(host), reason);
    const plain = await plainKernels(binary, host);
    t.equal(plain.avx2, `off: ${reason}`);
    const { avx2, module } = fastestKernels(plain, binary, false, host);
    t.equal(avx2, `off: ${reason}`);
    t.equal(module, plain.module);
    t.same(host.set, []);
  }
});

t.test('plain kernels are there without any flag', async t => {
  const host = hostWith();
  const { avx2, module } = await plainKernels(binary, host);
  t.equal(avx2, 'not yet: it is tried once the kernels have run for a while');
  t.notOk(isFused(module));
  t.same(host.set, []);
});

t.test('AVX2 is claimed only where it makes the kernels faster', async t => {
  const without = await fastest(hostWith(), instancesWhere(true, slowly));
  t.equal(without.avx2, 'off: the kernels get no faster by it here');
  t.notOk(isFused(without.module));
  t.notOk(without.needsLock, 'all of it is compiled');
  const faster = await fastest(hostWith(), instancesWhere(false, slowly));
  t.same([faster.avx2, faster.tileWidth], ['on', 16]);
  t.ok(isFused(faster.module));
});

t.test('other bits are refused, and the kernels are then others than those that gave them', async t => {
  const wrong = instancesWhere(true, (multiply, c) => {
    multiply();
    c[7] = c[7]! + 1;
  });
  const { avx2, module } = await fastest(hostWith(), wrong);
  t.equal(avx2, 'off: the self-test found other bits');
  t.notOk(isFused(module));
});

/** What the flags end at: the last word on each. */
const lastWords = (set: readonly string[]): { readonly [flag: string]: boolean } =>
  Object.fromEntries(set.map(flag => [flag.replace(/^--(no-)?/, ''), !flag.startsWith('--no-')]));

t.test('flags are set back, also where compiling throws', async t => {
  const before = {
    liftoff: true,
    'wasm-inlining': true,
    'wasm-lazy-compilation': true,
    'experimental-wasm-revectorize': false,
  };
  const [good, bad] = [hostWith(), hostWith()];
  await fastest(good);
  t.same(lastWords(good.set), before);
  t.ok(good.set.includes('--experimental-wasm-revectorize'));
  await t.rejects(
    fastest(bad, module => {
      throw new Error(isFused(module) ? 'fused' : 'unfused');
    }),
    { message: 'unfused' },
  );
  t.same(lastWords(bad.set), { liftoff: true, 'wasm-inlining': true });
});

/** A process of this Node that believes to be Node 24 on a processor for whose V8 the flag does not exist. */
const withoutFlag = `
  Object.defineProperty(process.versions, 'node', { value: '24.1.0' });
  Object.defineProperty(process, 'config', { value: { variables: { target_arch: 'arm64' } } });
  const { dense, Sequential } = await import('inkling');
  const model = new Sequential({ inputShape: [2] }).add(dense({ units: 1 }));
  await model.predict([[1, 2]]);
  console.log(model.backend.info().avx2);
`;

t.test('a Node without the flag prints nothing, and tells no AVX2', async t => {
  const root = join(import.meta.dirname, '../..');
  const args = ['--import=./test/typescript-loader.mjs', '--input-type=module', '--eval', withoutFlag];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root });
  t.equal(stderr, '');
  t.equal(stdout, 'off: this build of Node has no AVX2 for WebAssembly\n');
});
