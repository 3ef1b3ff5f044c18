/** Trainings that are cut and put on: they end with the same bits. */
import t from 'tap';
import {
  adam,
  alexnet,
  type Batch,
  type Callback,
  type CallbackState,
  decodeState,
  dense,
  dropout,
  EarlyStopping,
  encodeState,
  type FitOptions,
  LambdaCallback,
  type Optimizer,
  randomNormal,
  randomUniform,
  Sequential,
  sgd,
  type TrainingRun,
  type TrainingState,
  tensor,
} from '../../lib/index.ts';
import { rejectionOf } from '../error-of.ts';
import { weightHash } from './digit-training.ts';

const images = randomUniform([22, 28, 28, 1], { min: 0, max: 255, seed: 1 });
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

/** A line that is fitted, with dropout and a callback that has a state of its own. */
function small(more: FitOptions = {}): Setup {
  const model = new Sequential([dense({ units: 8, inputShape: [3] }), dropout(0.4), dense(2)], { seed: 4 });
  model.compile({ optimizer: adam({ learningRate: 0.05 }), loss: 'mse' });
  return { model, options: { batchSize: 4, epochs: 5, verbose: 0, ...more } };
}
const inputs = randomNormal([14, 3], { seed: 2 });
const targets = randomNormal([14, 2], { seed: 3 });

/** Lets the learning rate fall with each batch, by a count of its own. */
class Falling implements Callback {
  #count = 0;

