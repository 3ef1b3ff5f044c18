import t, { type Test } from 'tap';
import {
  adam,
  batchNormalization,
  dense,
  dropout,
  LambdaCallback,
  type Ops,
  ones,
  randomNormal,
  Sequential,
  SwapEMAWeights,
  sgd,
  TerminateOnNaN,
  tensor,
  type Value,
  zeros,
} from '../../lib/index.ts';
import { rejectionOf } from '../error-of.ts';

const x = tensor([[0], [1], [2], [3], [4]]);
const y = tensor([[1], [3], [5], [7], [9]]);

/** What is written to the console with `warn` until the test ends. */
function warnings(t: Test): string[] {
  const { warn } = console;
  const warned: string[] = [];
  console.warn = (text: string) => void warned.push(text);
  t.teardown(() => {
    console.warn = warn;
  });
  return warned;
}

const line = () => {
  const model = new Sequential([dense({ units: 1, inputShape: [1] })], { seed: 1 });
  return model.compile({ optimizer: sgd({ learningRate: 0.01 }), loss: 'meanSquaredError' });
};
const settings = { batchSize: 2, epochs: 4, shuffle: false, verbose: 0 } as const;

/** Makes the weights so large behind the first batch of epoch 1 that the loss of its second batch is infinite. */
const diverge = () => {
  let now = 0;
  return new LambdaCallback({
    onEpochBegin: epoch => {
      now = epoch;
    },
    onTrainBatchBegin(_, run) {
      if (now === 1) run.model.optimizer.learningRate = 1e30;
    },
  });
};

t.test('a loss that is infinite ends the training at the end of its batch', async t => {
  const warned = warnings(t);
  const callback = new TerminateOnNaN();
  const marks: string[] = [];
  const marking = new LambdaCallback({
    onTrainBatchEnd: batch => void marks.push(`batch ${batch}`),
    onEpochEnd: epoch => void marks.push(`epoch ${epoch}`),
    onTrainEnd: () => void marks.push('end'),
  });
  const history = await line().fit(x, y, { ...settings, callbacks: [diverge(), callback, marking] });
  t.same(marks, ['batch 0', 'batch 1', 'batch 2', 'epoch 0', 'batch 0', 'batch 1', 'epoch 1', 'end']);
  t.equal(history.history['loss']![1], Number.POSITIVE_INFINITY);
  t.equal(callback.stoppedBatch, 1);
  t.equal(callback.stoppedEpoch, 1);
  t.same(callback.found, { epoch: 1, batch: 1, what: 'loss', path: undefined, value: Number.POSITIVE_INFINITY });
  t.same(warned, [
    'TerminateOnNaN: the loss is Infinity at batch 1 of epoch 1; the training is stopped (batches and epochs are counted from 0); it began at batch 1 of epoch 1: the loss is Infinity, while the outputs of all layers are finite',
  ]);
});

t.test('so does a loss that is NaN; in the next training the callback starts anew', async t => {
  const warned = warnings(t);
  const callback = new TerminateOnNaN();
  const model = line();
  const good = await model.getWeights();
  await model.setWeights(good.map(weight => weight.multiply(Number.NaN)));
  const { epoch } = await model.fit(x, y, { ...settings, callbacks: [callback] });
  t.same(epoch, [0]);
  t.same([callback.stoppedBatch, callback.stoppedEpoch], [0, 0]);
  t.same(warned, [
    'TerminateOnNaN: the loss is NaN at batch 0 of epoch 0; the training is stopped (batches and epochs are counted from 0); it began at batch 0 of epoch 0: the output of the layer "dense" has NaN',
  ]);
  await model.setWeights(good);
  t.same((await model.fit(x, y, { ...settings, callbacks: [callback] })).epoch, [0, 1, 2, 3]);
  t.same([callback.stoppedBatch, callback.stoppedEpoch], [undefined, undefined]);
  t.equal(warned.length, 1);
});

t.test('a training that goes on in the middle of an epoch knows which it is', async t => {
  const warned = warnings(t);
  const model = line();
  const cut = new LambdaCallback({
    onTrainBatchEnd(batch, _, run) {
      if (run.model.optimizer.learningRate > 1 && batch === 0 && !run.resumed) throw new Error('cut');
    },
  });
  await t.rejects(model.fit(x, y, { ...settings, callbacks: [diverge(), new TerminateOnNaN(), cut] }), {
    message: 'cut',
  });
  const callback = new TerminateOnNaN();
  await model.fit(x, y, { verbose: 0, resume: true, callbacks: [diverge(), callback, cut] });
  t.same([callback.stoppedBatch, callback.stoppedEpoch], [1, 1]);
  t.match(callback.found, { epoch: 1, batch: 1, what: 'loss' });
  t.equal(warned.length, 1);
});

/** Its gradient is NaN where x is 0, since the root is steep there without end. */
const absolute = (ops: Ops, x: Value): Value => ops.sqrt(ops.square(x));

