/** Hyper-parameters that are set between steps or follow schedules, and what weight decay leaves out. */
import t from 'tap';
import {
  type Adjustable,
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamax,
  adamw,
  cosineDecay,
  ftrl,
  type Hyperparameter,
  lamb,
  lion,
  muon,
  nadam,
  type Optimizer,
  type OptimizerConfig,
  oneCycle,
  optimizerFromConfig,
  rmsprop,
  scheduleFreeAdamw,
  sgd,
  stepDecay,
} from '../../lib/index.ts';
import { optimizers } from '../../lib/optimizers/registry.ts';
import { errorOf } from '../error-of.ts';
import { givenGradients, numbersOf, shapes, trainSteps } from './given-gradients.ts';

/** An optimizer with two values for each hyper-parameter, the first of which it is made with. */
interface Subject {
  readonly make: (options: { readonly [name: string]: Hyperparameter }) => Optimizer;
  readonly values: { readonly [name: string]: readonly [first: number, second: number] };
}

const common = { learningRate: [0.1, 0.03], weightDecay: [0.1, 0.4] } as const;
const betas = { beta1: [0.9, 0.7], beta2: [0.99, 0.8], epsilon: [1e-3, 0.1] } as const;
const subjects: { readonly [name: string]: Subject } = {
  sgd: { make: sgd, values: { ...common, momentum: [0.9, 0.5] } },
  adam: { make: options => adam({ ...options, amsgrad: true }), values: { ...common, ...betas } },
  adamw: { make: adamw, values: { ...common, ...betas } },
  nadam: { make: nadam, values: { ...common, ...betas } },
  adamax: { make: adamax, values: { ...common, ...betas } },
  rmsprop: {
    make: options => rmsprop({ ...options, centered: true }),
    values: { ...common, rho: [0.9, 0.6], momentum: [0.5, 0.2], epsilon: [1e-3, 0.1] },
  },
  adagrad: { make: adagrad, values: { ...common, epsilon: [1e-3, 0.1] } },
  adadelta: { make: adadelta, values: { ...common, rho: [0.9, 0.6], epsilon: [1e-3, 0.1] } },
  adafactor: {
    make: adafactor,
    values: {
      ...common,
      beta2Decay: [-0.8, -0.3],
      epsilon1: [1e-3, 0.1],
      epsilon2: [0.5, 2],
      clipThreshold: [1, 0.2],
    },
  },
  ftrl: {
    make: ftrl,
    values: {
      ...common,
      l1RegularizationStrength: [0.1, 0.4],
      l2RegularizationStrength: [0.1, 0.4],
      l2ShrinkageRegularizationStrength: [0.1, 0.4],
      beta: [0.1, 0.4],
    },
  },
  lion: { make: lion, values: { ...common, beta1: [0.9, 0.2], beta2: [0.99, 0.3] } },
  lamb: { make: lamb, values: { ...common, ...betas } },
  scheduleFreeAdamw: { make: scheduleFreeAdamw, values: { ...common, ...betas } },
  muon: {
    make: muon,
    values: {
      ...common,
      adamWeightDecay: [0.1, 0.4],
      adamBeta1: [0.9, 0.7],
      adamBeta2: [0.99, 0.8],
      epsilon: [1e-3, 0.1],
      adamLrRatio: [1, 0.5],
      momentum: [0.9, 0.5],
    },
  },
};

const firsts = ({ values }: Subject) =>
  Object.fromEntries(Object.entries(values).map(([name, [first]]) => [name, first]));

/** The weights behind six steps, of which `between` is called behind the third. */
async function outcome(optimizer: Optimizer, between = () => {}): Promise<number[]> {
  const model = await givenGradients(optimizer);
  await trainSteps(model, 0, 3);
  between();
  await trainSteps(model, 3, 6);
  return numbersOf(model);
}

t.test('each hyper-parameter may be set between steps, or follow a schedule, with the same outcome', async t => {
  t.same(Object.keys(subjects).sort(), Object.keys(optimizers).sort());
  for (const [optimizerName, subject] of Object.entries(subjects)) {
    const unchanged = await outcome(subject.make(firsts(subject)));
    for (const [name, [first, second]] of Object.entries(subject.values)) {
      const what = `${optimizerName}: ${name}`;
      const optimizer = subject.make(firsts(subject)) as Adjustable<string>;
      const byHand = await outcome(optimizer, () => {
        t.equal(optimizer[name], first, `${what} before`);
        optimizer[name] = second;
        t.equal(optimizer[name], second, `${what} behind`);
      });
      t.notSame(byHand, unchanged, `${what} has an effect`);
      const followed = subject.make({ ...firsts(subject), [name]: step => (step < 3 ? first : second) });
      t.strictSame(await outcome(followed), byHand, `${what} by a schedule`);
    }
  }
});