  onTrainBatchEnd(_batch: number, _logs: unknown, { model }: TrainingRun): void {
    this.#count++;
    model.optimizer.learningRate = 0.05 / (1 + this.#count / 4);
  }
  getState(): CallbackState {
    return { values: { count: this.#count }, tensors: { count: tensor([this.#count]) } };
  }
  setState({ values, tensors }: CallbackState): void {
    this.#count = (values as { count: number }).count;
    if (tensors!['count']!.item() !== this.#count) throw new Error('the tensor is another one');
  }
}

t.test('callbacks and the learning rate go on as they were', async t => {
  const whole = small({ callbacks: [new Falling()] });
  await whole.model.fit(inputs, targets, whole.options);
  const states: TrainingState[] = [];
  const keep = new LambdaCallback({
    onTrainBatchEnd: async (_, __, run) => void states.push(await run.model.getState()),
  });
  const kept = small({ callbacks: [new Falling(), keep] });
  await kept.model.fit(inputs, targets, kept.options);
  for (const at of [0, 5, 19]) {
    const { model } = small();
    await model.setState(states[at]!);
    const callbacks = [new Falling(), new LambdaCallback({})];
    const { seed } = await model.fit(inputs, targets, { verbose: 0, callbacks, resume: true });
    t.equal(seed, 4);
    t.strictSame(await outcome({ model, options: {} }), await outcome(whole), `from batch ${at}`);
  }
});

t.test('a state that nobody awaits in a callback, and one that is asked for during a step', async t => {
  const whole = small();
  await whole.model.fit(inputs, targets, whole.options);
  const asked: Promise<TrainingState>[] = [];
  const { model, options } = small();
  const keep = new LambdaCallback({
    onTrainBatchEnd: (_, __, run) => void asked.push(run.model.getState()),
    onTrainBatchBegin: (_, run) => void setImmediate(() => asked.push(run.model.getState())),
  });
  await model.fit(inputs, targets, { ...options, callbacks: [keep] });
  t.ok(asked.length >= 20);
  for (const state of await Promise.all(asked)) {
    const other = small();
    await other.model.setState(state);
    const resume = JSON.stringify(state.values).includes('"mark"');
    await other.model.fit(inputs, targets, { verbose: 0, callbacks: [new LambdaCallback({})], resume });
    t.strictSame(await outcome(other), await outcome(whole));
  }
});

t.test('a training that was aborted goes on in the same model, and one that had ended with more epochs', async t => {
  const whole = small({ epochs: 7 });
  await whole.model.fit(inputs, targets, whole.options);
  const { model, options } = small();
  const controller = new AbortController();
  const abort = new LambdaCallback({ onTrainBatchEnd: () => void (model.steps === 6 && controller.abort()) });
  const cut = model.fit(inputs, targets, { ...options, callbacks: [abort], signal: controller.signal });
  t.match(await rejectionOf(cut), /^AbortError/);
  await model.fit(inputs, targets, { ...options, callbacks: [abort], resume: true });
  t.same(model.history!.epoch, [0, 1, 2, 3, 4]);
  const ended = await model.getState();
  const other = small();
  await other.model.setState(decodeState(encodeState(ended)));
  await other.model.fit(inputs, targets, { epochs: 7, verbose: 0, callbacks: [new LambdaCallback({})], resume: true });
  t.strictSame(await outcome(other), await outcome(whole));
});

t.test('batches from a source go on behind those that were trained on', async t => {
  const source = (): Batch[] =>
    [0, 5, 10].map(from => ({ x: inputs.slice([from], [4]), targets: targets.slice([from], [4]) }));
  const whole = small();
  await whole.model.fit(source, whole.options);
  const states: TrainingState[] = [];
  const keep = new LambdaCallback({
    onTrainBatchEnd: async (_, __, run) => void states.push(await run.model.getState()),
  });
  const kept = small({ callbacks: [keep] });
  await kept.model.fit(source, kept.options);
  for (const state of [...states]) {
    const { model } = small();
    await model.setState(state);
    await model.fit(source, { verbose: 0, callbacks: [keep], resume: true });
    t.strictSame(await outcome({ model, options: {} }), await outcome(whole));
  }
  const { model } = small();
  await model.setState(states[1]!);
  t.equal(
    await rejectionOf(model.fit(() => source().slice(0, 1), { verbose: 0, callbacks: [keep], resume: true })),
    'DataError: fit: the batch source has 1 batches in epoch 0, but the training goes on behind 2 of them',
  );
});

t.test('what contradicts the training that is to go on', async t => {
  const states: TrainingState[] = [];
  const keep = new LambdaCallback({
    onTrainBatchEnd: async (_, __, run) => void states.push(await run.model.getState()),
  });
  const stopping = () => new EarlyStopping({ monitor: 'loss' });
  const kept = small({ callbacks: [stopping(), keep] });
  await kept.model.fit(inputs, targets, kept.options);
  const { model } = small();
  const nothing =
    'StateError: fit: there is no training to resume: give setState a state that getState gave while fit was running, or leave resume out';
  t.equal(await rejectionOf(model.fit(inputs, targets, { resume: true })), nothing);
  await model.setState(states[6]!);
  const before = await model.getWeights();
  const callbacks = [stopping(), keep];
  const begin = 'OptionError: fit: the training that is resumed';
  const way = 'a training goes on as it began';
  const faults: [FitOptions, string][] = [
    [{ batchSize: 5 }, `${begin} has the batchSize 4, got 5; ${way}`],
    [{ seed: 1 }, `${begin} has the seed 4, got 1; ${way}`],
    [{ shuffle: false }, `${begin} has the shuffle true, got false; ${way}`],
    [{ initialEpoch: 1 }, `${begin} has the initialEpoch 0, got 1; ${way}`],
    [{ epochs: 1 }, `${begin} is in epoch 2, but epochs is 1: it counts from the beginning`],
    [{ validationSplit: 0.5 }, `${begin} has the number of examples 14, got 7; ${way}`],
    [
      { callbacks: [] },
      `${begin} had these callbacks: EarlyStopping, LambdaCallback; got none; give the same ones in the same order`,
    ],
    [
      { callbacks: [keep, stopping()] },
      `${begin} had these callbacks: EarlyStopping, LambdaCallback; got LambdaCallback, EarlyStopping; give the same ones in the same order`,
    ],
  ];
  for (const [options, message] of faults) {
    t.equal(await rejectionOf(model.fit(inputs, targets, { callbacks, resume: true, ...options })), message);
  }
  t.same(await model.getWeights(), before);
  await model.fit(inputs, targets, { callbacks, resume: true, verbose: 0 });
  t.ok(model.steps > 7, 'it goes on when nothing contradicts');
  model.compile({ optimizer: 'adam', loss: 'mse' });
  t.equal(await rejectionOf(model.fit(inputs, targets, { resume: true })), nothing, 'compile begins anew');
  const training = new LambdaCallback({ onEpochBegin: (_, run) => (run.model as Sequential).setState(states[0]!) });
  t.equal(
    await rejectionOf(model.fit(inputs, targets, { verbose: 0, callbacks: [training] })),
    'StateError: setState: model "sequential" is training: await the running fit() first',
  );
  const fresh = new Sequential([dense({ units: 8, inputShape: [3] }), dropout(0.4), dense(2)]);
  t.equal(
    await rejectionOf(fresh.setState(states[0]!)),
    'OptionError: setState: the state is that of a training with adam, but the model is not compiled',
  );
});

t.test('a state whose callback cannot read what it kept', async t => {
  class Broken extends LambdaCallback {
    override setState(): void {
      throw new TypeError('no count');
    }
  }
  const controller = new AbortController();
  const abort = new Broken({ onTrainBatchEnd: () => controller.abort() });
  const { model, options } = small({ callbacks: [abort], signal: controller.signal });
  t.match(await rejectionOf(model.fit(inputs, targets, options)), /^AbortError/);
  t.equal(
    await rejectionOf(model.fit(inputs, targets, { verbose: 0, callbacks: [abort], resume: true })),
    'FormatError: the training state: what the callback Broken keeps cannot be read: no count',
  );
});

t.test('a state of the weights alone', async t => {
  const layers = () => [dense({ units: 8, inputShape: [3] }), dropout(0.4), dense(2)] as const;
  const [model, other] = [new Sequential(layers(), { seed: 1 }), new Sequential(layers(), { seed: 2 })];
  await other.setState(await model.getState());
  t.same(await other.getWeights(), await model.getWeights());
});

t.test('averages leave alone what is frozen', async t => {
  const model = new Sequential([dense({ units: 4, inputShape: [3] }), dense(2)], { seed: 4 });
  model.compile({ optimizer: sgd({ learningRate: 0.1, useEma: true, emaMomentum: 0.5 }), loss: 'mse' });
  model.getLayer('dense').trainable = false;
  const before = await model.getWeights();
  await model.fit(inputs, targets, { epochs: 2, verbose: 0 });
  const after = await model.getWeights();
  t.same(after.slice(0, 2), before.slice(0, 2));
  t.notSame(after.slice(2), before.slice(2));
});
