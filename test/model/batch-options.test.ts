/** Options that say which batches there are: steps of an epoch, validation now and then, parts of an evaluation. */
import t, { type Test } from 'tap';
import {
  type Batch,
  dense,
  type FitOptions,
  LambdaCallback,
  losses,
  metrics,
  Sequential,
  sgd,
  type Tensor,
  tensor,
} from '../../lib/index.ts';
import { rejectionOf } from '../error-of.ts';
import { readGolden, relativeError } from '../golden/golden.ts';
import { labels, uniform } from '../golden/inputs.ts';

const golden = readGolden<{
  madeBy: string;
  fits: readonly {
    options: FitOptions;
    history: { readonly [log: string]: readonly number[] };
    steps: number;
    weights: readonly (readonly number[])[];
  }[];
  evaluated: { readonly [log: string]: number };
  tested: { readonly [log: string]: number };
  trained: { readonly [log: string]: number };
  predicted: readonly number[];
}>('fit-options-keras.json');

const drawn = (tag: string, shape: readonly number[], scale: number, offset = 0): Tensor =>
  tensor(uniform(tag, { shape, scale, offset }), shape);
const [x, y] = [drawn('steps/x', [10, 3], 2), tensor(labels('steps/y', 10, 4))];
const sampleWeight = drawn('steps/weights', [10], 2, 1.25);