t.test('no plan is made anew for another number', async t => {
  const optimizer = adam();
  const model = await givenGradients(optimizer);
  await trainSteps(model, 0, 2);
  const { bytes, allocations } = model.memory;
  for (const name of ['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay'] as const) {
    optimizer[name] = optimizer[name] / 2 + 0.1;
    await trainSteps(model, 2, 4);
  }
  t.same(model.memory, { bytes, allocations });
});

t.test('a step has the numbers of the moment at which it was asked for', async t => {
  const [hasty, awaited] = [adam({ learningRate: 0.1 }), adam({ learningRate: 0.1 })];
  const [first, second] = [await givenGradients(hasty), await givenGradients(awaited)];
  const running = trainSteps(first, 0, 1);
  hasty.learningRate = 5;
  hasty.beta1 = 0;
  await running;
  await trainSteps(second, 0, 1);
  t.strictSame(await numbersOf(first), await numbersOf(second));
});

t.test(
  'schedules follow the steps: what the optimizer tells, accumulated steps, and one cycle of rate and momentum',
  async t => {
    const schedule = stepDecay({ initialLearningRate: 0.4, decaySteps: 2, decayRate: 0.5 });
    const optimizer = sgd({ learningRate: schedule, gradientAccumulationSteps: 3 });
    const model = await givenGradients(optimizer);
    const told: number[] = [];
    for (let step = 0; step < 6; step++) {
      told.push(optimizer.learningRate);
      await trainSteps(model, step, step + 1);
    }
    t.same(told, [0.4, 0.4, 0.2, 0.2, 0.1, 0.1]);
    t.same(optimizer.schedules, { learningRate: schedule });
    const cycle = oneCycle({ maxLearningRate: 0.4, totalSteps: 6 });
    const both = sgd({ learningRate: cycle, momentum: cycle.momentum });
    const weights = await outcome(both);
    const byHand = sgd({ learningRate: cycle(0), momentum: cycle.momentum(0) });
    const other = await givenGradients(byHand);
    for (let step = 0; step < 6; step++) {
      [byHand.learningRate, byHand.momentum] = [cycle(step), cycle.momentum(step)];
      await trainSteps(other, step, step + 1);
    }
    t.strictSame(weights, await numbersOf(other));
    model.compile({ optimizer: both, loss: 'mse' });
    t.equal(both.learningRate, cycle(0), 'compile begins anew');
  },
);

t.test('weight decay leaves out what is excluded, by a part of its path or by an expression', async t => {
  const steps = async (excludeFromWeightDecay: readonly (string | RegExp)[], weightDecay = 0.5) => {
    const model = await givenGradients(sgd({ learningRate: 0.1, weightDecay, excludeFromWeightDecay }));
    await trainSteps(model, 0, 2);
    return Object.fromEntries((await model.getWeights()).map((each, i) => [Object.keys(shapes)[i]!, [...each.data]]));
  };
  const [all, none] = [await steps([]), await steps([], 0)];
  for (const [patterns, excluded] of [
    [['bias'], ['bias']],
    [['weighted/s'], ['second', 'scale']],
    [
      [/l(e|ters)$/g, 'bias'],
      ['filters', 'scale', 'bias'],
    ],
    [['weighted'], Object.keys(shapes)],
    [['nothing'], []],
  ] as const) {
    const got = await steps(patterns);
    for (const name of Object.keys(shapes)) {
      const isExcluded = (excluded as readonly string[]).includes(name);
      t.same(got[name], (isExcluded ? none : all)[name], `${patterns}: ${name}`);
      t.notSame(all[name], none[name]);
    }
  }
});

t.test('an optimizer made again from its config trains alike', async t => {
  const schedule = cosineDecay({ initialLearningRate: 0.1, decaySteps: 5 });
  for (const [name, subject] of Object.entries(subjects)) {
    const optimizer = subject.make({ ...firsts(subject), learningRate: name === 'ftrl' ? 0.1 : schedule });
    const saved: OptimizerConfig = { className: optimizer.className!, config: optimizer.config };
    const again = optimizerFromConfig(JSON.parse(JSON.stringify(saved)));
    t.same(again.config, optimizer.config);
    t.strictSame(await outcome(again), await outcome(optimizer), name);
  }
  const excluding = adam({ excludeFromWeightDecay: ['bias', /norm/i], clipNorm: 1 });
  t.same(excluding.config, {
    learningRate: 0.001,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-7,
    weightDecay: 0,
    amsgrad: false,
    excludeFromWeightDecay: ['bias', { source: 'norm', flags: 'i' }],
    clipNorm: 1,
  });
  t.same(optimizerFromConfig({ className: 'Adam', config: excluding.config }).config, excluding.config);
  t.equal(
    errorOf(() => optimizerFromConfig({ className: 'adam', config: {} })),
    `FormatError: the optimizer adam is not known; known are ${Object.values(optimizers)
      .map(make => make().className)
      .join(', ')}, MultiOptimizer`,
  );
});

