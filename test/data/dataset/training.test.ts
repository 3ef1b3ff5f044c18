/** Datasets that models train on, are evaluated on and predict from. */
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import {
  adam,
  Dataset,
  decodeState,
  dense,
  dropout,
  encodeState,
  type FitOptions,
  LambdaCallback,
  mixUp,
  randomNormal,
  Sequential,
  type TrainingState,
  tensor,
} from '../../../lib/index.ts';
import { rejectionOf } from '../../error-of.ts';
import { weightHash } from '../../model/digit-training.ts';

const count = 22;
const x = randomNormal([count, 3], { seed: 1 });
const labels = tensor(Uint8Array.from({ length: count }, (_, i) => i % 2));
const weights = randomNormal([count], { seed: 2 }).abs();
const data = Dataset.fromTensors(x, labels);

function compiled(loss: 'sparseCategoricalCrossentropy' | 'categoricalCrossentropy' = 'sparseCategoricalCrossentropy') {
  const model: Sequential = new Sequential(
    [
      dense({ units: 8, activation: 'relu', inputShape: [3] }),
      dropout(0.2),
      dense({ units: 2, activation: 'softmax' }),
    ],
    { seed: 3 },
  );
  return model.compile({ optimizer: adam({ learningRate: 0.05 }), loss, metrics: ['accuracy'] }) as Sequential;
}

const silent = { verbose: 0 } as const;
const hashOf = async (model: Sequential) => weightHash(await model.getWeights());

t.test('a dataset of tensors gives the bits that the tensors give', async t => {
  const expected = compiled();
  const options = { ...silent, epochs: 3, batchSize: 4 };
  await expected.fit(x, labels, { ...options, sampleWeight: weights, validationData: [x, labels, weights] });
  const weighted = Dataset.fromTensors(x, labels, weights);
  const evaluated = await expected.evaluate(x, labels, { batchSize: 4, sampleWeight: weights });
  const predicted = await expected.predict(x);
  for (const [name, dataset] of Object.entries({
    'batches of fit': weighted.shuffle(),
    'batches of its own': weighted.shuffle().batch(4),
    'made ahead': weighted.shuffle().batch(4).prefetch(3),
    mapped: weighted.map(({ x, ...rest }) => ({ ...rest, x: x.multiply(1) })).shuffle(),
    'of two parts': weighted.take(10).concat(weighted.skip(10)).cache().shuffle(),
  })) {
    const model = compiled();
    const { history } = await model.fit(dataset, {
      ...options,
      validationData: weighted,
    });
    t.same(history, expected.history!.history, name);
    t.equal(await hashOf(model), await hashOf(expected), name);
    t.same(await model.evaluate(weighted.batch(4)), evaluated, name);
    t.same(await model.predict(weighted), predicted, name);
  }
});

t.test('class weights, one batch, other sources', async t => {
  const [expected, model] = [compiled(), compiled()];
  const classWeight = { 0: 0.5, 1: 2 };
  await expected.fit(x, labels, { ...silent, shuffle: false, classWeight });
  await model.fit(data, { ...silent, classWeight });
  t.equal(await hashOf(model), await hashOf(expected));
  const weighted: Dataset = Dataset.fromTensors(x, labels, weights);
  t.same(
    await model.trainOnBatch(weighted.take(4)),
    await expected.trainOnBatch(x.slice([0], [4]), labels.slice([0], [4]), { sampleWeight: weights.slice([0], [4]) }),
  );
  t.same(await model.testOnBatch(data), await expected.testOnBatch(x, labels));
  t.same(await model.predictOnBatch(x), await expected.predictOnBatch(x));
  const rows = compiled('categoricalCrossentropy');
  await rows.fit(Dataset.fromBatches(mixUp(data.oneHot(2).batch(4))), { ...silent, epochs: 2 });
  t.equal(rows.steps, 12);
});

t.test('a run knows its steps', async t => {
  const told: unknown[] = [];
  const tell = new LambdaCallback({
    onTrainBegin: ({ stepsPerEpoch, examples, batchSize }) => void told.push([stepsPerEpoch, examples, batchSize]),
  });
  const options = { ...silent, callbacks: [tell] };
  const stream = Dataset.fromExamples(() => [{ x: [1, 2, 3], targets: 1 }]);
  for (const dataset of [data, data.batch(4), data.batch(4, { dropRemainder: true }), data.batch(4).take(2), stream]) {
    await compiled().fit(dataset, options);
  }
  await compiled().fit(data.shuffle().batch(8).repeat(), { ...options, stepsPerEpoch: 5, epochs: 2 });
  t.same(told, [
    [1, 22, 32],
    [6, 22, 4],
    [5, 20, 4],
    [2, undefined, 4],
    [undefined, undefined, 32],
    [5, 40, 8],
  ]);
});

/** Trains in a chain of models, each cut after three steps and put on by the next one from its state. */
async function cutAgainAndAgain(dataset: () => Dataset, options: FitOptions): Promise<{ hash: string; cuts: number }> {
  let state: TrainingState | undefined;
  for (let cuts = 0; ; cuts++) {
    const model = compiled();
    const resume = state !== undefined;
    if (state !== undefined) await model.setState(state);
    state = undefined;
    let left = 3;
    const cut = new LambdaCallback({
      async onTrainBatchEnd(_batch, _logs, run) {
        if (--left > 0) return;
        state = decodeState(encodeState(await run.model.getState()));
        throw new Error('cut');
      },
    });
    try {
      await model.fit(dataset(), { ...options, callbacks: [cut], resume });
      return { hash: await hashOf(model), cuts };
    } catch (error) {
      if (state === undefined) throw error;
    }
  }
}

