import t from 'tap';
import {
  dense,
  EarlyStopping,
  type History,
  LambdaCallback,
  type Logs,
  Sequential,
  type Tensor,
  type TrainingModel,
  type TrainingRun,
  tensor,
} from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

const x = tensor([[0], [1], [2], [3], [4]]);
const y = tensor([[1], [3], [5], [7], [9]]);

function line(seed = 1): Sequential {
  const model = new Sequential([dense({ units: 1, inputShape: [1] })], { seed });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}

t.test('callbacks are called at every mark, in order, and awaited', async t => {
  const marks: string[] = [];
  const late = async (mark: string) => {
    await new Promise(resolve => setTimeout(resolve, 1));
    marks.push(mark);
  };
  const callback = new LambdaCallback({
    onTrainBegin: run => late(`train begin, ${run.stepsPerEpoch} steps of ${run.batchSize}, ${run.examples} examples`),
    onEpochBegin: epoch => late(`epoch ${epoch} begin`),
    onTrainBatchBegin: batch => late(`batch ${batch} begin`),
    onTrainBatchEnd: (batch, logs) => late(`batch ${batch} end: ${Object.keys(logs)}`),
    onEpochEnd: (epoch, logs) => late(`epoch ${epoch} end: ${Object.keys(logs)}`),
    onTrainEnd: logs => late(`train end: ${Object.keys(logs)}`),
  });
  await line().fit(x, y, {
    batchSize: 3,
    epochs: 3,
    initialEpoch: 2,
    verbose: 0,
    validationData: [x, y],
    callbacks: [callback],
  });
  t.same(marks, [
    'train begin, 2 steps of 3, 5 examples',
    'epoch 2 begin',
    'batch 0 begin',
    'batch 0 end: loss',
    'batch 1 begin',
    'batch 1 end: loss',
    'epoch 2 end: loss,val_loss',
    'train end: loss,val_loss',
  ]);
});

t.test('History has a list for each log, and the seed', async t => {
  const history: History = await line().fit(x, y, { epochs: 3, verbose: 0, seed: 7, validationSplit: 0.2 });
  t.same(history.epoch, [0, 1, 2]);
  t.same(Object.keys(history.history), ['loss', 'val_loss']);
  t.equal(history.history['loss']?.length, 3);
  t.ok(history.history['loss']![2]! < history.history['loss']![0]!, 'it learns');
  t.equal(history.seed, 7);
});

/** Runs EarlyStopping over given losses and returns what it did. */
async function stopAt(stopping: EarlyStopping, values: readonly number[], name = 'val_loss') {
  const weights: number[] = [];
  let current = -1;
  let stopped = false;
  const model: TrainingModel = Object.assign(line(), {
    getWeights: async () => [tensor([current])],
    setWeights: async ([first]: readonly Tensor[]) => void weights.push(first!.data[0]!),
  });
  const run: TrainingRun = {
    model,
    epochs: values.length,
    initialEpoch: 0,
    batchSize: 1,
    stepsPerEpoch: 1,
    examples: 1,
    validationExamples: 1,
    seed: 0,
    resumed: false,
    stop() {
      stopped = true;
    },
  };
  stopping.onTrainBegin();
  let logs: Logs = { loss: Number.NaN };
  for (current = 0; current < values.length && !stopped; current++) {
    logs = { loss: 0, [name]: values[current]! };
    await stopping.onEpochEnd(current, logs, run);
  }
  await stopping.onTrainEnd(logs, run);
  return { stoppedEpoch: stopping.stoppedEpoch, bestEpoch: stopping.bestEpoch, restored: weights };
}

t.test('EarlyStopping', async t => {
  const losses = [5, 3, 4, 4, 2, 6];
  t.same(await stopAt(new EarlyStopping({ patience: 2 }), losses), { stoppedEpoch: 3, bestEpoch: 1, restored: [] });
  t.same(await stopAt(new EarlyStopping({ patience: 3, restoreBestWeights: true }), losses), {
    stoppedEpoch: undefined,
    bestEpoch: 4,
    restored: [4],
  });
  t.same(await stopAt(new EarlyStopping(), losses), { stoppedEpoch: 2, bestEpoch: 1, restored: [] }, 'patience 0');
  t.same(
    await stopAt(new EarlyStopping({ monitor: 'val_accuracy', patience: 1 }), [0.5, 0.7, 0.6], 'val_accuracy'),
    { stoppedEpoch: 2, bestEpoch: 1, restored: [] },
    'more is better for accuracies',
  );
  t.same(await stopAt(new EarlyStopping({ minDelta: 1.5, patience: 1 }), [5, 4, 3]), {
    stoppedEpoch: 1,
    bestEpoch: 0,
    restored: [],
  });
  t.same(await stopAt(new EarlyStopping({ startFromEpoch: 3 }), [1, 9, 9, 9, 10]), {
    stoppedEpoch: 4,
    bestEpoch: 3,
    restored: [],
  });
  t.same(await stopAt(new EarlyStopping({ baseline: 2, patience: 2 }), [5, 4, 3]), {
    stoppedEpoch: 1,
    bestEpoch: 1,
    restored: [],
  });
  t.equal(
    errorOf(() => new EarlyStopping({ patience: -1 })),
    'OptionError: EarlyStopping: patience must be an integer of 0 or more, got -1',
  );
  t.equal(
    await rejectionOf(line().fit(x, y, { verbose: 0, callbacks: [new EarlyStopping()] })),
    'OptionError: EarlyStopping: there is no log "val_loss" to monitor, only loss; give fit validationSplit or validationData',
  );
});

t.test('EarlyStopping gives the model back its best weights', async t => {
  const model = line();
  const best: Tensor[][] = [];
  const diverge = new LambdaCallback({
    onEpochEnd: async (epoch, _logs, run) => {
      if (epoch === 1) best.push(await run.model.getWeights());
      if (epoch === 1) run.model.optimizer.learningRate = 10;
    },
  });
  const stopping = new EarlyStopping({ monitor: 'loss', patience: 2, restoreBestWeights: true });
  const history = await model.fit(x, y, { epochs: 20, verbose: 0, callbacks: [diverge, stopping] });
  t.ok(history.epoch.length < 20, 'it stops');
  // The loss of epoch 2 is still that of the weights which epoch 1 left behind; its step then goes astray.
  t.equal(stopping.bestEpoch, 2);
  t.equal(best.length, 1);
});
