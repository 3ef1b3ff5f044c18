/** Errors of the elementary functions against 60 digits of mpmath, and what they give at their ends. */
import t from 'tap';
import { cos, erf, exp, expm1, log, log1p, pow, sigmoid, tanh } from '../../kernels/math.ts';
import { readGolden } from '../golden/golden.ts';
import { erfByIntegral } from './erf.ts';

/** Exact values as the nearest float64 and what is left. */
interface Values {
  readonly x: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
}

const functions = { exp, expm1, log, log1p, tanh, sigmoid, erf, cos };
type FunctionName = keyof typeof functions;
const golden = readGolden<{ readonly [F in FunctionName]: Values }>('elementary-functions.json');

/** Distance from one float64 to the next, at a normal number. */
function ulp(value: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  return 2 ** (Math.max(exponent, -1022) - 52);
}

/** The errors that the docstrings promise, in ulp; that of the cosine in units of 2^-52. */
const promised: { readonly [F in FunctionName]: number } = {
  exp: 1,
  expm1: 4,
  log: 1,
  log1p: 2,
  tanh: 3,
  sigmoid: 2,
  erf: 2,
  cos: 1,
};

for (const [name, limit] of Object.entries(promised) as [FunctionName, number][]) {
  t.test(`${name} is within ${limit} ulp`, async t => {
    const { x, high, low } = golden[name];
    const errors = x.map((point, i) => {
      const unit = name === 'cos' ? 2 ** -52 : ulp(high[i]!);
      return Math.abs(functions[name](point) - high[i]! - low[i]!) / unit;
    });
    const worst = Math.max(...errors);
    t.ok(worst <= limit, `${worst} at ${x[errors.indexOf(worst)]}`);
  });
}

t.test('the ends of the ranges, infinities and NaN are those of Math', async t => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  const ends = [0, -0, inf, -inf, nan];
  const table: [(x: number) => number, (x: number) => number, number[]][] = [
    [exp, Math.exp, [...ends, -745.13, -745.14, -800, 709.7, 710, 1e308]],
    [expm1, Math.expm1, [...ends, -800, 710]],
    [log, Math.log, [...ends, 1, -1]],
    [log1p, Math.log1p, [...ends, -1, -2]],
    [tanh, Math.tanh, [...ends, 400, -400]],
  ];
  for (const [own, builtIn, points] of table) {
    for (const x of points) {
      const [got, expected] = [own(x), builtIn(x)];
      const same = Object.is(got, expected) || Math.abs(got - expected) <= Math.abs(expected) * 2 ** -51;
      t.ok(same, `${own.name}(${x}) is ${got}, expected ${expected}`);
    }
  }
  t.equal(sigmoid(inf), 1);
  t.equal(sigmoid(-inf), 0);
  t.ok(Number.isNaN(sigmoid(nan)));
  t.same([0, -0, 6, -6, inf, -inf].map(erf), [0, -0, 1, -1, 1, -1]);
  t.ok(Object.is(erf(-0), -0));
  t.ok(Number.isNaN(erf(nan)));
});

t.test('the definition of erf that the kernels are tested against', async t => {
  const { x, high } = golden.erf;
  for (const [i, point] of x.entries()) {
    const relative = Math.abs(erfByIntegral(point) / high[i]! - 1);
    t.ok(relative <= 1e-14, `${point} is off by ${relative}`);
  }
});

t.test('pow', async t => {
  t.equal(pow(3, 0), 1);
  for (const [x, y] of [
    [2, 0.5],
    [7.25, -0.75],
    [1e-30, 3.3],
    [1.0001, 1000],
  ] as const) {
    const relative = Math.abs(pow(x, y) / x ** y - 1);
    t.ok(relative <= (2 + Math.abs(y * Math.log(x))) * 2 ** -52, `${x}^${y} is off by ${relative}`);
  }
});
