/** What callbacks decide over drawn logs, beside what Keras's decide. */
import t from 'tap';
import {
  type Callback,
  dense,
  EarlyStopping,
  type EarlyStoppingOptions,
  ModelCheckpoint,
  type ModelCheckpointOptions,
  ReduceLROnPlateau,
  type ReduceLROnPlateauOptions,
  Sequential,
  sgd,
  type Tensor,
  type TrainingRun,
  tensor,
} from '../../lib/index.ts';
import { idleRun } from '../callbacks/idle-run.ts';
import { readGolden } from './golden.ts';

interface Case<O, E> {
  readonly options: O & { readonly monitor: string };
  /** Of the log behind each epoch; null is NaN. */
  readonly values: readonly (number | null)[];
  readonly expected: E;
}

const golden = readGolden<{
  madeBy: string;
  earlyStopping: readonly Case<
    EarlyStoppingOptions,
    { stoppedEpoch: number | null; bestEpoch: number; restored: number | null }
  >[];
  reduceLrOnPlateau: readonly Case<ReduceLROnPlateauOptions, { rates: number[] }>[];
  modelCheckpoint: readonly Case<Omit<ModelCheckpointOptions, 'write'>, { saved: string[] }>[];
}>('callbacks-keras.json');

/** Epochs of two batches until the callback stops; the weights of the model are the number of the epoch. */
async function run(
  callback: Callback,
  { options: { monitor }, values }: Case<object, object>,
  behind?: (run: TrainingRun) => void,
) {
  const model = new Sequential([dense({ units: 1, useBias: false, inputShape: [1] })], { seed: 1 });
  model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: 'mse' });
  let isStopped = false;
  let restored: number | undefined;
  let epoch = 0;
  Object.assign(model, {
    getWeights: async () => [tensor([[epoch]])],
    setWeights: async ([first]: readonly Tensor[]) => {
      restored = first!.item();
    },
  });
  const counts = {
    epochs: values.length,
    initialEpoch: 0,
    batchSize: 1,
    stepsPerEpoch: 2,
    examples: 2,
    validationExamples: 2,
  };
  const stop = () => {
    isStopped = true;
  };
  const run: TrainingRun = { ...idleRun, ...counts, model, seed: 0, resumed: false, stop };
  await callback.onTrainBegin?.(run);
  for (epoch = 0; epoch < values.length && !isStopped; epoch++) {
    const logs = { loss: 0, [monitor]: values[epoch] ?? Number.NaN };
    await callback.onEpochBegin?.(epoch, run);
    for (const batch of [0, 1]) await callback.onTrainBatchEnd?.(batch, logs, run);
    await callback.onEpochEnd?.(epoch, logs, run);
    behind?.(run);
  }
  await callback.onTrainEnd?.({ loss: 0 }, run);
  return { isStopped, restored };
}

t.test(`EarlyStopping, ${golden.madeBy}`, async t => {
  const drawn = golden.earlyStopping;
  t.ok(drawn.length >= 20 && drawn.some(({ expected }) => expected.stoppedEpoch !== null));
  for (const each of drawn) {
    const callback = new EarlyStopping(each.options);
    const { isStopped, restored = null } = await run(callback, each);
    const got = { stoppedEpoch: callback.stoppedEpoch ?? null, bestEpoch: callback.bestEpoch, restored };
    t.same(got, each.expected, JSON.stringify(each.options));
    t.equal(isStopped, each.expected.stoppedEpoch !== null);
  }
});

t.test(`ReduceLROnPlateau, ${golden.madeBy}`, async t => {
  const drawn = golden.reduceLrOnPlateau;
  t.ok(drawn.some(({ expected }) => new Set(expected.rates).size > 3));
  for (const each of drawn) {
    const rates: number[] = [];
    await run(new ReduceLROnPlateau(each.options), each, ({ model }) => void rates.push(model.optimizer.learningRate));
    t.same(rates, each.expected.rates, JSON.stringify(each.options));
  }
});

t.test(`ModelCheckpoint, ${golden.madeBy}`, async t => {
  for (const each of golden.modelCheckpoint) {
    const saved: string[] = [];
    const filepath = each.options.filepath.replace('.keras', '');
    const write = (path: string) => void saved.push(path);
    await run(new ModelCheckpoint({ ...each.options, filepath, write }), each);
    t.same(
      saved,
      each.expected.saved.map(path => path.replace('nan', 'NaN')),
      JSON.stringify(each.options),
    );
  }
});
