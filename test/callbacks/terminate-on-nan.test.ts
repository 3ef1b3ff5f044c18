import t, { type Test } from 'tap';
import { dense, LambdaCallback, Sequential, sgd, TerminateOnNaN, tensor } from '../../lib/index.ts';

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
  t.same(warned, ['TerminateOnNaN: the loss is Infinity at batch 1 of epoch 1; the training is stopped']);
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
  t.same(warned, ['TerminateOnNaN: the loss is NaN at batch 0 of epoch 0; the training is stopped']);
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
  t.equal(warned.length, 1);
});
