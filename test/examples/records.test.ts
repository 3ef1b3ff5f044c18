/** The programs that make records, on a few images: what they print and write, and what they refuse. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { networkOf, rateOf, recipes } from '../../examples/speedrun-recipes.ts';
import { loadModel, mnist } from '../../lib/node.ts';
import { runCommand } from '../run-command.ts';

const root = join(import.meta.dirname, '../..');
const loader = join(root, 'test/typescript-loader.mjs');
const run = (program: string, ...args: string[]): Promise<string> =>
  runCommand(root, process.execPath, '--import', loader, join(root, 'examples', program), ...args);
const refusal = (program: string, ...args: string[]): Promise<string> =>
  run(program, ...args).then(
    () => 'no error',
    ({ stderr }: { stderr: string }) => stderr.trim(),
  );

t.test('record.ts trains, saves and tests, and trains nothing again', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-record-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const json = join(folder, 'result.json');
  const args = [
    '--limit',
    '544',
    '--hold-out',
    '32',
    '--epochs',
    '1',
    '--seeds',
    '5,6',
    '--out',
    folder,
    '--json',
    json,
  ];
  const output = await run('record.ts', ...args);
  t.match(output, /seed 6: 512 images, 1 epochs, the simd backend/);
  t.match(output, /epoch 1\/1 .* images\/s/);
  const result = JSON.parse(await readFile(json, 'utf8'));
  t.match(result, { parameters: 169_706, epochs: 1, images: 512, holdOut: 32, backend: 'simd' });
  const errors: number[] = result.tests.map(({ errors }: { errors: number }) => errors);
  t.match(output, `accuracy on images held out, mean of 2: ${(100 * result.mean).toFixed(3)}%`);
  t.equal(result.mean, (1 - errors[0]! / 32 + 1 - errors[1]! / 32) / 2);

  const { images, labels } = (await mnist()).train;
  for (const ending of ['safetensors', 'keras']) {
    const model = await loadModel(join(folder, `model-seed6.${ending}`));
    const predicted = (await model.predict(images.slice([512], [32]))).argmax(1);
    const right = predicted
      .equal(labels.slice([512], [32]))
      .sum()
      .item();
    t.equal(32 - right, errors[1], `the model in .${ending} makes the same mistakes`);
  }
  const again = await run('record.ts', ...args);
  t.notMatch(again, /images\/s/, 'the states of both trainings are found');
  t.same(JSON.parse(await readFile(json, 'utf8')), result);
});

t.test('speedrun.ts trains for an epoch and tests', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-speedrun-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const json = join(folder, 'result.json');
  const args = ['--mark', '99.3', '--seed', '2', '--limit', '576', '--hold-out', '64', '--json', json];
  const output = await run('speedrun.ts', ...args);
  const result = JSON.parse(await readFile(json, 'utf8'));
  t.match(output, `accuracy on images held out ${(100 * result.accuracy).toFixed(2)}%`);
  t.match(result, { mark: '99.3', seed: 2, parameters: networkOf(recipes['99.3'], 1).countParams(), backend: 'simd' });
  t.ok(result.seconds > result.trainSeconds + result.testSeconds, 'the process takes longer than its parts');
});

t.test('the rate rises for a quarter of an epoch and falls to nothing', async t => {
  const rate = rateOf({ ...recipes['99.0'], maxLearningRate: 0.01, batchSize: 64, rising: 0.25 }, 60_000);
  t.ok(Math.abs(rate(0) - 0.001) < 1e-9);
  t.ok(rate(233) > 0.0099 && rate(233) <= 0.01);
  t.ok(rate(937) < 2e-6);
  t.ok(Math.abs(rate(586) - 0.005) < 1e-4, 'half of it in the middle of its fall');
});

t.test('what they refuse', async t => {
  t.equal(await refusal('record.ts', '--seeds', '1,x'), '--seeds 1,x: expected a whole number of at least 0, got "x"');
  t.equal(await refusal('speedrun.ts', '--mark', '98'), '--mark 98: expected 99.0 or 99.3');
});
