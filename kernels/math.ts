/**
 * Elementary functions from exact operations alone: engines differ in the last bits of Math.exp and its kin, and the
 * same seed has to give the same bits everywhere. Errors are in units in the last place (ulp) of float64, as measured
 * in test/kernels/math.test.ts; a float32 result is off by no more than its own rounding. NaN gives NaN, and zeros,
 * infinities and values out of range give what Math gives, except where it is said.
 */
const ln2High = 0.6931471803691238; // its last 21 bits are zero, so that multiples up to 2^20 are exact
const ln2Low = 1.9082149292705877e-10;

/** powersOfTwo[i + 1074] = 2^i, all that float64 has. */
const powersOfTwo = new Float64Array(1074 + 1024);
for (let i = 0, power = 1; i < 1024; i++, power *= 2) powersOfTwo[1074 + i] = power;
for (let i = -1, power = 0.5; i >= -1074; i--, power /= 2) powersOfTwo[1074 + i] = power;

/** e^x, within 1 ulp (2 where the result is subnormal). */
export function exp(x: number): number {
  if (x > -708 && x < 709) {
    const k = Math.floor(x * Math.LOG2E + 0.5);
    return (1 + expm1Series(x - k * ln2High - k * ln2Low)) * powersOfTwo[(k | 0) + 1074]!;
  }
  return extremeExp(x);
}

/** e^x near the ends of float64 and beyond: 2^k comes in two factors, since alone it can lie outside. */
function extremeExp(x: number): number {
  if (!(x > -746)) return x <= -746 ? 0 : Number.NaN;
  if (x > 710) return Number.POSITIVE_INFINITY;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const half = Math.floor(k / 2);
  const scaled = (1 + expm1Series(x - k * ln2High - k * ln2Low)) * powersOfTwo[half + 1074]!;
  return scaled * powersOfTwo[k - half + 1074]!;
}

/** e^x - 1, without the loss of digits near 0; within 4 ulp. */
export function expm1(x: number): number {
  if (x > -0.35 && x < 0.35) return x === 0 ? x : expm1Series(x);
  return exp(x) - 1;
}

/** e^r - 1 for |r| <= 0.35: its Taylor series to r^13, paired so that the processor can work on the parts at once. */
function expm1Series(r: number): number {
  const z = r * r;
  const low = 1 / 2 + r * (1 / 6) + z * (1 / 24 + r * (1 / 120));
  const middle = 1 / 720 + r * (1 / 5040) + z * (1 / 40320 + r * (1 / 362880));
  const high = 1 / 3628800 + r * (1 / 39916800) + z * (1 / 479001600 + r * (1 / 6227020800));
  const fourth = z * z;
  return r + z * (low + fourth * (middle + fourth * high));
}

const word = new Float64Array(1);
const halves = new Int32Array(word.buffer); // little-endian, as every engine's processor: the high half is the second

/** Natural logarithm, within 1 ulp. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  // Subnormal numbers carry no exponent of their own.
  return x < 2.2250738585072014e-308 ? logOfNormal(x * 18014398509481984, -54) : logOfNormal(x, 0);
}

/** log(x 2^extra). The mantissa is brought to sqrt(1/2) ... sqrt(2), where the series is shortest. */
function logOfNormal(x: number, extra: number): number {
  word[0] = x;
  const exponent = ((halves[1]! + 0x95f64) >> 20) - 1023;
  const k = exponent + extra;
  const f = x * powersOfTwo[1074 - exponent]! - 1;
  return k * ln2High + (log1pSeries(f) + k * ln2Low);
}

/** log(1 + x), without the loss of digits near 0; within 2 ulp. */
export function log1p(x: number): number {
  if (x > -0.29 && x < 0.41) return log1pSeries(x);
  const sum = 1 + x;
  return sum > 0 && sum < Number.POSITIVE_INFINITY ? log(sum) + (x - (sum - 1)) / sum : log(sum);
}

/** log(1 + f) = 2 artanh(s), s = f / (2 + f), for sqrt(1/2) - 1 <= f <= sqrt(2) - 1: its series to s^21. */
function log1pSeries(f: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const fourth = z * z;
  const low = 2 / 3 + z * (2 / 5) + fourth * (2 / 7 + z * (2 / 9));
  const high = 2 / 11 + z * (2 / 13) + fourth * (2 / 15 + z * (2 / 17) + fourth * (2 / 19 + z * (2 / 21)));
  // 2 s = f - s f, which keeps the digits of f.
  return f - s * (f - z * (low + fourth * fourth * high));
}

/** x^y for x > 0, with a relative error of at most (1 + |y log x|) 2^-52. */
export function pow(x: number, y: number): number {
  return y === 0 ? 1 : exp(y * log(x));
}

