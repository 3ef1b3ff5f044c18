/** Batches that come from sources. */
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { chooseBackend } from '../../lib/backend/choose.ts';
import {
  type Batch,
  type BatchSource,
  dense,
  type EpochStart,
  LambdaCallback,
  randomNormal,
  Sequential,
  sgd,
  tensor,
} from '../../lib/index.ts';
import { rejectionOf } from '../error-of.ts';

const x = randomNormal([10, 3], { seed: 1 });
const labels = tensor(Array.from({ length: 10 }, (_, i) => i % 2));
const sampleWeight = randomNormal([10], { seed: 2 }).abs();

function compiled() {
  const model = new Sequential([dense({ units: 2, activation: 'softmax', inputShape: [3] })], { seed: 3 });
  return model.compile({
    optimizer: sgd({ learningRate: 0.5 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  }) as Sequential;
}

/** The examples in batches of 4, 4 and 2. */
function* batches(): Generator<Batch> {
  for (let from = 0; from < 10; from += 4) {
    const count = Math.min(4, 10 - from);
    const [targets, weights] = [labels, sampleWeight].map(each => each.slice([from], [count]));
    yield { x: x.slice([from, 0], [count, 3]), targets: targets!, weights: weights! };
  }
}
async function* lateBatches(): AsyncGenerator<Batch> {
  for (const batch of batches()) {
    await sleep(1);
    yield batch;
  }
}

t.test('a source gives what tensors give', async t => {
  const expected = compiled();
  const options = { epochs: 3, batchSize: 4, verbose: 0 } as const;
  const fitted = await expected.fit(x, labels, {
    ...options,
    shuffle: false,
    sampleWeight,
    validationData: [x, labels, sampleWeight],
  });
  const weights = await expected.getWeights();
  const evaluated = await expected.evaluate(x, labels, { batchSize: 4, sampleWeight });
  const sources = {
    'a source': { examples: 10, batches: ({ from }: EpochStart) => [...batches()].slice(from) },
    'a function that makes a generator': batches,
    'a function that makes an async generator': lateBatches,
    'an iterable': { [Symbol.iterator]: batches },
    'an async iterable': { [Symbol.asyncIterator]: lateBatches },
  };
  for (const [name, source] of Object.entries(sources)) {
    const model = compiled();
    const { history } = await model.fit(source, { ...options, validationData: source });
    t.same(history, fitted.history, name);
    t.same(await model.getWeights(), weights, name);
    t.same(await model.evaluate(source), evaluated, name);
  }
});

t.test('a run knows the number of its steps where the source tells it', async t => {
  const told: unknown[] = [];
  const tell = new LambdaCallback({
    onTrainBegin: ({ stepsPerEpoch, examples, validationExamples }) =>
      void told.push([stepsPerEpoch, examples, validationExamples]),
  });
  const source: BatchSource = { examples: 10, batches };
  await compiled().fit(source, { batchSize: 4, verbose: 0, validationData: source, callbacks: [tell] });
  await compiled().fit(batches, { verbose: 0, validationData: batches, callbacks: [tell] });
  t.same(told, [
    [3, 10, 10],
    [undefined, undefined, undefined],
  ]);
});

t.test('the next batch is asked for while a step runs, and not before the one in front of it is taken', async t => {
  const marks: string[] = [];
  async function* source(): AsyncGenerator<Batch> {
    for (const [i, batch] of [...batches()].entries()) {
      marks.push(`batch ${i} asked for`);
      yield batch;
    }
  }
  const tell = new LambdaCallback({
    onTrainBatchBegin: batch => void marks.push(`step ${batch} begins`),
    onTrainBatchEnd: batch => void marks.push(`step ${batch} is done`),
  });
  await compiled().fit(source, { verbose: 0, callbacks: [tell] });
  t.same(marks, [
    'batch 0 asked for',
    'step 0 begins',
    'batch 1 asked for',
    'step 0 is done',
    'step 1 begins',
    'batch 2 asked for',
    'step 1 is done',
    'step 2 begins',
    'step 2 is done',
  ]);
});

t.test('batches that do not fit, and sources that fail', async t => {
  const model = compiled();
  const faults: [unknown, string][] = [
    [
      () => [{ x: [[1, 2]], targets: [0] }],
      "ShapeError: fit: batch source: inputs of shape [1, 2] do not fit the model's input [3]: expected [N, 3]",
    ],
    [
      () => [{ x: [[1, 2, 3]], targets: [5] }],
      'DataError: fit: batch source: the target at [0] is 5: the model has 2 classes, so targets must be integers from 0 to 1',
    ],
    [
      () => [{ x: [[1, 2, 3]], targets: [1], weights: [1, 2] }],
      'ShapeError: fit: batch source: weights of shape [2] for 1 examples: expected one weight for each, [1]',
    ],
    [() => [7], 'DataError: fit: batch source: a batch must be { x, targets, weights }, got 7'],
    [
      () => [],
      'DataError: fit: the batch source gave no batch in epoch 0: an iterator runs once, so pass a function that makes one for each epoch',
    ],
    [() => 3, 'OptionError: fit: a batch source must give an iterable of batches, got 3'],
    [
      async function* () {
        yield* batches();
        throw new Error('the disk is gone');
      },
      'Error: the disk is gone',
    ],
  ];
  for (const [source, message] of faults) {
    t.equal(await rejectionOf(model.fit(source as () => Batch[], { verbose: 0 })), message);
  }
  t.equal(
    await rejectionOf(model.fit(batches(), { epochs: 2, verbose: 0 })),
    'DataError: fit: the batch source gave no batch in epoch 1: an iterator runs once, so pass a function that makes one for each epoch',
  );
  t.equal(
    await rejectionOf(model.fit(batches, { shuffle: false } as object)),
    'OptionError: fit: shuffle is for tensors; a batch source decides that itself',
  );
  t.ok((await model.evaluate(batches)).loss > 0, 'the model is still there');
});

t.test('a source that is left early can close what it has open', async t => {
  let closed = 0;
  async function* source(): AsyncGenerator<Batch> {
    try {
      for (;;) yield* batches();
    } finally {
      closed++;
    }
  }
  const stop = new LambdaCallback({ onTrainBatchEnd: (batch, _logs, run) => void (batch === 4 && run.stop()) });
  const model = compiled();
  await model.fit(source, { verbose: 0, callbacks: [stop] });
  await sleep(1);
  t.equal(closed, 1);
  t.equal(model.steps, 5);
});

t.test('a signal ends fit, evaluate and predict behind the batch that runs', async t => {
  const model = compiled();
  const reason = new Error('enough');
  const controller = new AbortController();
  const errors: unknown[] = [];
  const abort = new LambdaCallback({
    onTrainBatchEnd: batch => void (batch === 1 && controller.abort(reason)),
    onTrainError: (error, run) => void errors.push(error, run.epochs),
    onTrainEnd: () => void errors.push('it must not end'),
  });
  const { signal } = controller;
  const options = { batchSize: 2, epochs: 9, verbose: 0, callbacks: [abort], signal } as const;
  t.equal(await rejectionOf(model.fit(x, labels, options)), 'Error: enough');
  t.same(errors, [reason, 9]);
  t.equal(model.steps, 2);
  for (const call of [
    model.fit(x, labels, { signal }),
    model.evaluate(x, labels, { signal }),
    model.predict(x, { signal }),
    model.predict(x, { signal, coalesce: true }),
  ]) {
    t.equal(await rejectionOf(call), 'Error: enough');
  }
  const later = new AbortController();
  const predicted = model.predict(x, { batchSize: 1, signal: later.signal });
  later.abort();
  t.match(await rejectionOf(predicted), /^AbortError: /);
  async function* never(): AsyncGenerator<Batch> {
    await sleep(1e6, undefined, { ref: false });
    yield* batches();
  }
  const waiting = new AbortController();
  const fitted = model.fit(never, { verbose: 0, signal: waiting.signal });
  await sleep(1);
  waiting.abort(reason);
  t.equal(await rejectionOf(fitted), 'Error: enough', 'also while it waits for a batch');
  await model.fit(x, labels, { verbose: 0 });
  t.equal(model.steps, 3, 'and the model can train');
});

t.test('callbacks are told of an error; what they throw then does not hide it', async t => {
  const told: string[] = [];
  const failing = new LambdaCallback({
    onEpochEnd() {
      throw new Error('disk full');
    },
    onTrainError(error) {
      told.push(String(error));
      throw new Error('and more');
    },
  });
  const second = new LambdaCallback({ onTrainError: error => void told.push(`second: ${error}`) });
  const options = { verbose: 0, callbacks: [failing, second] } as const;
  t.equal(await rejectionOf(compiled().fit(x, labels, options)), 'Error: disk full');
  t.same(told, ['Error: disk full', 'second: Error: disk full']);
});

t.test('predictions that wait together run as one batch', async t => {
  const model = compiled();
  const each = Array.from({ length: 10 }, (_, i) => x.slice([i, 0], [1, 3]));
  const expected = (await model.predict(x)).toArray() as number[][];
  // Models of one process share their backend.
  const { scheduler } = chooseBackend();
  let runs = 0;
  const schedule = scheduler.schedule.bind(scheduler);
  scheduler.schedule = (...given) => {
    runs++;
    return schedule(...given);
  };
  t.teardown(() => {
    scheduler.schedule = schedule;
  });
  const outputs = await Promise.all(each.map(one => model.predict(one, { coalesce: true })));
  t.equal(runs, 1);
  for (const [i, output] of outputs.entries()) {
    t.same(output.shape, [1, 2]);
    for (const [j, value] of output.data.entries()) {
      t.ok(Math.abs(value - expected[i]![j]!) < 1e-6, `${i}: ${value}, expected ${expected[i]![j]}`);
    }
  }
  runs = 0;
  const some = await Promise.all([
    ...each.map(one => model.predict(one, { coalesce: true, batchSize: 4 })),
    model.predict(x.multiply(0).cast('uint8'), { coalesce: true }),
  ]);
  t.equal(runs, 4, 'batches of 4, 4 and 2, and one of bytes');
  t.ok(Math.abs(some[9]!.at(0, 1) - expected[9]![1]!) < 1e-6);
});