t.test('a gradient that is NaN is found at its batch, though the loss is NaN only at the next one', async t => {
  const warned = warnings(t);
  const model = new Sequential({ inputShape: [3], seed: 1 })
    .add(dense({ units: 4, useBias: false, name: 'first' }))
    .add({ forward: absolute, name: 'absolute' })
    .add(dense({ units: 1, name: 'last' }));
  model.compile({ optimizer: adam({ learningRate: 0.001 }), loss: 'mse' });
  const inputs = tensor(Array.from({ length: 80 }, (_, i) => [i === 75 ? 0 : 1, 0, 0]));
  const callback = new TerminateOnNaN();
  await model.fit(inputs, zeros([80, 1]), { ...settings, callbacks: [callback] });
  t.same([callback.stoppedEpoch, callback.stoppedBatch], [0, 38]);
  t.same(callback.found, { epoch: 0, batch: 37, what: 'gradient', path: 'first', value: Number.NaN });
  t.match(warned[0], 'it began at batch 37 of epoch 0: the gradient of "first" has NaN, while the loss is finite');
});

t.test('an update that goes too far', async t => {
  const warned = warnings(t);
  const model = new Sequential({ inputShape: [3], seed: 1 }).add(dense({ units: 1, name: 'only' }));
  model.compile({ optimizer: sgd({ learningRate: 3e38 }), loss: 'mse' });
  const callback = new TerminateOnNaN();
  await model.fit(ones([4, 3]), ones([4, 1]).multiply(100), { ...settings, callbacks: [callback] });
  t.match(callback.found, { epoch: 0, batch: 0, what: 'update', path: 'only/kernel' });
  t.match(warned[0], '"only/kernel" has Infinity behind the update, while its gradient is finite');
});

t.test('the weights, the averages and the steps are those of a training that nobody looks at', async t => {
  warnings(t);
  const train = async (isWatched: boolean, breakAt: number) => {
    const model = new Sequential([dense({ units: 8, inputShape: [3] }), batchNormalization(), dropout(0.3), dense(1)], {
      seed: 3,
    });
    model.compile({ optimizer: adam({ useEma: true, gradientAccumulationSteps: 2 }), loss: 'mse' });
    let steps = 0;
    const fault = new LambdaCallback({
      onTrainBatchBegin(_, run) {
        if (steps++ === breakAt) run.model.optimizer.learningRate = 1e38;
      },
      onTrainBatchEnd: (_, { loss }, run) => (Number.isFinite(loss) || isWatched ? undefined : run.stop()),
    });
    const watch = isWatched ? [new TerminateOnNaN()] : [];
    const inputs = randomNormal([70, 3], { seed: 1 });
    await model.fit(inputs, ones([70, 1]), { batchSize: 2, epochs: 2, verbose: 0, callbacks: [fault, ...watch] });
    const { tensors } = await model.getState();
    const numbers = Object.entries(tensors).filter(([name]) => !name.startsWith(':'));
    return { numbers, steps: model.steps, history: model.history!.history };
  };
  t.strictSame(await train(true, Number.POSITIVE_INFINITY), await train(false, Number.POSITIVE_INFINITY), 'all finite');
  t.strictSame(await train(true, 25), await train(false, 25), 'behind a search');
});

t.test('weights that a callback has put in place of others between the steps', async t => {
  warnings(t);
  const model = new Sequential([dense({ units: 1, inputShape: [3] })], { seed: 1 });
  model.compile({ optimizer: sgd({ learningRate: 0.01, useEma: true }), loss: 'mse' });
  const inputs = tensor(Array.from({ length: 40 }, (_, i) => [i === 30 ? 1e30 : 1, 0, 0]));
  const callback = new TerminateOnNaN();
  const data = [inputs, zeros([40, 1])] as const;
  const callbacks = [new SwapEMAWeights({ swapOnEpoch: true }), callback];
  await model.fit(...data, { ...settings, validationData: [ones([2, 3]), ones([2, 1])], stepsPerEpoch: 4, callbacks });
  t.same(callback.found, { epoch: 3, batch: 3, what: 'loss', path: undefined, value: Number.POSITIVE_INFINITY });
});

t.test('a search without a record', async t => {
  const search = new LambdaCallback({ onTrainBatchEnd: async (_, __, run) => void (await run.findNonFinite()) });
  t.equal(
    await rejectionOf(line().fit(x, y, { ...settings, callbacks: [search] })),
    'StateError: findNonFinite: the steps are not recorded: call recordSteps() in onTrainBegin',
  );
  const finite = new LambdaCallback({
    onTrainBegin: run => run.recordSteps(),
    onTrainBatchEnd: async (_, __, run) => void t.equal(await run.findNonFinite(), undefined),
  });
  await line().fit(x, y, { ...settings, callbacks: [finite] });
});
