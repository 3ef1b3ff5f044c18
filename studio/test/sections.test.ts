import { alexnet, dense, flatten, Sequential, Tensor } from 'inkling';
import t from 'tap';
import { imageFacts, repeatedImages } from '../report/analysis/image-facts.ts';
import { formatCount, formatPercent, formatSeconds, formatShort } from '../report/format.ts';
import { type ReportedSearch, RunRecorder, renderReport, runEnvironment, searchTrials } from '../report/index.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

t.test('numbers are shown in few digits', async t => {
  t.same([formatCount(60000), formatCount(Number.NaN)], ['60,000', 'NaN']);
  t.same(
    [0.9924, 1, 0.123456].map(value => formatPercent(value)),
    ['99.24%', '100%', '12.35%'],
  );
  t.same([0, 0.034218, 12.3456, 0.00001234, 12345678, 1e-7].map(formatShort), [
    ...['0', '0.03422', '12.35', '1.23e-5', '1.23e+7', '1e-7'],
  ]);
  t.same([0.3456, 61.2, 3725].map(formatSeconds), ['0.346 s', '1 min 1 s', '1 h 2 min']);
});

t.test('facts of images: ranges, missing pixels, blank and repeated images', async t => {
  const images = new Tensor([4, 1, 2], 'float32', Float32Array.of(0, 1, 2, 2, 0, 1, Number.NaN, 4));
  t.same(imageFacts(images), {
    ...{ count: 4, shape: [1, 2, 1], dtype: 'float32', least: 0, most: 4, mean: 10 / 7 },
    ...{ deviation: Math.sqrt(26 / 7 - (10 / 7) ** 2), missing: 1, blank: 1, repeated: 1 },
  });
  const others = new Tensor([2, 1, 2], 'float32', Float32Array.of(2, 2, 9, 9));
  t.equal(repeatedImages(others, images), 1);
});

t.test('a report of everything has all sections, and names what is unusual', async t => {
  const images = new Tensor([4, 2, 2, 1], 'uint8', bytes(0, 0, 0, 9, 0, 9, 0, 0, 9, 9, 9, 9, 1, 2, 3, 4));
  const labels = new Tensor([4], 'uint8', bytes(0, 1, 1, 0));
  const model = new Sequential([flatten({ inputShape: [2, 2, 1] }), dense({ units: 2, activation: 'softmax' })], {
    seed: 1,
  });
  const recorder = new RunRecorder();
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const history = await model.fit(images, labels, {
    epochs: 2,
    batchSize: 2,
    verbose: 0,
    seed: 5,
    callbacks: [recorder],
  });
  const facts = recorder.facts();
  t.equal(facts.seed, 5);
  t.same(facts.configuration, { batchSize: 2, epochs: 2, examples: 4, validationExamples: 0 });
  t.same(
    facts.learningRates,
    [0, 1, 2, 3].map(step => ({ step, learningRate: 0.001 })),
  );
  const set = { images, labels };
  const page = await renderReport({
    ...facts,
    ...{ model, history, data: { train: set, test: set }, ...(await runEnvironment()) },
    drawings: [
      {
        drawn: { width: 1, height: 1, channels: 1, data: bytes(0) },
        seen: { width: 1, height: 1, channels: 1, data: bytes(0) },
        probabilities: [0, 1],
      },
    ],
    search: {
      objective: 'loss',
      direction: 'minimize',
      trials: [{ id: 0, options: {}, status: 'failed', error: 'NaN' }],
    },
  });
  for (const id of [
    'data',
    'labels',
    'samples',
    'curves',
    'search',
    'confusion',
    'scores',
    'mistakes',
    'calibration',
    'drawings',
    'configuration',
  ]) {
    t.match(page, `<section id="${id}"`);
    t.match(page, `<a href="#${id}">`);
  }
  t.match(page, '4 images of the test set are in the training set too.');
  t.match(page, 'No trial has a result.');
  t.match(page, `<dt>node</dt><dd>${process.versions.node}</dd>`);
  t.match(page, '<dt>learningRate</dt><dd>0.001</dd>');
});

t.test('outputs that are no probabilities are not called calibrated; many outputs are no classes', async t => {
  const images = new Tensor([2, 2, 2, 1], 'uint8', bytes(0, 0, 0, 9, 200, 9, 0, 0));
  const labels = new Tensor([2], 'uint8', bytes(0, 1));
  const linear = new Sequential([flatten({ inputShape: [2, 2, 1] }), dense({ units: 2, kernelInitializer: 'ones' })]);
  t.match(
    await renderReport({ model: linear, data: { test: { images, labels } } }),
    'The outputs of the model are no probabilities',
  );
  await t.rejects(
    renderReport({
      ...{ model: linear, data: { test: { images, labels } } },
      predictions: new Tensor([1, 2], 'float32', new Float32Array(2)),
    }),
    { message: 'report: predictions are [1, 2], expected [2, classes], one row for each test image' },
  );
  await t.rejects(
    renderReport({ model: linear, data: { test: { images, labels: new Tensor([2], 'uint8', bytes(0, 2)) } } }),
    { message: 'report: label 2 of test image 1, but there are predictions for the classes 0 to 1' },
  );
});

t.test('trials: the best first, options as axes, failures with their reasons', async t => {
  const search: ReportedSearch = {
    objective: 'val_accuracy',
    direction: 'maximize',
    trials: [
      { id: 0, options: { rate: 0.001, units: 64, kind: 'adam' }, value: 0.9, status: 'complete' },
      { id: 1, options: { rate: 0.1, units: 128, kind: 'sgd' }, value: 0.95, status: 'complete' },
      { id: 2, options: { rate: 0.01, units: 128, kind: 'sgd' }, status: 'failed', error: 'the loss is NaN' },
    ],
  };
  const chart = searchTrials(search);
  t.equal(
    chart.description,
    '2 of 3 trials have a result, from 0.9 to 0.95. The best is trial 1 with val_accuracy 0.95: rate 0.1, units 128, kind sgd.',
  );
  t.same(chart.table?.rows, [
    ['1', '0.95', '0.1', '128', 'sgd', 'complete'],
    ['0', '0.9', '0.001', '64', 'adam', 'complete'],
    ['2', 'none', '0.01', '128', 'sgd', 'failed: the loss is NaN'],
  ]);
  const { parallelAxis } = chart.option() as { parallelAxis: readonly { readonly type: string }[] };
  t.same(
    parallelAxis.map(({ type }) => type),
    ['log', 'value', 'category', 'value'],
  );
  t.match(chart.svg(), 'val_accuracy</text>');
  t.throws(() => searchTrials({ ...search, trials: [] }), {
    message: 'searchTrials: no trial has a result; wait until one is complete',
  });
});

t.test('a model alone has a report too', async t => {
  const page = await renderReport({ model: alexnet({ width: 1 / 16 }) });
  t.match(page, '<h1>alexnet</h1>');
  t.notMatch(page, '<section id="confusion"');
});
