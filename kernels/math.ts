/**
 * Elementary functions from exact operations alone: engines differ in the last bits of Math.exp and its kin, and the
 * same seed has to give the same bits everywhere. Errors are measured in test/kernels/math.test.ts, in units in the
 * last place (ulp) of float64; a float32 result is off by no more than its own rounding.
 */
const ln2High = 0.6931471803691238; // its last 21 bits are zero, so that multiples up to 2^20 are exact
const ln2Low = 1.9082149292705877e-10;

/** powersOfTwo[i + 1074] = 2^i, all that float64 has. */
const powersOfTwo = new Float64Array(1074 + 1024);
for (let i = 0, power = 1; i < 1024; i++, power *= 2) powersOfTwo[1074 + i] = power;
for (let i = -1, power = 0.5; i >= -1074; i--, power /= 2) powersOfTwo[1074 + i] = power;

/** e^x, within 1 ulp. 0 below -745.14, Infinity above 709.78, NaN for NaN. */
export function exp(x: number): number {
  if (!(x > -746)) return x <= -746 ? 0 : Number.NaN;
  if (x > 710) return Number.POSITIVE_INFINITY;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const r = x - k * ln2High - k * ln2Low;
  // Two factors, since 2^k alone can lie outside float64 where the product does not.
  const half = k >> 1;
  return (1 + expm1Series(r)) * powersOfTwo[half + 1074]! * powersOfTwo[k - half + 1074]!;
}

/** e^x - 1, without the loss of digits near 0; within 4 ulp. */
export function expm1(x: number): number {
  return x > -0.35 && x < 0.35 ? expm1Series(x) : exp(x) - 1;
}

/** e^r - 1 for |r| <= 0.35, by its Taylor series to r^13. */
function expm1Series(r: number): number {
  const tail =
    1 / 120 +
    r *
      (1 / 720 +
        r *
          (1 / 5040 +
            r *
              (1 / 40320 +
                r *
                  (1 / 362880 + r * (1 / 3628800 + r * (1 / 39916800 + r * (1 / 479001600 + r * (1 / 6227020800))))))));
  return r + r * r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * tail)));
}

const word = new Float64Array(1);
const halves = new Int32Array(word.buffer);

/** Natural logarithm, within 2 ulp. -Infinity for 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let exponent = 0;
  if (x < 2.2250738585072014e-308) {
    // Subnormal numbers carry no exponent of their own.
    x *= 18014398509481984;
    exponent = -54;
  }
  word[0] = x;
  const high = halves[1]!;
  // The mantissa is brought to sqrt(1/2) ... sqrt(2), where the series is shortest.
  const shift = ((high & 0xfffff) + 0x95f64) & 0x100000;
  halves[1] = (high & 0xfffff) | (shift ^ 0x3ff00000);
  exponent += (high >> 20) - 1023 + (shift >> 20);
  const f = word[0]! - 1;
  return exponent * ln2High + (log1pSeries(f) + exponent * ln2Low);
}

/** log(1 + x), without the loss of digits near 0; within 2 ulp. */
export function log1p(x: number): number {
  if (x > -0.29 && x < 0.41) return log1pSeries(x);
  const sum = 1 + x;
  return sum > 0 && sum < Number.POSITIVE_INFINITY ? log(sum) + (x - (sum - 1)) / sum : log(sum);
}

/** log(1 + f) = 2 artanh(s), s = f / (2 + f), for sqrt(1/2) - 1 <= f <= sqrt(2) - 1. */
function log1pSeries(f: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const tail =
    z *
    (2 / 3 +
      z *
        (2 / 5 +
          z *
            (2 / 7 +
              z *
                (2 / 9 +
                  z *
                    (2 / 11 +
                      z * (2 / 13 + z * (2 / 15 + z * (2 / 17 + z * (2 / 19 + z * (2 / 21 + z * (2 / 23)))))))))));
  // 2 s = f - s f, which keeps the digits of f.
  return f - s * (f - tail);
}

/** x^y for x > 0, with a relative error of about |y log x| ulp. */
export function pow(x: number, y: number): number {
  return exp(y * log(x));
}

/** Within 4 ulp. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size > 20) return x > 0 ? 1 : -1;
  const e = expm1(2 * size);
  const y = e / (e + 2);
  return x < 0 ? -y : y;
}

/** 1 / (1 + e^-x), within 3 ulp. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

const halfPiHigh = 1.5707963267341256; // its last 20 bits are zero
const halfPiLow = 6.077100506506192e-11;

/** cos(x) for |x| up to 10^5, within 2 ulp of 1. */
export function cos(x: number): number {
  const quarter = Math.floor(x / (halfPiHigh + halfPiLow) + 0.5);
  const r = x - quarter * halfPiHigh - quarter * halfPiLow;
  const z = r * r;
  const isSine = (quarter & 1) === 1;
  const value = isSine ? r * sineSeries(z) : cosineSeries(z);
  return ((quarter + 1) & 2) === 0 ? value : -value;
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