t.test('what is refused', async t => {
  const scheduled = sgd({
    learningRate: cosineDecay({ initialLearningRate: 1, decaySteps: 5 }),
    weightDecay: () => 0.1,
  });
  const plain = sgd();
  const falling = adam({ learningRate: step => 1 - step });
  const faults: [() => unknown, string][] = [
    [
      () => adam({ lr: 0.1 } as never),
      'unknown option of adam "lr"; known: beta1, beta2, epsilon, amsgrad, learningRate, weightDecay, excludeFromWeightDecay, clipValue, clipNorm, globalClipNorm, gradientAccumulationSteps, useEma, emaMomentum, emaOverwriteFrequency',
    ],
    [() => adam(0.1 as never), 'adam: expected an object with options, got 0.1'],
    [() => adam({ beta1: 1 }), 'adam: beta1 must be at least 0 and less than 1, got 1'],
    [() => adam({ beta2: '0.9' as never }), 'adam: beta2 must be at least 0 and less than 1, got "0.9"'],
    [() => adam({ epsilon: -1 }), 'adam: epsilon must be a finite number of 0 or more, got -1'],
    [() => adam({ amsgrad: 1 as never }), 'adam: amsgrad must be true or false, got 1'],
    [() => adamw({ weightDecay: -0.1 }), 'adamw: weightDecay must be a finite number of 0 or more, got -0.1'],
    [() => lion({ beta1: 0 }), 'lion: beta1 must be above 0 and at most 1, got 0'],
    [() => ftrl({ learningRate: 0 }), 'ftrl: learningRate must be a finite number above 0, got 0'],
    [() => ftrl({ learningRatePower: 1 }), 'ftrl: learningRatePower must be a finite number of 0 or less, got 1'],
    [() => muon({ nsSteps: 0 }), 'muon: nsSteps must be an integer of 1 or more, got 0'],
    [() => muon({ rmsRate: 0 }), 'muon: rmsRate must be a finite number above 0, got 0'],
    [
      () => sgd({ excludeFromWeightDecay: 'bias' as never }),
      `sgd: excludeFromWeightDecay must be a list of texts or regular expressions, such as ['bias', /norm/], got "bias"`,
    ],
    [
      () => muon({ excludeLayers: [3 as never] }),
      `muon: excludeLayers must be a list of texts or regular expressions, such as ['bias', /norm/], got [3]`,
    ],
    [
      () => {
        plain.momentum = 0.9;
      },
      'sgd: momentum cannot be set: it was made with a momentum of 0 and keeps no velocity; make one with a momentum',
    ],
    [
      () => {
        plain.weightDecay = Number.NaN;
      },
      'sgd: weightDecay must be a finite number of 0 or more, got NaN',
    ],
    [
      () => {
        scheduled.learningRate = 0.1;
      },
      'sgd: learningRate follows the schedule CosineDecay and cannot be set to a number; set another schedule, or make the optimizer with a number',
    ],
    [
      () => {
        scheduled.weightDecay = 0.1;
      },
      'sgd: weightDecay follows a function and cannot be set to a number; set another schedule, or make the optimizer with a number',
    ],
    [
      () => scheduled.config,
      'sgd: weightDecay: the schedule is a function, which cannot be saved; use one that Inkling brings, such as sequence([...])',
    ],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), `OptionError: ${message}`);
  plain.momentum = 0;
  scheduled.learningRate = stepDecay({ initialLearningRate: 0.5, decaySteps: 5 });
  t.equal(scheduled.learningRate, 0.5, 'another schedule may be set');
  const model = await givenGradients(falling);
  await t.rejects(trainSteps(model, 0, 3), {
    message: 'adam: learningRate must be a finite number of 0 or more, got -1 from its schedule at step 2',
  });
  t.equal(model.steps, 2);
});

t.test('ftrl leaves alone what has had no gradient, where the sums of squares start from 0', async t => {
  const model = await givenGradients(ftrl({ initialAccumulatorValue: 0, learningRate: 0.1 }));
  const before = await numbersOf(model);
  await trainSteps(model, 0, 1);
  const after = await numbersOf(model);
  t.ok(after.every(Number.isFinite));
  t.same(after.filter((value, i) => value === before[i]).length, 10 + 2 + 4 + 8 + 1, 'those with a gradient of 0');
});
