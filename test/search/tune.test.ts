/** Searches: what they keep, how they end, and that they go on. */
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import {
  adam,
  Dataset,
  dense,
  type Pruner,
  pruners,
  ranges,
  type SearchState,
  Sequential,
  samplers,
  type Trial,
  TrialReport,
  type TuneOptions,
  tensor,
  tune,
} from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';
import { mixed } from './functions.ts';

const objective = mixed.lossOf;
const withoutTime = (trials: readonly Trial[]) => trials.map(({ seconds: _, ...trial }) => trial);

const plans = {
  random: { sampler: samplers.random(), trials: 14 },
  TPE: { sampler: samplers.tpe({ startupTrials: 4 }), trials: 14 },
  grid: { sampler: samplers.grid({ steps: 2 }), trials: 14 },
  Hyperband: { sampler: samplers.hyperband({ maxBudget: 9 }) },
};
for (const [name, plan] of Object.entries(plans)) {
  t.test(`${name}: the same seed gives the same trials, also where a search is killed again and again`, async t => {
    const options = { space: mixed.space, objective, direction: 'minimize', seed: 5, ...plan } as const;
    const whole = await tune(options);
    t.same(withoutTime((await tune(options)).trials), withoutTime(whole.trials));
    t.strictNotSame(
      withoutTime((await tune({ ...options, seed: 6 })).trials),
      withoutTime(whole.trials).slice(0, name === 'grid' ? 1 : undefined),
    );
    let state: SearchState | undefined;
    let kills = 0;
    for (;;) {
      const controller = new AbortController();
      let left = 3;
      try {
        const search = await tune({
          ...options,
          ...(state === undefined ? {} : { state }),
          signal: controller.signal,
          onTrial: (_trial, { state: now }) => {
            state = JSON.parse(JSON.stringify(now));
            if (--left === 0) controller.abort(new Error('killed'));
          },
        });
        t.same(withoutTime(search.trials), withoutTime(whole.trials), `${kills} kills`);
        break;
      } catch (error) {
        if (String(error) !== 'Error: killed') throw error;
        kills++;
      }
    }
    t.ok(kills >= 3);
  });
}

t.test('several trials at a time', async t => {
  let most = 0;
  let now = 0;
  // Hyperband has 22 trials: where it comes to its end, they are the same ones.
  for (const sampler of [samplers.random(), samplers.hyperband({ maxBudget: 9 })]) {
    const options = { space: mixed.space, direction: 'minimize', seed: 5, trials: 22, sampler } as const;
    const alone = await tune({ ...options, objective });
    const search = await tune({
      ...options,
      concurrency: 4,
      async objective(given, { id }) {
        most = Math.max(most, ++now);
        await sleep((id * 7) % 5);
        now--;
        return objective(given);
      },
    });
    t.same(
      withoutTime(search.trials)
        .map(({ options: o }) => JSON.stringify(o))
        .sort(),
      withoutTime(alone.trials)
        .map(({ options: o }) => JSON.stringify(o))
        .sort(),
    );
    t.equal(most, 4);
  }
});

t.test('trials that fail or are pruned', async t => {
  const controller = new AbortController();
  const search = await tune({
    space: { curve: ranges.choice(['good', 'bad', 'broken', 'NaN', 'stubborn']) },
    async objective({ curve }, { report, signal }) {
      if (curve === 'broken') throw new Error('out of memory');
      if (curve === 'NaN') return Number.NaN;
      for (let epoch = 0; epoch < 4; epoch++) {
        report(curve === 'good' ? epoch : -epoch);
        if (curve !== 'stubborn') signal.throwIfAborted();
      }
      return curve === 'good' ? 4 : -4;
    },
    direction: 'maximize',
    sampler: samplers.grid(),
    pruner: pruners.median({ startupTrials: 1, warmup: 1 }),
    signal: controller.signal,
  });
  t.same(withoutTime(search.trials), [
    { id: 0, options: { curve: 'good' }, status: 'complete', value: 4, reports: [0, 1, 2, 3] },
    { id: 1, options: { curve: 'bad' }, status: 'pruned', value: -1, reports: [0, -1] },
    { id: 2, options: { curve: 'broken' }, status: 'failed', error: 'Error: out of memory', reports: [] },
    {
      id: 3,
      options: { curve: 'NaN' },
      status: 'failed',
      error: 'DataError: the value of a trial: expected a finite number, got NaN',
      reports: [],
    },
    { id: 4, options: { curve: 'stubborn' }, status: 'complete', value: -4, reports: [0, -1, -2, -3] },
  ]);
  t.equal(search.best?.id, 0);
  t.equal(
    String(search).replace(/ +\d+\.\d$/gm, '  0.0'),
    [
      'trial  status    value  curve     seconds',
      '0 *    complete  4      good  0.0',
      '1      pruned    -1     bad  0.0',
      '2      failed    -      broken  0.0',
      '3      failed    -      NaN  0.0',
      '4      complete  -4     stubborn  0.0',
    ].join('\n'),
  );
});