t.test('a training that is cut goes on to the same bits through shuffle, map and prefetch', async t => {
  const noisy = (dataset: Dataset) =>
    dataset.map(async ({ x, ...rest }, { index, random }) => {
      await sleep(index % 2);
      return { ...rest, x: x.add(random()) };
    });
  const stream = () =>
    Dataset.fromExamples(async function* () {
      for await (const example of data) yield example;
    });
  const ways: { readonly [name: string]: () => Dataset } = {
    'in memory': () => noisy(noisy(data.shuffle())).prefetch(2),
    'in batches': () => noisy(data.shuffle().batch(4)).shuffle().prefetch(2),
    'a stream': () => noisy(stream().shuffle({ buffer: 6 })).prefetch(2),
    'repeated, cached': () => noisy(noisy(data).cache().shuffle().repeat(2)),
  };
  for (const [name, dataset] of Object.entries(ways)) {
    const options = { ...silent, epochs: 3, seed: 5, ...(name !== 'in batches' && { batchSize: 4 }) };
    const whole = compiled();
    await whole.fit(dataset(), { ...options, callbacks: [new LambdaCallback({})] });
    const { hash, cuts } = await cutAgainAndAgain(dataset, options);
    t.ok(cuts >= 5, `${name}: ${cuts} cuts`);
    t.equal(hash, await hashOf(whole), name);
    const other = compiled();
    await other.fit(dataset(), { ...options, seed: 6, callbacks: [new LambdaCallback({})] });
    t.not(await hashOf(other), hash, `${name}: another seed gives other bits`);
  }
});

t.test('what does not go together', async t => {
  const model = compiled();
  const any = data;
  const nan = tensor([[1, 2, Number.NaN]]);
  const faults: [() => Promise<unknown>, string][] = [
    [() => model.fit(any.take(0)), 'DataError: fit: the dataset is empty'],
    [
      () => model.fit(any.repeat()),
      'OptionError: fit: stepsPerEpoch must be given, since the dataset repeats without end',
    ],
    [
      () => model.fit(any, { validationData: any.repeat() }),
      'OptionError: fit: validationSteps must be given, since the dataset repeats without end',
    ],
    [
      () => model.evaluate(any.repeat()),
      'OptionError: evaluate: steps must be given, since the dataset repeats without end',
    ],
    [
      () => model.predict(any.repeat()),
      'OptionError: predict: steps must be given, since the dataset repeats without end',
    ],
    [
      () => model.fit(any.batch(4), { batchSize: 8 }),
      'OptionError: fit: batchSize is 8, but the dataset is in batches of 4; leave it out',
    ],
    [
      () => model.evaluate(any.batch(4), { batchSize: 8 }),
      'OptionError: evaluate: batchSize is 8, but the dataset is in batches of 4; leave it out',
    ],
    [
      () => model.fit(any.batch(4), { stepsPerEpoch: 7 }),
      'OptionError: fit: stepsPerEpoch is 7, but the dataset has 6 batches; ask for at most 6',
    ],
    [
      () => model.fit(any, { shuffle: true } as object),
      'OptionError: fit: shuffle is for tensors; a dataset has its own way, shuffle()',
    ],
    [
      () => model.fit(any, { validationSplit: 0.1 } as object),
      'OptionError: fit: validationSplit is for tensors; a dataset has its own way, split()',
    ],
    [
      () => model.trainOnBatch(any, { sampleWeight: [1] } as object),
      'OptionError: trainOnBatch: sampleWeight is for tensors; a dataset brings its weights',
    ],
    [
      () => model.fit(Dataset.fromTensors(nan, [1])),
      'DataError: fit: inputs must be finite numbers, but the one at [0, 2] is NaN; clean the data first',
    ],
    [
      () => model.fit(any, { validationData: Dataset.fromTensors(nan, [1]) }),
      'DataError: fit: validationData: inputs must be finite numbers, but the one at [0, 2] is NaN; clean the data first',
    ],
    [
      () => model.fit(any.map(each => each).map(() => ({ x: nan.reshape([3]), targets: 0 }))),
      'DataError: fit: dataset: inputs must be finite numbers, but the one at [0, 2] is NaN; clean the data first',
    ],
    [
      () => model.fit(any.map(({ x }) => ({ x })) as Dataset),
      'ShapeError: fit: dataset: the dataset has no targets; make it of inputs and targets',
    ],
    [
      () => model.fit(Dataset.fromTensors(x, labels, weights), { classWeight: { 0: 2 } }),
      'OptionError: fit: a batch has weights, and there is classWeight; give one of them',
    ],
    [
      () => model.fit(Dataset.fromExamples([{ x: [1, 2, 3], targets: 1 }].values()), { epochs: 2, verbose: 0 }),
      'DataError: fit: the dataset gave no batch in epoch 1: an iterator runs once, so pass a function that makes one for each epoch',
    ],
  ];
  for (const [action, message] of faults) t.equal(await rejectionOf(action()), message);
  t.equal(
    await rejectionOf(
      model.fit(
        Dataset.fromExamples(async function* () {
          yield { x: [1, 2, 3], targets: 1 };
          throw new Error('the disk is gone');
        }).prefetch(2),
        silent,
      ),
    ),
    'Error: the disk is gone',
  );
});
