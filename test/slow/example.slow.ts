import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { loadModel, mnist } from '../../lib/node.ts';
import { runCommand } from '../run-command.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const images = 6000;

t.test('the main job on a part of MNIST, as its user starts it', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-example-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const json = join(folder, 'result.json');
  const options = ['--limit', `${images}`, '--epochs', '2', '--out', folder, '--json', json];
  const output = await runCommand(root, 'npm', 'run', 'mnist', '--', ...options);
  const result = JSON.parse(await readFile(json, 'utf8'));
  t.ok(result.testAccuracy > 0.9, `test accuracy ${result.testAccuracy}`);
  t.match(output, `test accuracy ${result.testAccuracy.toFixed(4)}`);
  t.match(output, 'Total params: 1,883,194');
  t.match(result, { epochs: 2, parameters: 1_883_194, backend: 'simd', seed: 1 });
  t.ok(result.imagesPerSecond > 0 && result.seconds > 0 && result.testLoss > 0 && result.threads >= 1);

  const { images: testImages, labels } = (await mnist()).test;
  const model = await loadModel(join(folder, 'model.safetensors'));
  const predicted = (await model.predict(testImages.slice([0], [1000]), { batchSize: 200 })).argmax(1);
  const right = predicted
    .equal(labels.slice([0], [1000]))
    .mean()
    .item();
  t.ok(right > 0.85, `the saved model predicts ${right} of the first 1,000 test images`);
  t.match(await readFile(join(folder, 'report.html'), 'utf8'), '<h1>AlexNet on MNIST</h1>');
});

t.test('options that make no sense are refused in one line', async t => {
  for (const [option, message] of [
    ['--epochs=x', '--epochs must be a number, got "x"'],
    ['--width=0', 'alexnet: width must be a number greater than 0, got 0'],
  ] as const) {
    const error = await runCommand(root, 'npx', 'tsx', 'examples/mnist.ts', option).then(
      () => 'no error',
      ({ stderr }: { stderr: string }) => stderr.replace(/^npm warn.*\n/gm, '').trim(),
    );
    t.equal(error, message);
  }
});
