import t from 'tap';
import { configJson } from '../../lib/configured.ts';
import { initializers, type Shape } from '../../lib/index.ts';
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
  t.equal(
    errorOf(() => initializer('glorotuniforn' as 'zeros')),
    'OptionError: unknown initializer "glorotuniforn": did you mean "glorotUniform"? Known: zeros, ones, constant, randomUniform, randomNormal, truncatedNormal, glorotUniform, glorotNormal, heUniform, heNormal, lecunUniform, lecunNormal',
  );
  t.equal(
    errorOf(() => initializers.randomNormal({ stddev: -1 })),
    'OptionError: randomNormal: stddev must be a finite number of 0 or more, got -1',
  );
});
