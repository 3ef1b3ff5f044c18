/** What samplers suggest: their values, their order, and that it pays. */
import t from 'tap';
import {
  hyperbandBrackets,
  type OptionsOf,
  ranges,
  type Sampler,
  type Space,
  samplers,
  tune,
} from '../../lib/index.ts';
import { hartmann, mixed } from './functions.ts';

t.test('a grid has each combination once, the last option changing first', async t => {
  const space = { rate: ranges.float(1e-4, 1, { log: true }), on: ranges.boolean(), size: ranges.int(1, 4) };
  const { trials } = await tune({
    space,
    objective: () => 0,
    direction: 'minimize',
    sampler: samplers.grid({ steps: 3 }),
  });
  t.same(
    trials.slice(0, 4).map(({ options }) => [options.on, options.size]),
    [
      [false, 1],
      [false, 3],
      [false, 4],
      [true, 1],
    ],
  );
  t.equal(trials.length, 18);
  t.equal(new Set(trials.map(({ options }) => JSON.stringify(options))).size, 18);
  const rates = [...new Set(trials.map(({ options }) => options.rate))];
  for (const [i, rate] of [1e-4, 1e-2, 1].entries()) t.ok(Math.abs(rates[i]! / rate - 1) < 1e-12);
  const one = await tune({ space, objective: () => 0, direction: 'minimize', sampler: samplers.grid({ steps: 1 }) });
  t.same(
    one.trials.map(({ options }) => options.size),
    [3, 3],
  );
});

t.test('random options lie within their ranges, evenly on their scale', async t => {
  const { trials } = await tune({
    space: mixed.space,
    objective: () => 0,
    direction: 'minimize',
    sampler: samplers.random(),
    trials: 2000,
    seed: 1,
  });
  const share = (is: (options: OptionsOf<typeof mixed.space>) => boolean) =>
    trials.filter(({ options }) => is(options)).length / trials.length;
  const near = (got: number, expected: number, what: string) =>
    t.ok(Math.abs(got - expected) < 0.035, `${what}: ${got}`);
  near(
    share(({ rate }) => rate < 1e-3),
    2 / 5,
    'two of five decades',
  );
  near(
    share(({ units }) => units < 64),
    1 / 2,
    'three of six powers of two',
  );
  for (let depth = 1; depth <= 9; depth++)
    near(
      share(options => options.depth === depth),
      1 / 9,
      `depth ${depth}`,
    );
  near(
    share(({ activation }) => activation === 'elu'),
    1 / 4,
    'one of four',
  );
  near(
    share(({ flag }) => flag),
    1 / 2,
    'one of two',
  );
  t.ok(trials.every(({ options: { rate, units } }) => rate >= 1e-5 && rate <= 1 && units >= 8 && units <= 512));
});

/** The best value that a sampler finds, for several seeds. */
async function bestOf<S extends Space>(
  { space, lossOf }: { readonly space: S; lossOf(options: OptionsOf<S>): number },
  sampler: Sampler,
  trials: number,
): Promise<number[]> {
  const all: number[] = [];
  for (let seed = 0; seed < 15; seed++) {
    const search = await tune({
      space,
      objective: options => lossOf(options),
      direction: 'minimize',
      sampler,
      trials,
      seed,
    });
    all.push(search.best!.value);
  }
  return all;
}

t.test('TPE finds better options than chance does', async t => {
  for (const [name, given] of Object.entries({ hartmann, mixed })) {
    const problem = given as { space: Space; least: number; lossOf(options: object): number };
    const [found, drawn] = [await bestOf(problem, samplers.tpe(), 60), await bestOf(problem, samplers.random(), 60)];
    t.ok(
      [...found, ...drawn].every(value => value >= problem.least - 1e-4),
      'no value is below the least one',
    );
    // Of 15 seeds, chance alone would give 12 or more for one of two equal samplers in 1.8 % of all cases.
    const wins = found.filter((value, i) => value < drawn[i]!).length;
    t.ok(wins >= 12, `${name}: ${wins} of 15 seeds`);
  }
});

t.test('TPE maximizes too', async t => {
  const objective = (options: OptionsOf<typeof mixed.space>) => -mixed.lossOf(options);
  const { best, trials } = await tune({ space: mixed.space, objective, direction: 'maximize', trials: 50, seed: 3 });
  t.equal(best!.value, Math.max(...trials.map(({ value }) => value!)));
  const late = trials.slice(25).reduce((sum, { value }) => sum + value!, 0) / 25;
  const early = trials.slice(0, 10).reduce((sum, { value }) => sum + value!, 0) / 10;
  t.ok(late > early, `${late} behind ${early}`);
});

t.test("Hyperband's brackets", async t => {
  // Li et al. 2018, table 1: n and r of each rung, for R = 81 and eta = 3.
  const table = [
    [
      [81, 1],
      [27, 3],
      [9, 9],
      [3, 27],
      [1, 81],
    ],
    [
      [34, 3],
      [11, 9],
      [3, 27],
      [1, 81],
    ],
    [
      [15, 9],
      [5, 27],
      [1, 81],
    ],
    [
      [8, 27],
      [2, 81],
    ],
    [[5, 81]],
  ];
  const pairs = (brackets: ReturnType<typeof hyperbandBrackets>) =>
    brackets.map(rungs => rungs.map(({ trials, budget }) => [trials, budget]));
  t.same(pairs(hyperbandBrackets({ maxBudget: 81 })), table);
  // The table of mlr3's documentation, for R = 8 and eta = 2.
  t.same(pairs(hyperbandBrackets({ maxBudget: 8, reductionFactor: 2 })), [
    [
      [8, 1],
      [4, 2],
      [2, 4],
      [1, 8],
    ],
    [
      [6, 2],
      [3, 4],
      [1, 8],
    ],
    [
      [4, 4],
      [2, 8],
    ],
    [[4, 8]],
  ]);

  const asked = new Map<number, { continues: number | undefined; quality: number }[]>();
  const search = await tune({
    space: { quality: ranges.float(0, 1) },
    objective({ quality }, { budget, continues }) {
      asked.set(budget!, [...(asked.get(budget!) ?? []), { continues, quality }]);
      return quality;
    },
    direction: 'maximize',
    sampler: samplers.hyperband({ maxBudget: 81 }),
    seed: 1,
  });
  const rungs = table.map((bracket, b) =>
    bracket.map((_, rung) => search.trials.filter(trial => trial.bracket === b && trial.rung === rung)),
  );
  t.same(
    rungs.map(bracket => bracket.map(trials => [trials.length, trials[0]!.budget])),
    table,
    'all of them are tried',
  );
  for (const bracket of rungs) {
    for (const [rung, trials] of bracket.entries()) {
      if (rung === 0) continue;
      const best = [...bracket[rung - 1]!].sort((a, b) => b.value! - a.value!).slice(0, trials.length);
      t.same(
        trials.map(({ continues }) => continues),
        best.map(({ id }) => id),
        'the best go on',
      );
      t.same(
        trials.map(({ options }) => options),
        best.map(({ options }) => options),
      );
    }
  }
});

t.test('Hyperband goes on with those that did not fail', async t => {
  const search = await tune({
    space: { quality: ranges.float(0, 1) },
    objective({ quality }) {
      if (quality > 0.2) throw new Error('too good');
      return quality;
    },
    direction: 'minimize',
    sampler: samplers.hyperband({ maxBudget: 9 }),
    seed: 2,
  });
  const upper = search.trials.filter(({ rung }) => rung !== 0);
  t.ok(upper.length > 0 && upper.every(({ status }) => status === 'complete'));
});
