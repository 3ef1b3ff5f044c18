import t from 'tap';
import { configJson } from '../../lib/configured.ts';
import { conv2d, dense, initializers, Sequential, type Shape } from '../../lib/index.ts';
import { fans } from '../../lib/initializers/initializers.ts';
import { RandomStream } from '../../lib/random/random.ts';
import { errorOf } from '../error-of.ts';

const { initializer } = initializers;
const shape: Shape = [3, 3, 20, 40];

function draw(name: initializers.InitializerLike): number[] {
  const out = new Float32Array(shape.reduce((size, axis) => size * axis, 1)).fill(Number.NaN);
  initializer(name).fill(out, shape, new RandomStream(1, 'test'));
  return [...out];
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map(value => value * value)));

t.test('variances and limits are those of the papers', async t => {
  const fanIn = 9 * 20;
  const fanOut = 9 * 40;
  const table: [initializers.InitializerName, variance: number][] = [
    ['glorotUniform', 2 / (fanIn + fanOut)],
    ['glorotNormal', 2 / (fanIn + fanOut)],
    ['heUniform', 2 / fanIn],
    ['heNormal', 2 / fanIn],
    ['lecunUniform', 1 / fanIn],
    ['lecunNormal', 1 / fanIn],
  ];
  for (const [name, variance] of table) {
    const values = draw(name);
    const expected = Math.sqrt(variance);
    t.ok(Math.abs(mean(values)) < 0.05 * expected, `${name}: mean ${mean(values)}`);
    t.ok(Math.abs(deviation(values) / expected - 1) < 0.03, `${name}: deviation ${deviation(values)}, not ${expected}`);
    const limit = name.endsWith('Uniform') ? Math.sqrt(3) * expected : (2 * expected) / 0.8796;
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    t.ok(largest <= limit && largest > 0.97 * limit, `${name}: at most ${largest}, the limit is ${limit}`);
  }
  t.same(new Set(draw('zeros')), new Set([0]));
  t.same(new Set(draw('ones')), new Set([1]));
  t.same(new Set(draw({ name: 'constant', value: 2 })), new Set([2]));
  t.ok(draw('truncatedNormal').every(value => Math.abs(value) <= 0.1));
  t.ok(draw({ name: 'randomUniform', min: 1, max: 2 }).every(value => value >= 1 && value <= 2));
  t.ok(Math.abs(deviation(draw('randomNormal')) - 0.05) < 0.002);
});

t.test('variance scaling: what the variance falls with, and how it is drawn', async t => {
  const fan = { fanIn: 180, fanOut: 360, fanAvg: 270 };
  for (const mode of ['fanIn', 'fanOut', 'fanAvg'] as const) {
    for (const distribution of ['truncatedNormal', 'untruncatedNormal', 'uniform'] as const) {
      const values = draw({ name: 'varianceScaling', scale: 3, mode, distribution });
      const expected = Math.sqrt(3 / fan[mode]);
      const what = `${mode} ${distribution}`;
      t.ok(Math.abs(deviation(values) / expected - 1) < 0.03, `${what}: ${deviation(values)}, not ${expected}`);
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / expected;
      const limits = { truncatedNormal: 2 / 0.8796, untruncatedNormal: 6, uniform: Math.sqrt(3) };
      t.ok(largest <= limits[distribution], `${what}: at most ${largest}`);
      t.ok(largest > { truncatedNormal: 2.2, untruncatedNormal: 3, uniform: 1.7 }[distribution], `${what}: ${largest}`);
    }
  }
  t.same(draw('varianceScaling'), draw('lecunNormal'), 'the defaults are those of lecunNormal');
});

t.test('orthogonal vectors, along the smaller side', async t => {
  for (const [shape, gain] of [
    [[6, 6], 1],
    [[40, 7], 2],
    [[5, 30], 0.5],
    [[3, 3, 4, 20], 1],
  ] as const) {
    const columns = shape.at(-1)!;
    const out = new Float32Array(shape.reduce<number>((size, axis) => size * axis, 1));
    initializer({ name: 'orthogonal', gain }).fill(out, shape, new RandomStream(3, 'test'));
    const rows = out.length / columns;
    const count = Math.min(rows, columns);
    const at = (k: number, i: number) => (rows < columns ? out[k * columns + i]! : out[i * columns + k]!);
    let worst = 0;
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        let product = 0;
        for (let i = 0; i < Math.max(rows, columns); i++) product += at(a, i) * at(b, i);
        worst = Math.max(worst, Math.abs(product - (a === b ? gain ** 2 : 0)));
      }
    }
    t.ok(worst < 1e-6 * gain ** 2, `${shape}: ${worst} off`);
  }
});

