/** Trainings that are cut and put on: they end with the same bits. */
import t from 'tap';
import {
  adam,
  alexnet,
  type Callback,
  decodeState,
  EarlyStopping,
  encodeState,
  type FitOptions,
  type Optimizer,
  randomUniform,
  type Sequential,
  sgd,
  type TrainingRun,
  type TrainingState,
} from '../../lib/index.ts';
import { weightHash } from './digit-training.ts';

const images = randomUniform([22, 28, 28, 1], { seed: 1 });
const labels = Array.from({ length: 22 }, (_, i) => i % 10);

/** A training that is to be cut: the model as a new process would build it, and its callbacks. */
interface Setup {
  readonly model: Sequential;
  readonly options: FitOptions;
}

/** The hash of the weights at the end, and the history. */
async function outcome({ model }: Setup) {
  const { epoch, history } = model.history!;
  return { hash: weightHash(await model.getWeights()), epoch, history, steps: model.steps };
}

/** Stops a training by an error at the n-th call of `mark`, with the state that was taken just before. */
class Cut implements Callback {
  readonly #mark: keyof Callback;
  #left: number;
  state: TrainingState | undefined;

  constructor(mark: keyof Callback, after: number) {
    this.#mark = mark;
    this.#left = after;
  }

  onEpochBegin = (_: unknown, run: TrainingRun) => this.#at('onEpochBegin', run);
  onTrainBatchBegin = (_: unknown, run: TrainingRun) => this.#at('onTrainBatchBegin', run);
  onTrainBatchEnd = (_: unknown, __: unknown, run: TrainingRun) => this.#at('onTrainBatchEnd', run);
  onEpochEnd = (_: unknown, __: unknown, run: TrainingRun) => this.#at('onEpochEnd', run);

  async #at(mark: keyof Callback, run: TrainingRun): Promise<void> {
    if (mark !== this.#mark || this.#left-- !== 0) return;
    this.state = decodeState(encodeState(await run.model.getState()));
    throw new Error('cut');
  }
}

/** Trains in a chain of models, each cut at the n-th call of `mark` and put on by the next from its state. */
async function cutAgainAndAgain(setup: () => Setup, mark: keyof Callback, after: number) {
  let state: TrainingState | undefined;
  for (let cuts = 0; ; cuts++) {
    const made = setup();
    const { model, options } = made;
    const cut = new Cut(mark, after);
    if (state !== undefined) await model.setState(state);
    const resume = state !== undefined;
    const callbacks = [...options.callbacks!, cut];
    try {
      await model.fit(images, labels, { ...options, callbacks, resume });
      return { ...(await outcome(made)), cuts };
    } catch (error) {
      if (cut.state === undefined) throw error;
      state = cut.state;
    }
  }
}

/** The smallest AlexNet with all that training may keep. */
function everything(optimizer: () => Optimizer): () => Setup {
  return () => {
    const model = alexnet({ width: 1 / 64, seed: 3 });
    model.compile({ optimizer: optimizer(), loss: 'sparseCategoricalCrossentropy', metrics: ['acc'] });
    const stopping = new EarlyStopping({ monitor: 'loss', patience: 1, minDelta: 10, restoreBestWeights: true });
    return { model, options: { batchSize: 4, epochs: 4, seed: 8, verbose: 0, callbacks: [stopping] } };
  };
}

const optimizers: { readonly [name: string]: () => Optimizer } = {
  'momentum, averages': () => sgd({ learningRate: 0.02, momentum: 0.9, useEma: true, emaMomentum: 0.9 }),
  'adam, accumulation, clipping': () => adam({ gradientAccumulationSteps: 4, globalClipNorm: 1 }),
};

for (const [name, optimizer] of Object.entries(optimizers)) {
  t.test(`${name}: cut after every n-th batch, and at every mark`, async t => {
    const setup = everything(optimizer);
    const whole = setup();
    await whole.model.fit(images, labels, {
      ...whole.options,
      callbacks: [...whole.options.callbacks!, new Cut('onTrainEnd', 0)],
    });
    const expected = await outcome(whole);
    t.equal(expected.epoch.length, 2, 'it is stopped early, and gets its best weights back');
    for (const [mark, after] of [
      ['onTrainBatchEnd', 0],
      ['onTrainBatchEnd', 2],
      ['onTrainBatchBegin', 4],
      ['onEpochBegin', 0],
      ['onEpochEnd', 0],
    ] as const) {
      const { cuts, ...got } = await cutAgainAndAgain(setup, mark, after);
      t.ok(cuts > 0, `${cuts} cuts`);
      t.strictSame(got, expected, `cut at ${mark} number ${after}`);
    }
  });
}