/**
 * base^exponent as in NumPy: whole exponents up to 1024 by repeated squaring, others through the logarithm; NaN for a
 * negative base with a fraction.
 */
export function power(base: number, exponent: number): number {
  if (!Number.isInteger(exponent) || Math.abs(exponent) > 1024) {
    return base === 0 ? (exponent > 0 ? 0 : Number.POSITIVE_INFINITY) : pow(base, exponent);
  }
  let result = 1;
  let square = base;
  for (let rest = Math.abs(exponent); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return exponent < 0 ? 1 / result : result;
}

/** Within 3 ulp. */
export function tanh(x: number): number {
  if (x > 20) return 1;
  if (x < -20) return -1;
  const e = expm1(2 * x);
  return e / (e + 2);
}

/** 1 / (1 + e^-x), within 2 ulp; 0 below -709.78, where it would be subnormal. */
export function sigmoid(x: number): number {
  return 1 / (1 + exp(-x));
}

/** The error function 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x; within 2 ulp. */
export function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude < 1) return x * erfSeries(x * x);
  // erfc(6) is less than half an ulp of 1.
  const rest = magnitude < 6 ? exp(-x * x) * erfcxSeries((magnitude - 3) / (magnitude + 3)) : 0;
  return x < 0 ? rest - 1 : x > 0 ? 1 - rest : Number.NaN;
}

/** erf(x) / x for z = x^2 < 1: its Taylor series, whose terms are 2 / sqrt(pi) (-z)^n / (n! (2n + 1)). */
function erfSeries(z: number): number {
  let sum = 0;
  for (let n = erfTerms.length - 1; n >= 0; n--) sum = erfTerms[n]! - z * sum;
  return sum;
}

const erfTerms: number[] = [];
for (let n = 0, factorial = 1; n < 19; n++, factorial *= n) {
  erfTerms.push(2 / (Math.sqrt(Math.PI) * factorial * (2 * n + 1)));
}

/**
 * e^(x^2) erfc(x) for 1 <= x <= 6 and u = (x - 3) / (x + 3), interpolated at 15 Chebyshev nodes; times e^(-x^2) it is
 * within 4e-18 of erfc.
 */
function erfcxSeries(u: number): number {
  let sum = 0;
  for (let n = erfcxTerms.length - 1; n >= 0; n--) sum = erfcxTerms[n]! + u * sum;
  return sum;
}

const erfcxTerms = [
  0.17900115118138996, -0.32623356004303716, 0.24560380171233193, -0.15011593650078744, 0.07166583719774874,
  -0.024392499318273194, 0.004269136347508256, 0.0007077464443901538, -0.0005970623517093284, 4.525472635483354e-5,
  6.406182073530546e-5, -1.284889451252353e-5, -8.008021319412685e-6, 2.0236031796417564e-6, 1.2801900862962662e-6,
];

const halfPiHigh = 1.5707963267341256; // its last 20 bits are zero
const halfPiLow = 6.077100506506192e-11;

/** cos x for |x| up to 10^5, within 2^-52 of it. */
export function cos(x: number): number {
  const quarters = Math.floor(x / (halfPiHigh + halfPiLow) + 0.5);
  const r = x - quarters * halfPiHigh - quarters * halfPiLow;
  const z = r * r;
  const value = (quarters & 1) === 0 ? cosineSeries(z) : r * sineSeries(z);
  return ((quarters + 1) & 2) === 0 ? value : -value;
}

/** cos(2 pi x). */
export function cosOfTurns(x: number): number {
  return cos(2 * Math.PI * x);
}

/** cos r for z = r^2, |r| <= pi / 4. */
function cosineSeries(z: number): number {
  const tail = 1 / 40320 - z * (1 / 3628800 - z * (1 / 479001600 - z * (1 / 87178291200 - z * (1 / 20922789888000))));
  return 1 - z * (1 / 2 - z * (1 / 24 - z * (1 / 720 - z * tail)));
}

/** sin(r) / r for z = r^2, |r| <= pi / 4. */
function sineSeries(z: number): number {
  const tail = 1 / 362880 - z * (1 / 39916800 - z * (1 / 6227020800 - z * (1 / 1307674368000)));
  return 1 - z * (1 / 6 - z * (1 / 120 - z * (1 / 5040 - z * tail)));
}

/** x, but at least `low`; NaN stays NaN. */
export function atLeast(x: number, low: number): number {
  return x < low ? low : x;
}

/** x, but at most `high`; NaN stays NaN. */
export function atMost(x: number, high: number): number {
  return x > high ? high : x;
}