t.test('orthogonal is even among all orthogonal matrices: mean 0 and variance 1 / rows', async t => {
  const values = Array.from({ length: 400 }, (_, seed) => {
    const out = new Float32Array(16);
    initializer('orthogonal').fill(out, [4, 4], new RandomStream(seed, 'test'));
    return [...out];
  }).flat();
  t.ok(Math.abs(mean(values)) < 0.015, `${mean(values)}`);
  t.ok(Math.abs(deviation(values) - 0.5) < 0.001, `${deviation(values)}`);
});

t.test('identity', async t => {
  const out = new Float32Array(6).fill(7);
  initializer({ name: 'identity', gain: 3 }).fill(out, [2, 3], new RandomStream(1, 'test'));
  t.same([...out], [3, 0, 0, 0, 3, 0]);
});

t.test('what a parameter starts from depends on seed and path, or on the seed of its initializer alone', async t => {
  const weights = async (seed: number, initializerSeed?: number) => {
    const kernelInitializer = initializers.glorotUniform(
      initializerSeed === undefined ? {} : { seed: initializerSeed },
    );
    const model = new Sequential({ inputShape: [3], seed })
      .add(dense(3, { kernelInitializer, name: 'a' }))
      .add(dense(3, { kernelInitializer, name: 'b' }));
    const [first, , second] = await model.getWeights();
    return [[...first!.data], [...second!.data]];
  };
  const [a, b] = await weights(1);
  t.notSame(a, b, 'another path');
  t.same(await weights(1), [a, b]);
  t.notSame((await weights(2))[0], a, 'another seed');
  const [own, same] = await weights(1, 9);
  t.same(own, same);
  t.same((await weights(2, 9))[0], own);
});

t.test('fans', async t => {
  t.same(fans([7]), { fanIn: 7, fanOut: 7 });
  t.same(fans([5, 8]), { fanIn: 5, fanOut: 8 });
  t.same(fans([3, 2, 5, 8]), { fanIn: 30, fanOut: 48 });
});

t.test('an initializer is made again from its config', async t => {
  const given = initializers.randomNormal({ stddev: 0.2 });
  t.same(draw(configJson(given)!), draw(given));
});

t.test('errors', async t => {
  const faults: [() => unknown, string][] = [
    [
      () => initializer('glorotuniforn' as 'zeros'),
      'OptionError: unknown initializer "glorotuniforn": did you mean "glorotUniform"? Known: zeros, ones, constant, randomUniform, randomNormal, truncatedNormal, varianceScaling, glorotUniform, glorotNormal, heUniform, heNormal, lecunUniform, lecunNormal, orthogonal, identity',
    ],
    [
      () => initializers.randomNormal({ stddev: -1 }),
      'OptionError: randomNormal: stddev must be a finite number of 0 or more, got -1',
    ],
    [
      () => initializers.varianceScaling({ scale: 0 }),
      'OptionError: varianceScaling: scale must be greater than 0, got 0',
    ],
    [
      () => initializer({ name: 'varianceScaling', mode: 'fan_in' }),
      'OptionError: varianceScaling: mode must be one of fanIn, fanOut, fanAvg, got "fan_in"',
    ],
    [
      () => initializer({ name: 'heNormal', sede: 1 }),
      'OptionError: unknown option of heNormal "sede": did you mean "seed"? Known: seed',
    ],
    [
      () => initializers.orthogonal({ seed: 0.5 }),
      'OptionError: orthogonal: seed must be a safe integer of 0 or more, got 0.5',
    ],
    [
      () => new Sequential({ inputShape: [2] }).add(dense(3, { biasInitializer: 'orthogonal' })),
      'ShapeError: dense "dense": bias: orthogonal: expected at least two axes, got [3]',
    ],
    [
      () => new Sequential({ inputShape: [4, 4, 1] }).add(conv2d(3, 2, { kernelInitializer: 'identity' })),
      'ShapeError: conv2d "conv2d": kernel: identity: expected a matrix, got [2, 2, 1, 3]',
    ],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), message);
});