/** Whether a pruner ends a trial with these reports, behind others. */
const prunes = (pruner: Pruner, reports: number[], others: number[][]) =>
  pruner.prunes(
    reports,
    others.map((each, id) => ({ id, options: {}, status: 'complete', reports: each, seconds: 0 })),
    'maximize',
  );

t.test('pruners', async t => {
  const others = [[1, 2, 3], [3, 4, 5], [5, 6, 7], [2], [4, 9]];
  const median = pruners.median();
  t.equal(prunes(median, [2.9], others), true, 'the median of the first reports is 3');
  t.equal(prunes(median, [3], others), false);
  t.equal(prunes(median, [1, 2], others), false, 'only four have reported twice');
  const early = pruners.median({ startupTrials: 4 });
  t.equal(prunes(early, [1, 4.9], others), true, 'the median of the second ones is (4 + 6) / 2');
  t.equal(prunes(early, [5, 1], others), false, 'the best report of the trial counts');
  t.equal(prunes(pruners.median({ warmup: 1 }), [0], others), false);
  const halving = pruners.halving();
  t.equal(prunes(halving, [4.5], others), false, 'one of (5 + 1) / 3 = 2 that are better');
  t.equal(prunes(halving, [3.5], others), true, 'two are better');
  t.equal(prunes(halving, [9, 0], others), false, 'the next look is at three reports');
  t.equal(prunes(halving, [9, 9, 4], others), true);
  t.equal(prunes(halving, [9, 9, 8], others), false);
  t.equal(prunes(halving, [1], []), false, 'the first one goes on');
});

t.test('a search over trainings', async t => {
  const x = tensor(Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(i)]));
  const y = tensor(Array.from({ length: 40 }, (_, i) => (Math.sin(i) > 0 ? 1 : 0)));
  const [train, validation] = Dataset.fromTensors(x, y).split(0.5, { stratify: true });
  const options: TuneOptions<{ units: ReturnType<typeof ranges.int>; rate: ReturnType<typeof ranges.float> }> = {
    space: { units: ranges.int(1, 8), rate: ranges.float(1e-4, 0.3, { log: true }) },
    async objective({ units, rate }, trial) {
      const model = new Sequential({ inputShape: [2], seed: trial.seed })
        .add(dense({ units, activation: 'tanh' }))
        .add(dense({ units: 2, activation: 'softmax' }))
        .compile({ optimizer: adam({ learningRate: rate }), loss: 'sparseCategoricalCrossentropy' });
      const { history } = await model.fit(train.shuffle(), {
        epochs: 6,
        validationData: validation,
        signal: trial.signal,
        callbacks: [new TrialReport(trial)],
        verbose: 0,
      });
      model.dispose();
      return history['val_loss']!.at(-1)!;
    },
    direction: 'minimize',
    pruner: pruners.median({ startupTrials: 3 }),
    trials: 12,
    seed: 4,
  };
  const search = await tune(options);
  t.ok(search.trials.some(({ status }) => status === 'pruned'));
  t.ok(
    search.trials.every(({ status, reports }) => (status === 'complete' ? reports.length === 6 : reports.length < 6)),
  );
  t.ok(search.best!.value < 0.4, `${search.best!.value}`);
  t.same(withoutTime((await tune(options)).trials), withoutTime(search.trials));
});

