/** The programs that also read digits from files, each on few images: what they print, write and find. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import t from 'tap';
import { main as digitClassifier } from '../../examples/digit-classifier.ts';
import { main as digitRecognizer } from '../../examples/digit-recognizer.ts';
import { main as kaggleCnn } from '../../examples/kaggle-cnn.ts';
import { loadModel, mnist } from '../../lib/node.ts';
import { runProgram, smallKaggleFolder } from './run-program.ts';

const { test } = await mnist();

/** A test image as somebody may have it: enlarged, dark on light, of three channels. */
async function drawnFile(folder: string, image: number): Promise<string> {
  const [zoom, margin] = [4, 30];
  const png = new PNG({ width: 28 * zoom + 2 * margin, height: 28 * zoom + margin });
  png.data.fill(255);
  for (let y = 0; y < 28 * zoom; y++) {
    for (let x = 0; x < 28 * zoom; x++) {
      const ink = 255 - test.images.at(image, Math.floor(y / zoom), Math.floor(x / zoom), 0);
      png.data.fill(ink, (y * png.width + x + margin) * 4, (y * png.width + x + margin) * 4 + 3);
    }
  }
  const path = join(folder, `drawn-${image}.png`);
  await writeFile(path, PNG.sync.write(png));
  return path;
}

const reportOf = (out: string): Promise<string> => readFile(join(out, 'report.html'), 'utf8');

t.test('30 filters and sigmoids, and digits from files with and without training', async t => {
  const data = await smallKaggleFolder(t, 1000);
  const file = await drawnFile(data, 0);
  const { printed, result, out } = await runProgram(
    t,
    kaggleCnn,
    '--data',
    data,
    '--epochs',
    '3',
    '--no-report',
    '--predict',
    file,
  );
  t.equal(result['parameters'], 658_294);
  t.ok(Number(result['testAccuracy']) > 0.75, `test accuracy ${result['testAccuracy']}`);
  t.same(result['predictions'], { 'drawn-0.png': 7 });
  t.match(printed, `${file}: 7 (`);
  const saved = join(out, 'model.keras');
  const files = ['--predict', file, await drawnFile(data, 2)];
  const alone = await runProgram(t, kaggleCnn, '--model', saved, ...files);
  t.same(alone.result['predictions'], { 'drawn-0.png': 7, 'drawn-2.png': 1 });
  t.match(await reportOf(alone.out), 'drawn-2.png');
});

t.test('augmentation, falling rate, early stopping, checkpoints, confusion matrix', async t => {
  const { result, out } = await runProgram(
    t,
    digitRecognizer,
    '--limit',
    '100',
    '--no-report',
    '--epochs',
    '2',
    '--width',
    '0.1',
  );
  t.match(result, { epochs: 2, predictions: {} });
  const best = await loadModel(join(out, 'best.keras'));
  t.same(best.outputShape, [10]);
});

t.test('same-padded convolutions, saved and loaded, with pictures of what they see', async t => {
  const { printed, result, out } = await runProgram(
    t,
    digitClassifier,
    '--no-report',
    '--limit',
    '100',
    '--epochs',
    '1',
  );
  t.match(result, { epochs: 1, parameters: 458_570 });
  t.match(printed, 'digit_classifier_model.keras has it: test loss');
  const model = await loadModel(join(out, 'digit_classifier_model.keras'));
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const images = test.images.slice([0], [100]);
  const { accuracy } = await model.evaluate(images, test.labels.slice([0], [100]), { batchSize: 200 });
  t.equal(accuracy, result['testAccuracy']);
});