/** As fit_options_keras.py makes it. */
async function compiled() {
  const model = new Sequential({ inputShape: [3], seed: 1 }).add(dense({ units: 4, activation: 'softmax' }));
  await model.setWeights([drawn('steps/kernel 0', [3, 4], 2), drawn('steps/bias 0', [4], 0.5)]);
  return model.compile({
    optimizer: sgd({ learningRate: 0.5 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
}

const tolerance = 2e-5;
const close = (test: Test, actual: { readonly [log: string]: number }, expected: typeof golden.tested) => {
  for (const [name, value] of Object.entries(expected)) {
    test.ok(Math.abs(actual[name]! - value) <= tolerance, `${name}: ${actual[name]}, expected ${value}`);
  }
};

t.test(`${golden.madeBy}: stepsPerEpoch and the options of validation`, async t => {
  for (const { options, history, steps, weights } of golden.fits) {
    const what = JSON.stringify(options);
    const model = await compiled();
    const given = { ...options, batchSize: 4, shuffle: false, verbose: 0, validationData: [x, y] } as const;
    const fitted = await model.fit(x, y, given);
    t.same(Object.keys(fitted.history).sort(), Object.keys(history).sort(), what);
    for (const [name, values] of Object.entries(history)) {
      const error = relativeError(fitted.history[name]!, values);
      t.ok(error < tolerance, `${what}: ${name} is ${fitted.history[name]}, expected ${values}`);
    }
    t.equal(model.steps, steps, what);
    for (const [i, weight] of (await model.getWeights()).entries()) {
      t.ok(relativeError(weight.data, weights[i]!) < tolerance, `${what}: weight ${i}`);
    }
  }
});

t.test(`${golden.madeBy}: parts of an evaluation and of predictions, and single batches`, async t => {
  const model = await compiled();
  close(t, await model.evaluate(x, y, { batchSize: 4, steps: 2, sampleWeight }), golden.evaluated);
  close(t, await model.testOnBatch(x, y, { sampleWeight }), golden.tested);
  const batches = function* () {
    for (let from = 0; ; from += 2) yield { x: x.slice([from % 10], [2]) };
  };
  const predicted = await model.predict(batches, { steps: 3 });
  t.same(predicted.shape, [6, 4]);
  t.ok(relativeError(predicted.data, golden.predicted) < tolerance);
  close(t, await model.trainOnBatch(x, y, { classWeight: { 0: 2, 2: 0.5 } }), golden.trained);
});

t.test('a source gives the predictions that tensors give', async t => {
  const model = await compiled();
  const all = await model.predict(x, { batchSize: 4 });
  const batches = (): Batch[] => [0, 4, 8].map(from => ({ x: x.slice([from], [from === 8 ? 2 : 4]), targets: y }));
  const closed: string[] = [];
  async function* late() {
    try {
      yield* batches();
    } finally {
      closed.push('late');
    }
  }
  const sources = [batches, new Set(batches()), late, { examples: 10, batches: () => batches() }];
  for (const source of sources) t.same(await model.predict(source, { batchSize: 4 }), all);
  t.same(closed, ['late'], 'a source is closed');
  t.same(await model.predictOnBatch(x), await model.predict(x, { batchSize: 10 }));
  const counts: number[] = [];
  for await (const { shape } of model.predictBatches(x, { batchSize: 3, steps: 2 })) counts.push(shape[0]);
  t.same(counts, [3, 3]);
  for await (const _ of model.predictBatches(late)) break;
  await new Promise(resolve => setImmediate(resolve));
  t.same(closed, ['late', 'late'], 'also by one who does not want the rest');
});

t.test(
  'epochs of so many steps go on in the data, with every form of them, and can be resumed to the same bits',
  async t => {
    const options = { epochs: 5, batchSize: 3, stepsPerEpoch: 3, verbose: 0, seed: 3 } as const;
    const orders = async (cut?: number) => {
      const model = await compiled();
      let seen = 0;
      const stop = new AbortController();
      const cutter = new LambdaCallback({
        onTrainBatchEnd: () => {
          if (++seen === cut) stop.abort(new Error('cut'));
        },
      });
      const fit = model.fit(x, y, { ...options, callbacks: [cutter], signal: stop.signal });
      if (cut === undefined) await fit;
      else {
        t.equal(await rejectionOf(fit), 'Error: cut');
        const other = { resume: true, callbacks: [new LambdaCallback({})], verbose: 0, stepsPerEpoch: 2 } as const;
        t.equal(
          await rejectionOf(model.fit(x, y, other)),
          'OptionError: fit: the training that is resumed has the stepsPerEpoch 3, got 2; a training goes on as it began',
        );
        await model.fit(x, y, { resume: true, callbacks: [new LambdaCallback({})], verbose: 0 });
      }
      return { weights: (await model.getWeights()).map(({ data }) => [...data]), steps: model.steps };
    };
    const straight = await orders();
    t.equal(straight.steps, 11, 'ten examples are four batches of 3: epochs of 3, 1, 3, 1 and 3 steps');
    for (const cut of [1, 3, 4, 5, 8]) t.same(await orders(cut), straight, `cut after ${cut} steps`);
  },
);

t.test('validation now and then: the logs of the other epochs have none', async t => {
  const model = await compiled();
  const named: string[][] = [];
  const watch = new LambdaCallback({ onEpochEnd: (_, logs) => void named.push(Object.keys(logs)) });
  const options = { epochs: 4, verbose: 0, validationData: [x, y], callbacks: [watch] } as const;
  await model.fit(x, y, { ...options, validationFreq: [1, 4] });
  t.same(
    named.map(names => names.includes('val_loss')),
    [true, false, false, true],
  );
});

t.test('results have the tensors that logs leave out', async t => {
  const model = await compiled();
  const matrix = metrics.confusionMatrix();
  const scores = metrics.f1Score();
  model.compile({
    optimizer: 'sgd',
    loss: losses.sparseCategoricalCrossentropy(),
    metrics: [matrix, scores, 'accuracy'],
  });
  t.equal(model.results, undefined);
  const logs = await model.evaluate(x, y, { batchSize: 3 });
  t.same(Object.keys(logs), ['loss', 'accuracy']);
  t.same(Object.keys(model.results!), ['loss', 'confusionMatrix', 'f1Score', 'accuracy']);
  const counts = model.results!['confusionMatrix'] as Tensor;
  t.same(counts.shape, [4, 4]);
  t.equal(counts.sum().item(), 10);
  t.ok(Math.abs(logs['accuracy']! - [0, 1, 2, 3].reduce((sum, i) => sum + counts.data[5 * i]!, 0) / 10) < 1e-6);
  const seen: string[][] = [];
  const watch = new LambdaCallback({ onEpochEnd: (_, __, run) => void seen.push(Object.keys(run.model.results!)) });
  const history = await model.fit(x, y, { verbose: 0, validationSplit: 0.3, callbacks: [watch] });
  const own = ['loss', 'confusionMatrix', 'f1Score', 'accuracy'];
  t.same(seen, [[...own, ...own.map(name => `val_${name}`)]]);
  t.same(Object.keys(history.history), ['loss', 'accuracy', 'val_loss', 'val_accuracy']);
  await model.trainOnBatch(x, y);
  t.same(Object.keys(model.results!), own);
});

t.test('what cannot be is refused', async t => {
  const model = await compiled();
  const fit = (options: object) => rejectionOf(model.fit(x, y, { verbose: 0, batchSize: 4, ...options }));
  const noTargets = (): object[] => [{ x: 5 }];
  const faults: readonly (readonly [Promise<string>, string])[] = [
    [fit({ stepsPerEpoch: 4 }), 'fit: stepsPerEpoch is 4, but 10 examples make 3 batches of 4; ask for at most 3'],
    [fit({ stepsPerEpoch: 0 }), 'fit: stepsPerEpoch must be a positive integer, got 0'],
    [
      fit({ validationData: [x, y], validationSteps: 3, validationBatchSize: 8 }),
      'fit: validationSteps is 3, but 10 examples make 2 batches of 8; ask for at most 2',
    ],
    [fit({ validationBatchSize: 1.5 }), 'fit: validationBatchSize must be a positive integer, got 1.5'],
    [
      fit({ validationFreq: 0 }),
      'fit: validationFreq must be a positive integer or a list of epochs counted from 1, got 0',
    ],
    [
      fit({ validationFreq: [0, 2] }),
      'fit: validationFreq must be a positive integer or a list of epochs counted from 1, got [0, 2]',
    ],
    [
      rejectionOf(model.evaluate(x, y, { steps: 2 })),
      'evaluate: steps is 2, but 10 examples make 1 batch of 32; ask for at most 1',
    ],
    [
      rejectionOf(model.trainOnBatch(x, y, { sampleWeight, classWeight: { 1: 2 } })),
      'trainOnBatch: give either sampleWeight or classWeight, not both',
    ],
    [
      rejectionOf(model.fit(() => [{ x, targets: y, weights: sampleWeight }], { classWeight: { 1: 2 }, verbose: 0 })),
      'fit: batch source: a batch has weights, and there is classWeight; give one of them',
    ],
  ];
  for (const [fault, message] of faults) t.equal(await fault, `OptionError: ${message}`);
  t.equal(
    await rejectionOf(model.predict(() => [{ targets: 5 }] as object[] as { x: Tensor }[])),
    'DataError: predict: batch source: a batch must be { x }, got { targets: 5 }',
  );
  t.equal(
    await rejectionOf(model.fit(noTargets as () => Batch[], { verbose: 0 })),
    'DataError: fit: batch source: a batch must be { x, targets, weights }, got { x: 5 }',
  );
  t.equal(
    await rejectionOf(model.predict(() => [{ x: [[1, 2]] }])),
    "ShapeError: predict: batch source: inputs of shape [1, 2] do not fit the model's input [3]: expected [N, 3]",
  );
});
