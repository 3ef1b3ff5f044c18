import t from 'tap';
import {
  dense,
  EarlyStopping,
  type History,
  LambdaCallback,
  Sequential,
  type Tensor,
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
    onTestBegin: () => late('test begin'),
    onTestEnd: logs => late(`test end: ${Object.keys(logs)}`),
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
    'test begin',
    'test end: loss',
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

t.test('EarlyStopping refuses what makes no sense', async t => {
  const make = (options: object) => errorOf(() => Reflect.construct(EarlyStopping, [options]));
  t.equal(make({ patience: -1 }), 'OptionError: EarlyStopping: patience must be an integer of 0 or more, got -1');
  t.equal(make({ minDelta: Number.NaN }), 'OptionError: EarlyStopping: minDelta must be a finite number, got NaN');
  t.equal(make({ mode: 'up' }), 'OptionError: EarlyStopping: mode must be "auto", "min" or "max", got "up"');
  t.equal(make({ monitor: 7 }), 'OptionError: EarlyStopping: monitor must be the name of a log, got 7');
  t.equal(make({ verbose: 2 }), 'OptionError: EarlyStopping: verbose must be 0 or 1, got 2');
  t.match(make({ patients: 1 }), /^OptionError: unknown option of EarlyStopping "patients": did you mean "patience"\?/);
  t.equal(
    make({ monitor: 'val_share' }),
    'OptionError: EarlyStopping: the name "val_share" does not tell whether less or more of it is better; give mode: "min" or "max"',
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