t.test('what is refused', async t => {
  const good = { space: mixed.space, objective, direction: 'minimize', trials: 1, seed: 1 } as const;
  const { state } = await tune(good);
  const faults: [unknown, string][] = [
    [3, 'OptionError: tune: expected an object with options, got 3'],
    [
      { ...good, trial: 1 },
      'OptionError: unknown option of tune "trial": did you mean "trials"? Known: space, objective, runner, direction, sampler, pruner, trials, concurrency, seed, state, onTrial, signal',
    ],
    [{ ...good, space: {} }, 'OptionError: tune: space must be an object with a range for each option, got {}'],
    [
      { ...good, space: { rate: 0.1 } },
      'OptionError: tune: the option rate needs a range, ranges.choice(), int(), float() or boolean(), got 0.1',
    ],
    [{ ...good, direction: 'max' }, 'OptionError: tune: direction must be "maximize" or "minimize", got "max"'],
    [{ ...good, objective: undefined }, 'OptionError: tune: give either objective, a function, or runner'],
    [{ ...good, runner: { run: objective } }, 'OptionError: tune: give either objective, a function, or runner'],
    [{ ...good, objective: 1 }, 'OptionError: tune: objective must be a function, got 1'],
    [{ ...good, trials: undefined }, 'OptionError: tune: TpeSampler has no end; give trials, how many there are to be'],
    [{ ...good, trials: 0 }, 'OptionError: tune: trials must be a positive integer, got 0'],
    [{ ...good, concurrency: 0.5 }, 'OptionError: tune: concurrency must be a positive integer, got 0.5'],
    [{ ...good, seed: -1 }, 'OptionError: tune: seed must be a safe integer of 0 or more, got -1'],
    [
      { ...good, state: { ...state, version: 2 } },
      /^FormatError: tune: state must be the state of a search, got \{ format: "inkling-search", version: 2/,
    ],
    [{ ...good, seed: 2, state }, 'OptionError: tune: the state is that of a search with seed 1, not 2'],
    [
      { ...good, direction: 'maximize', state },
      'OptionError: tune: the state is that of a search with direction "minimize", not "maximize"',
    ],
    [{ ...good, state: { ...state, trials: 3 } }, 'FormatError: tune: the trials of a state must be a list, got 3'],
    [
      { ...good, state: { ...state, trials: [{ id: 1 }] } },
      'FormatError: tune: a trial of the state must have id, options and reports, got { id: 1 }',
    ],
  ].map(([given, message]) => [given, message] as [unknown, string]);
  for (const [options, message] of faults) {
    const got = await rejectionOf(tune(options as typeof good));
    if (typeof message === 'string') t.equal(got, message);
    else t.match(got, message);
  }
  const making: [() => unknown, string][] = [
    [() => ranges.choice([]), 'OptionError: choice: expected a list of finite numbers, texts, true or false, got []'],
    [() => ranges.int(1, 2.5), 'OptionError: int: min and max must be integers, got 2.5'],
    [() => ranges.int(3, 3), 'OptionError: int: min must be less than max, got 3 and 3'],
    [() => ranges.float(0, 1, { log: true }), 'OptionError: float: a range with log must be above 0, got 0'],
    [() => ranges.float(0, Number.NaN), 'OptionError: float: min must be less than max, got 0 and NaN'],
    [
      () => ranges.float(0, 1, { logs: true } as object),
      'OptionError: unknown option of float "logs": did you mean "log"? Known: log',
    ],
    [() => ranges.float(0, 1, '3' as never), 'OptionError: float: expected an object with options, got "3"'],
    [() => ranges.float(0, 1, { log: 1 } as object), 'OptionError: float: log must be true or false, got 1'],
    [() => samplers.grid({ steps: 0 }), 'OptionError: grid: steps must be a positive integer, got 0'],
    [() => samplers.tpe({ startupTrials: 0 }), 'OptionError: tpe: startupTrials must be a positive integer, got 0'],
    [() => samplers.hyperband({ maxBudget: 0 }), 'OptionError: hyperband: maxBudget must be a positive integer, got 0'],
    [
      () => samplers.hyperband({ maxBudget: 9, reductionFactor: 1 }),
      'OptionError: hyperband: reductionFactor must be 2 or more, got 1',
    ],
    [() => pruners.median({ warmup: -1 }), 'OptionError: median: warmup must be an integer of 0 or more, got -1'],
    [() => pruners.halving({ reductionFactor: 1 }), 'OptionError: halving: reductionFactor must be 2 or more, got 1'],
    [
      () => new TrialReport({} as never),
      'OptionError: TrialReport: expected the trial that an objective is given, got {}',
    ],
  ];
  for (const [action, message] of making) t.equal(errorOf(action), message);
});
