/** What the comparison of schedules with Keras and PyTorch, in golden/schedules.test.ts, leaves out. */
import t from 'tap';
import {
  cosineDecay,
  cosineDecayRestarts,
  exponentialDecay,
  inverseTimeDecay,
  linearWarmup,
  oneCycle,
  piecewiseConstantDecay,
  polynomialDecay,
  scheduleFromConfig,
  sequence,
  stepDecay,
} from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

const values = (schedule: (step: number) => number, count: number): number[] =>
  Array.from({ length: count }, (_, step) => schedule(step));

t.test('a warm-up before any schedule, and before a number', async t => {
  const line = polynomialDecay({ initialLearningRate: 1, decaySteps: 4, endLearningRate: 0 });
  t.same(values(linearWarmup({ schedule: line, warmupSteps: 2 }), 7), [0, 0.5, 1, 0.75, 0.5, 0.25, 0]);
  const constant = linearWarmup({ schedule: 0.5, warmupSteps: 4, initialLearningRate: 0.25 });
  t.same(values(constant, 6), [0.25, 0.3125, 0.375, 0.4375, 0.5, 0.5]);
  const warm = { initialLearningRate: 0, decaySteps: 9, warmupTarget: 1, warmupSteps: 3 };
  const cosine = cosineDecay({ initialLearningRate: 1, decaySteps: 9 });
  t.same(values(linearWarmup({ schedule: cosine, warmupSteps: 3 }), 14), values(cosineDecay(warm), 14));
});

t.test('a sequence of sequences', async t => {
  const inner = sequence([{ schedule: 1, steps: 2 }, { schedule: step => 10 + step }]);
  const outer = sequence([
    { schedule: inner, steps: 4 },
    { schedule: stepDecay({ initialLearningRate: 8, decaySteps: 2, decayRate: 0.5 }), steps: 9 },
  ]);
  t.same(values(outer, 9), [1, 1, 10, 11, 8, 8, 4, 4, 2]);
  const saved = sequence([
    { schedule: 1, steps: 2 },
    {
      schedule: linearWarmup({
        schedule: exponentialDecay({ initialLearningRate: 1, decaySteps: 3, decayRate: 0.5 }),
        warmupSteps: 2,
      }),
    },
  ]);
  const again = scheduleFromConfig(JSON.parse(JSON.stringify({ className: saved.className, config: saved.config })));
  t.same(values(again, 9), values(saved, 9));
});

t.test('one cycle ends with its last value, and its momentum mirrors its rate', async t => {
  const cycle = oneCycle({ maxLearningRate: 1, totalSteps: 10, pctStart: 0.5, annealStrategy: 'linear', divFactor: 4 });
  t.equal(cycle(0), 0.25);
  t.equal(cycle(4), 1);
  t.ok(Math.abs(cycle(9) - 0.25 / 1e4) < 1e-15);
  t.equal(cycle(1000), cycle(9));
  t.same(
    [0, 4, 9].map(step => cycle.momentum(step)),
    [0.95, 0.85, 0.95],
  );
  t.same([cycle.className, cycle.momentum.className], ['OneCycle', 'OneCycleMomentum']);
});

