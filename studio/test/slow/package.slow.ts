/** What a stranger does: installs both packages into an empty folder, and writes a report with types and without. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { runCommand } from '../../../test/run-command.ts';
import { compile } from '../../../test/types/compilers.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

const program = `
import { writeFile } from 'node:fs/promises';
import { dense, Sequential, tensor } from 'inkling';
import { labelDistribution, RunRecorder, runEnvironment, writeReport } from 'inkling-studio';
const model = new Sequential([dense({ units: 2, activation: 'softmax', inputShape: [1] })], { seed: 1 });
model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
const recorder = new RunRecorder();
const x = tensor([[0], [1], [2]]);
const y = tensor([0, 1, 1], undefined, 'uint8');
const history = await model.fit(x, y, { epochs: 3, verbose: 0, callbacks: [recorder] });
await writeReport('report.html', { model, history, ...recorder.facts(), ...(await runEnvironment()) });
await writeFile('labels.png', await labelDistribution(y.data).png());
`;

async function packed(folder: string, of: string): Promise<string> {
  const stdout = await runCommand(of, 'npm', 'pack', '--json', '--pack-destination', folder);
  const [{ filename, unpackedSize, files }] = JSON.parse(stdout.slice(stdout.search(/^\[$/m)));
  t.ok(unpackedSize < 3_000_000, `${filename}: ${unpackedSize} bytes unpacked`);
  t.notOk(
    files.some(({ path }: { path: string }) => /test|\.py$/.test(path)),
    `${filename}: no tests`,
  );
  return filename;
}

t.test('the packed packages install into an empty folder and write a report there', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-studio-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const archives = [await packed(folder, root), await packed(folder, join(root, 'studio'))];
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  await runCommand(folder, 'npm', 'install', '--no-audit', '--no-fund', ...archives);
  await writeFile(join(folder, 'program.mjs'), program);
  await runCommand(folder, 'node', 'program.mjs');
  const page = await readFile(join(folder, 'report.html'), 'utf8');
  t.match(page, /<section id="curves"/);
  t.match(page, '<dt>inkling</dt><dd>0.1.0</dd>');
  const png = await readFile(join(folder, 'labels.png'));
  t.equal(png.subarray(1, 4).toString(), 'PNG');
  await writeFile(
    join(folder, 'program.ts'),
    `${program}\nconst wrong: number = await labelDistribution([0]).png();\n`,
  );
  const options = { strict: true, module: 'nodenext', target: 'es2022', noEmit: true, types: [], skipLibCheck: true };
  const config = { compilerOptions: { ...options, lib: ['es2023', 'dom'] }, files: ['program.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const { output } = await compile('typescript', '-p', folder, '--pretty', 'false');
  const errors = output
    .trim()
    .split('\n')
    .filter(line => !line.includes("'node:fs/promises'"));
  t.equal(errors.length, 1, output);
  t.match(errors[0], "Type 'Uint8Array<ArrayBufferLike>' is not assignable to type 'number'");
});
