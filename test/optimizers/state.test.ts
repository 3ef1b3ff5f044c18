/** Trainings that are saved in the middle and put on: the same bits, for every optimizer and every schedule. */
import t from 'tap';
import {
  adam,
  cosineDecay,
  decodeState,
  encodeState,
  type Optimizer,
  oneCycle,
  type ScheduleLike,
  type Sequential,
  scheduleFromConfig,
  sgd,
  type TrainingState,
} from '../../lib/index.ts';
import { optimizers } from '../../lib/optimizers/registry.ts';
import { rejectionOf } from '../error-of.ts';
import { readGolden } from '../golden/golden.ts';
import { givenGradients, numbersOf, trainSteps } from './given-gradients.ts';

const stored = async (model: Sequential): Promise<TrainingState> => decodeState(encodeState(await model.getState()));

/** The weights behind nine steps, and those of trainings that were put on from the state behind the fifth. */
async function both(make: () => Optimizer, again: () => Optimizer = make) {
  const whole = await givenGradients(make());
  await trainSteps(whole, 0, 5);
  const state = await stored(whole);
  const resumed = await givenGradients(again());
  await resumed.setState(state);
  await trainSteps(whole, 5, 9);
  await trainSteps(resumed, 5, 9);
  return { whole: await numbersOf(whole), resumed: await numbersOf(resumed), model: resumed };
}

t.test('every optimizer', async t => {
  const stage = { gradientAccumulationSteps: 2, useEma: true, weightDecay: 0.1, excludeFromWeightDecay: ['bias'] };
  const own: { readonly [name: string]: object } = {
    sgd: { momentum: 0.9 },
    rmsprop: { momentum: 0.9, centered: true },
    adam: { amsgrad: true },
    adamw: { amsgrad: true },
  };
  for (const [name, make] of Object.entries(optimizers)) {
    for (const options of [{}, { ...stage, ...own[name] }]) {
      const { whole, resumed } = await both(() => make(options));
      t.strictSame(resumed, whole, `${name} ${JSON.stringify(options)}`);
    }
  }
});

t.test('every schedule, of the rate and of weight decay', async t => {
  const { cases } = readGolden<{ cases: readonly { className: string; config: { [option: string]: number } }[] }>(
    'schedules.json',
  );
  for (const { className, config } of cases.filter((_, i) => i % 3 === 0)) {
    const make = () => {
      const schedule = scheduleFromConfig({ className, config });
      return adam({ learningRate: schedule, weightDecay: schedule });
    };
    const { whole, resumed } = await both(make, () => adam());
    t.strictSame(resumed, whole, `${className}: it comes with the state`);
  }
});

t.test('what was set by hand comes with the state', async t => {
  const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
  const model = await givenGradients(optimizer);
  Object.assign(optimizer, { learningRate: 0.02, momentum: 0.5, weightDecay: 0.1 });
  const state = await stored(model);
  t.same((state.values as { optimizer: object }).optimizer, {
    name: 'sgd',
    learningRate: 0.02,
    momentum: 0.5,
    weightDecay: 0.1,
  });
  const other = sgd({ learningRate: 1, momentum: 0.1 });
  await (await givenGradients(other)).setState(state);
  t.same([other.learningRate, other.momentum, other.weightDecay], [0.02, 0.5, 0.1]);
});

t.test('one cycle and functions', async t => {
  const cycle = oneCycle({ maxLearningRate: 0.4, totalSteps: 8 });
  const { model } = await both(
    () => sgd({ learningRate: cycle, momentum: cycle.momentum }),
    () => sgd({ momentum: 0.5 }),
  );
  t.equal(model.optimizer.learningRate, cycle(9));
  const byHand: ScheduleLike = step => 0.1 / (1 + step);
  const { whole, resumed } = await both(() => adam({ learningRate: byHand }));
  t.strictSame(resumed, whole, 'a function that is given again');
});

t.test('states that do not fit change nothing', async t => {
  const state = await stored(await givenGradients(adam({ learningRate: step => 1 / (1 + step) })));
  const optimizer = adam({ learningRate: 0.5 });
  const model = await givenGradients(optimizer);
  const values = state.values as { optimizer: object };
  const changed = (change: object): TrainingState => ({
    ...state,
    values: { ...values, optimizer: { ...values.optimizer, ...change } } as TrainingState['values'],
  });
  const faults: [object, string][] = [
    [
      {},
      'OptionError: adam: learningRate followed a function, which no state can hold; compile with that function before setState',
    ],
    [
      { learningRate: 'fast' },
      'FormatError: the training state: optimizer: learningRate must be a number or a schedule, got "fast"',
    ],
    [
      { learningRate: { className: 'Decay', config: {} } },
      'FormatError: the schedule Decay is not known; known are CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, LinearWarmup, OneCycle, OneCycleMomentum, PiecewiseConstantDecay, PolynomialDecay, Sequence, StepDecay',
    ],
    [
      { learningRate: { className: 'CosineDecay', config: { initialLearningRate: 1, decaySteps: 0 } } },
      'OptionError: cosineDecay: decaySteps must be a finite number above 0, got 0',
    ],
    [{ learningRate: 0.1, beta1: 1 }, 'OptionError: adam: beta1 must be at least 0 and less than 1, got 1'],
  ];
  for (const [change, message] of faults) {
    t.equal(await rejectionOf(model.setState(changed(change))), message);
    t.same([optimizer.learningRate, optimizer.beta1], [0.5, 0.9]);
  }
  const cosine = cosineDecay({ initialLearningRate: 0.25, decaySteps: 4 });
  await model.setState(changed({ learningRate: { className: 'CosineDecay', config: cosine.config } }));
  t.equal(optimizer.learningRate, 0.25, 'one that fits');
});

t.test('a state of before there were other hyper-parameters', async t => {
  const state = await stored(await givenGradients(adam()));
  const optimizer = adam({ beta1: 0.7 });
  const model = await givenGradients(optimizer);
  const values = { ...(state.values as object), optimizer: { name: 'adam', learningRate: 0.125 } };
  await model.setState({ ...state, values });
  t.same([optimizer.learningRate, optimizer.beta1], [0.125, 0.7]);
});