t.test('what is refused', async t => {
  const rate = { initialLearningRate: 1, decaySteps: 5, decayRate: 0.5 };
  const faults: [() => unknown, string][] = [
    [() => exponentialDecay(0.1 as never), 'exponentialDecay: expected an object with options, got 0.1'],
    [
      () => exponentialDecay({ ...rate, decayStep: 3 } as never),
      'unknown option of exponentialDecay "decayStep": did you mean "decaySteps"? Known: initialLearningRate, decaySteps, decayRate, staircase',
    ],
    [
      () => exponentialDecay({ ...rate, initialLearningRate: Number.NaN }),
      'exponentialDecay: initialLearningRate must be a finite number, got NaN',
    ],
    [
      () => exponentialDecay({ ...rate, decayRate: 0 }),
      'exponentialDecay: decayRate must be a finite number above 0, got 0',
    ],
    [
      () => inverseTimeDecay({ ...rate, decayRate: -1 }),
      'inverseTimeDecay: decayRate must be a finite number of 0 or more, got -1',
    ],
    [
      () => inverseTimeDecay({ ...rate, staircase: 1 as never }),
      'inverseTimeDecay: staircase must be true or false, got 1',
    ],
    [() => stepDecay({ ...rate, decaySteps: 0 }), 'stepDecay: decaySteps must be a finite number above 0, got 0'],
    [
      () => polynomialDecay({ initialLearningRate: 1, decaySteps: 5, power: 0 }),
      'polynomialDecay: power must be a finite number above 0, got 0',
    ],
    [
      () => cosineDecay({ initialLearningRate: 1, decaySteps: 5, warmupSteps: 2 }),
      'cosineDecay: warmupSteps need a warmupTarget, to which they lead',
    ],
    [
      () => cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 5, tMul: 0.5 }),
      'cosineDecayRestarts: tMul must be a finite number of 1 or more, got 0.5',
    ],
    [
      () => piecewiseConstantDecay({ boundaries: [5], values: [1] }),
      'piecewiseConstantDecay: expected at least one boundary, and one value more than boundaries, got 1 boundaries and 1 values',
    ],
    [
      () => piecewiseConstantDecay({ boundaries: [5, 5], values: [1, 2, 3] }),
      'piecewiseConstantDecay: boundaries must rise, got [5, 5]',
    ],
    [
      () => piecewiseConstantDecay({ boundaries: [5], values: [1, '2' as never] }),
      'piecewiseConstantDecay: values[1] must be a finite number, got "2"',
    ],
    [
      () => piecewiseConstantDecay({ boundaries: 5 as never, values: [1, 2] }),
      'piecewiseConstantDecay: boundaries must be a list of numbers, got 5',
    ],
    [
      () => oneCycle({ maxLearningRate: 1, totalSteps: 3 }),
      'oneCycle: 3 steps are too few for the phases of pctStart 0.3: each needs more than one step',
    ],
    [
      () => oneCycle({ maxLearningRate: 1, totalSteps: 10, pctStart: 1 }),
      'oneCycle: pctStart must be between 0 and 1, without them, got 1',
    ],
    [
      () => oneCycle({ maxLearningRate: 1, totalSteps: 10, annealStrategy: 'cosine' as never }),
      'unknown annealStrategy of oneCycle "cosine"; known: cos, linear',
    ],
    [
      () => linearWarmup({ schedule: '0.1' as never, warmupSteps: 3 }),
      'linearWarmup: schedule must be a schedule or a finite number, got "0.1"',
    ],
    [
      () => linearWarmup({ schedule: 1, warmupSteps: 0.5 }),
      'linearWarmup: warmupSteps must be an integer of 1 or more, got 0.5',
    ],
    [() => sequence([]), 'sequence: expected a list of { schedule, steps }, got []'],
    [
      () => sequence([{ schedule: 1 }, { schedule: 2 }]),
      'sequence: part 0: steps must be an integer of 1 or more, got undefined',
    ],
    [
      () => sequence([{ schedule: 1, steps: 3, until: 5 } as never]),
      'unknown option of sequence: part 0 "until"; known: schedule, steps',
    ],
    [
      () => sequence([{ schedule: step => step }]).config,
      'sequence: the schedule is a function, which cannot be saved; use one that Inkling brings, such as sequence([...])',
    ],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), `OptionError: ${message}`);
  t.equal(
    errorOf(() => scheduleFromConfig({ className: 'Cosine', config: {} })),
    'FormatError: the schedule Cosine is not known; known are CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, LinearWarmup, OneCycle, OneCycleMomentum, PiecewiseConstantDecay, PolynomialDecay, Sequence, StepDecay',
  );
  let deep: object = { className: 'LinearWarmup', config: { schedule: 1, warmupSteps: 1 } };
  for (let i = 0; i < 50; i++) deep = { className: 'LinearWarmup', config: { schedule: deep, warmupSteps: 1 } };
  t.equal(
    errorOf(() => scheduleFromConfig(deep as never)),
    'FormatError: schedules lie in one another more than 32 deep',
  );
});
