/** The programs that explore and train, each on few images: what they print, write and find. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { main as kaggleAlexnet } from '../../examples/kaggle-alexnet.ts';
import { main as mnistCnn, networks } from '../../examples/mnist-cnn.ts';
import { main as search } from '../../examples/search.ts';
import { Sequential } from '../../lib/index.ts';
import { mnist, readSubmissionCsv } from '../../lib/node.ts';
import { runProgram, smallKaggleFolder } from './run-program.ts';

const { train } = await mnist();

t.test("AlexNet on Kaggle's files: exploration, early stopping, submission", async t => {
  const data = await smallKaggleFolder(t, 400);
  const { printed, result, out } = await runProgram(
    t,
    kaggleAlexnet,
    '--data',
    data,
    '--no-report',
    '--width',
    '0.04',
    '--epochs',
    '1',
  );
  const zeros = train.labels.slice([0], [400]).equal(0).sum().item();
  t.match(printed, 'train: images [400,28,28,1], labels [400]; missing values: 0');
  t.match(printed, 'test: images [200,28,28,1]; missing values: 0');
  t.match(printed, new RegExp(`^ +0 +${zeros} #+$`, 'm'));
  t.match(printed, 'Total params');
  const submitted = await readSubmissionCsv(join(out, 'submission.csv'));
  const right = submitted
    .equal(train.labels.slice([400], [200]))
    .mean()
    .item();
  t.match(result, { testAccuracy: right, epochs: 1 });
  t.match(printed, `score ${right.toFixed(5)}`);
});

t.test('the small network of 693,962 parameters', async t => {
  const { printed, result } = await runProgram(
    t,
    mnistCnn,
    '--limit',
    '1200',
    '--epochs',
    '3',
    '--plain',
    '--no-report',
  );
  t.match(printed, 'Total params: 693,962');
  t.match(result, { program: 'mnist-cnn', parameters: 693_962, epochs: 3, seed: 1 });
  t.ok(Number(result['testAccuracy']) > 0.75, `test accuracy ${result['testAccuracy']}`);
});

t.test('ResNet and MobileNet in its place', async t => {
  for (const [name, layers] of Object.entries(networks)) {
    const model: Sequential = new Sequential({ inputShape: [28, 28, 1], seed: 1 });
    for (const layer of layers(7)) model.add(layer);
    const outputs = await model.predict(train.images.slice([0], [2]));
    t.same(outputs.shape, [2, 7], name);
    t.ok(outputs.sum(1).subtract(1).abs().max().item() < 1e-6, `${name}: probabilities`);
  }
});

t.test('a search tries options, keeps its state and trains the best once more', async t => {
  const few = ['--limit', '300', '--epochs', '1', '--trials', '2', '--no-report'];
  const { printed, result, out } = await runProgram(t, search, ...few);
  const { trials } = JSON.parse(await readFile(join(out, 'search.json'), 'utf8'));
  t.equal(trials.length, 2);
  const [best] = trials.toSorted((a: { value: number }, b: { value: number }) => b.value - a.value);
  t.same(result['best'], best.options);
  t.match(printed, 'test accuracy');
});
