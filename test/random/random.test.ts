import t from 'tap';
import { RandomStream } from '../../lib/random/random.ts';

t.test('a draw depends on seed, stream and place alone', async t => {
  const stream = new RandomStream(11, 'a');
  const forward = Array.from({ length: 50 }, (_, i) => stream.bits(i));
  const backward = Array.from({ length: 50 }, (_, i) => stream.bits(49 - i)).reverse();
  t.same(backward, forward);
  t.notSame(
    Array.from({ length: 50 }, (_, i) => new RandomStream(11, 'b').bits(i)),
    forward,
  );
  t.not(new RandomStream(11 + 2 ** 32, 'a').bits(0), forward[0], 'the upper half of a seed counts');
});

t.test('an array is filled with the same draws as one by one, to its end and whatever was drawn before', async t => {
  const stream = new RandomStream(5, 'array');
  const first = stream.bits(0);
  const filled = new Float32Array(11);
  stream.fillUniform(filled, -2, 3);
  t.same(
    filled,
    Float32Array.from(filled, (_, i) => -2 + 5 * new RandomStream(5, 'array').uniform(i)),
  );
  t.equal(stream.bits(0), first);
});

t.test('uniform draws fill their range evenly', async t => {
  const stream = new RandomStream(3, 'bins');
  const draws = 100_000;
  const bins = new Array<number>(100).fill(0);
  for (let i = 0; i < draws; i++) bins[Math.floor(stream.uniform(i) * 100)]!++;
  // Chi-squared with 99 degrees of freedom exceeds 148.2 once in a thousand streams.
  const expected = draws / 100;
  const chiSquared = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  t.ok(chiSquared < 148.2, `chi-squared ${chiSquared}`);
});

t.test('normal draws have the moments of the normal distribution', async t => {
  const stream = new RandomStream(4, 'normal');
  const draws = Array.from({ length: 100_000 }, (_, i) => stream.normal(i));
  const moment = (power: number) => draws.reduce((sum, x) => sum + x ** power, 0) / draws.length;
  for (const [power, expected] of [
    [1, 0],
    [2, 1],
    [3, 0],
    [4, 3],
  ] as const) {
    t.ok(Math.abs(moment(power) - expected) < 0.06, `moment ${power} is ${moment(power)}`);
  }
  t.ok(draws.every(Number.isFinite));
});

t.test('shuffle gives every order the same chance', async t => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 6000; seed++) {
    const elements = Uint32Array.of(0, 1, 2);
    new RandomStream(seed, 'shuffle').shuffle(elements);
    counts.set(String(elements), (counts.get(String(elements)) ?? 0) + 1);
  }
  t.equal(counts.size, 6);
  for (const [order, count] of counts) t.ok(Math.abs(count - 1000) < 120, `${order}: ${count} of 6000`);
});
