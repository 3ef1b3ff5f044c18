/** What callbacks decide and tell when a training goes on from a state of its middle, beside a training without a break. */
import t from 'tap';
import {
  dense,
  EarlyStopping,
  LambdaCallback,
  ModelCheckpoint,
  ReduceLROnPlateau,
  randomNormal,
  Sequential,
  sgd,
  TensorBoard,
  type TrainingState,
} from '../../lib/index.ts';

const x = randomNormal([12, 3], { seed: 2 });
const y = randomNormal([12, 2], { seed: 3 });

function small(): Sequential {
  const model = new Sequential([dense({ units: 2, inputShape: [3] })], { seed: 4 });
  // So large that the loss goes up and down.
  model.compile({ optimizer: sgd({ learningRate: 0.9 }), loss: 'mse' });
  return model;
}

/** Callbacks whose decisions depend on what was before, and what they do, told by epoch. */
function watched() {
  const told: string[] = [];
  const write = (path: string) => void told.push(path);
  const stopping = new EarlyStopping({ monitor: 'loss', patience: 7, restoreBestWeights: true });
  const kept: TrainingState[] = [];
  const callbacks = [
    stopping,
    new ReduceLROnPlateau({ monitor: 'loss', patience: 2, factor: 0.7, cooldown: 1 }),
    new ModelCheckpoint({ filepath: 'best {epoch}', monitor: 'loss', saveBestOnly: true, write }),
    new ModelCheckpoint({ filepath: 'every fifth {epoch} {batch}', saveFreq: 5, write }),
    new TensorBoard((_file, bytes) => void told.push(`${bytes.length} bytes`), { updateFreq: 4 }),
    new LambdaCallback({
      onEpochEnd: async (epoch, { loss }, run) => {
        told.push(`epoch ${epoch} loss ${loss} rate ${run.model.optimizer.learningRate}`);
        kept.push(await run.model.getState());
      },
    }),
  ];
  return { callbacks, told, kept, stopping };
}

t.test('the decisions are those of a training without a break', async t => {
  const whole = watched();
  const model = small();
  await model.fit(x, y, { batchSize: 4, epochs: 30, verbose: 0, callbacks: whole.callbacks });
  t.ok(new Set(whole.told.map(each => / rate .*/.exec(each)?.[0])).size > 3, 'the rate is reduced more than once');
  t.ok(whole.told.filter(each => each.startsWith('best')).length > 2);
  for (const [epoch, state] of whole.kept.entries()) {
    const other = small();
    const again = watched();
    await other.setState(state);
    await other.fit(x, y, { verbose: 0, resume: true, callbacks: again.callbacks });
    const behind = whole.told.slice(whole.told.findIndex(each => each.startsWith(`epoch ${epoch} `)) + 1);
    // A new file begins with 40 bytes.
    t.same(
      again.told.filter(each => each !== '40 bytes'),
      behind,
      `from epoch ${epoch} on`,
    );
    t.strictSame(await other.getWeights(), await model.getWeights());
    t.same(
      [again.stopping.bestEpoch, again.stopping.stoppedEpoch],
      [whole.stopping.bestEpoch, whole.stopping.stoppedEpoch],
    );
  }
});
