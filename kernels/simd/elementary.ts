/**
 * Elementary functions of four float32, from exact operations alone, so that every engine gives the same bits. Errors
 * are in units in the last place (ulp) of float32, as measured in test/kernels/elementary.test.ts. NaN gives NaN.
 */

/**
 * The constants lie in memory, in front of all operands: a load that fills all lanes is one instruction, where V8 takes
 * three for a constant, at each of its uses.
 */
const table: usize = memory.data<f32>(
  [
    // exp: log2(e); 1.5 * 2^23, which rounds to a whole number; log(2) in two parts, the first of 9 bits; the ends.
    1.44269504, 12582912, 0.693359375, -2.1219444e-4, -104, 89,
    // (e^r - 1 - r) / r^2 for |r| <= log(2) / 2, interpolated at six Chebyshev nodes; within 5e-10 of e^r - 1.
    0.50000000135, 0.166666666817, 0.041666464602, 0.00833331088958, 0.00139336858626, 0.000198910306544,
    // expm1: from there on it is -1. And 1, 2.
    -18, 1, 2,
    // log: the smallest normal number, 2^23, 23.
    1.17549435e-38, 8388608, 23,
    // (log((1 + s) / (1 - s)) / s - 2) / s^2 as a polynomial of s^2, at three Chebyshev nodes; within 3e-9 of log.
    0.666666850396, 0.39988780566, 0.29579949392,
    // erf: from there on it is 1; -log(1 - erf x) / x - 1 for 0 <= x <= 4, fitted so that erf is within 4e-9 of itself.
    4, 0.128379167, 0.636619382, 0.10277783, -0.0191530621, -0.000160399743, 0.00166703144, -0.000632839183,
    0.000117641965, -9.25634719e-6,
  ],
  16,
);
/** 254 and 127 less the bits of 1.5 * 2^23; the bits of sqrt(1/2); those of infinity and of -infinity; of the sign; 1. */
const words: usize = memory.data<i32>(
  [254 - 0x4b400000, 127 - 0x4b400000, 0x3f3504f3, 0x7f800000, 0xff800000, 0x80000000, 1],
  16,
);

/** cosOfTurns: 4, 1/4, 2 pi; the series of cos r to r^8 and of sin r to r^7 for |r| <= pi / 4. */
const turns: usize = memory.data<f32>(
  [
    4, 0.25, 6.2831855,
    // cos r = 1 - r^2 (1/2 - r^2 (1/24 - r^2/720 + r^4/40320))
    2.4801587e-5, -1.3888889e-3, 0.041666668, 0.5,
    // sin r = r + r^3 (-1/6 + r^2/120 - r^4/5040)
    -1.984127e-4, 8.3333333e-3, 0.16666667,
  ],
  16,
);

/** Where the memory begins that kernels do not need for their constants. */
export function constantsEnd(): usize {
  return __heap_base;
}

export class Elementary {
  /** e^x = 2^n e^r; within 1 ulp. The power of two comes in two factors, since alone it can lie outside. */
  @inline
  static exp(x: v128): v128 {
    const inside = f32x4.pmin(f32x4.pmax(x, v128.load32_splat(table, 16)), v128.load32_splat(table, 20));
    const shifted = f32x4.add(f32x4.mul(inside, v128.load32_splat(table)), v128.load32_splat(table, 4));
    const sum = f32x4.add(Elementary.expm1Series(inside, shifted), v128.load32_splat(table, 52));
    const exponent = i32x4.add(shifted, v128.load32_splat(words));
    const half = i32x4.shr_u(exponent, 1);
    const first = i32x4.shl(half, 23);
    const second = i32x4.shl(i32x4.sub(exponent, half), 23);
    return f32x4.mul(f32x4.mul(sum, first), second);
  }

  /** e^x - 1 for x <= 0, without the loss of digits near 0; within 1 ulp. */
  @inline
  static expm1(x: v128): v128 {
    const inside = f32x4.pmax(x, v128.load32_splat(table, 48));
    const shifted = f32x4.add(f32x4.mul(inside, v128.load32_splat(table)), v128.load32_splat(table, 4));
    const series = Elementary.expm1Series(inside, shifted);
    const power = i32x4.shl(i32x4.add(shifted, v128.load32_splat(words, 4)), 23);
    return f32x4.add(f32x4.mul(power, series), f32x4.sub(power, v128.load32_splat(table, 52)));
  }

  /** e^r - 1 for r = x - n log(2), `shifted` being n + 1.5 * 2^23. */
  @inline
  static expm1Series(x: v128, shifted: v128): v128 {
    const n = f32x4.sub(shifted, v128.load32_splat(table, 4));
    const high = f32x4.sub(x, f32x4.mul(n, v128.load32_splat(table, 8)));
    const r = f32x4.sub(high, f32x4.mul(n, v128.load32_splat(table, 12)));
    let p = f32x4.add(f32x4.mul(r, v128.load32_splat(table, 44)), v128.load32_splat(table, 40));
    p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(table, 36));
    p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(table, 32));
    p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(table, 28));
    p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(table, 24));
    return f32x4.add(r, f32x4.mul(f32x4.mul(r, r), p));
  }

  /** Natural logarithm, within 1 ulp; -Infinity at 0 and NaN below. The mantissa is brought to sqrt(1/2) ... sqrt(2). */
  @inline
  static log(x: v128): v128 {
    const one = v128.load32_splat(table, 52);
    // Subnormal numbers carry no exponent of their own.
    const isSmall = f32x4.lt(x, v128.load32_splat(table, 60));
    const normal = v128.bitselect(f32x4.mul(x, v128.load32_splat(table, 64)), x, isSmall);
    const exponent = i32x4.shr_s(i32x4.sub(normal, v128.load32_splat(words, 8)), 23);
    const f = f32x4.sub(i32x4.sub(normal, i32x4.shl(exponent, 23)), one);
    const n = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(isSmall, v128.load32_splat(table, 68)));
    // log(1 + f) = f - s (f - R) with s = f / (2 + f), which keeps the digits of f.
    const s = f32x4.div(f, f32x4.add(f, v128.load32_splat(table, 56)));
    const z = f32x4.mul(s, s);
    let p = f32x4.add(f32x4.mul(z, v128.load32_splat(table, 80)), v128.load32_splat(table, 76));
    p = f32x4.add(f32x4.mul(p, z), v128.load32_splat(table, 72));
    const rest = f32x4.mul(s, f32x4.sub(f, f32x4.mul(z, p)));
    const low = f32x4.sub(f32x4.mul(n, v128.load32_splat(table, 12)), rest);
    const value = f32x4.add(f32x4.mul(n, v128.load32_splat(table, 8)), f32x4.add(f, low));
    // Infinity and NaN are what they were; all bits of a lane are a NaN.
    const infinity = v128.load32_splat(words, 12);
    const finite = v128.bitselect(value, x, f32x4.lt(x, infinity));
    const zero = f32x4.sub(one, one);
    const positive = v128.bitselect(v128.load32_splat(words, 16), finite, f32x4.eq(x, zero));
    return v128.or(positive, f32x4.lt(x, zero));
  }

  /**
   * a^b through the logarithm of |a|, with a relative error of (2 + 2 |b log a|) 2^-24; NaN for a negative a and a
   * fraction b, 1 for b = 0 and for a = 1.
   */
  @inline
  static pow(a: v128, b: v128): v128 {
    const one = v128.load32_splat(table, 52);
    const zero = f32x4.sub(one, one);
    const magnitude = Elementary.exp(f32x4.mul(b, Elementary.log(f32x4.abs(a))));
    // From 2^24 on all numbers are even.
    const isSmall = f32x4.lt(f32x4.abs(f32x4.div(b, v128.load32_splat(table, 56))), v128.load32_splat(table, 64));
    const whole = i32x4.trunc_sat_f32x4_s(b);
    // The sign of a goes to the result where b is odd: its last bit becomes the sign bit.
    const sign = v128.and(v128.and(a, i32x4.shl(whole, 31)), isSmall);
    const isLost = v128.and(v128.and(f32x4.lt(a, zero), isSmall), f32x4.ne(b, f32x4.convert_i32x4_s(whole)));
    const power = v128.or(v128.xor(magnitude, sign), isLost);
    return v128.bitselect(one, power, v128.or(f32x4.eq(b, zero), f32x4.eq(a, one)));
  }

  /** cos(2 pi x) for |x| <= 1000, within 1e-7. The rest of x after quarters of a turn is exact. */
  @inline
  static cosOfTurns(x: v128): v128 {
    const one = v128.load32_splat(table, 52);
    const quarters = f32x4.nearest(f32x4.mul(x, v128.load32_splat(turns)));
    const rest = f32x4.sub(x, f32x4.mul(quarters, v128.load32_splat(turns, 4)));
    const r = f32x4.mul(rest, v128.load32_splat(turns, 8));
    const z = f32x4.mul(r, r);
    let cos = f32x4.add(f32x4.mul(z, v128.load32_splat(turns, 12)), v128.load32_splat(turns, 16));
    cos = f32x4.add(f32x4.mul(cos, z), v128.load32_splat(turns, 20));
    cos = f32x4.sub(one, f32x4.mul(z, f32x4.sub(v128.load32_splat(turns, 24), f32x4.mul(z, cos))));
    let sin = f32x4.add(f32x4.mul(z, v128.load32_splat(turns, 28)), v128.load32_splat(turns, 32));
    sin = f32x4.sub(f32x4.mul(sin, z), v128.load32_splat(turns, 36));
    sin = f32x4.add(r, f32x4.mul(f32x4.mul(r, z), sin));
    const count = i32x4.trunc_sat_f32x4_s(quarters);
    const value = v128.bitselect(sin, cos, i32x4.shr_s(i32x4.shl(count, 31), 31));
    // The sign bit is the second bit of the number of quarters and one.
    const sign = i32x4.shl(i32x4.shr_u(i32x4.add(count, v128.load32_splat(words, 24)), 1), 31);
    return v128.xor(value, sign);
  }

  /** log(1 + x), without the loss of digits near 0; within 2 ulp, with the ends and the signs of zero of Math.log1p. */
  @inline
  static log1p(x: v128): v128 {
    const one = v128.load32_splat(table, 52);
    const sum = f32x4.add(x, one);
    // What the sum has lost. At -1 and at infinity this is NaN and the logarithm alone is right.
    const rest = f32x4.div(f32x4.sub(x, f32x4.sub(sum, one)), sum);
    const value = f32x4.add(Elementary.log(sum), v128.and(rest, f32x4.eq(rest, rest)));
    return v128.or(value, v128.and(x, v128.load32_splat(words, 20)));
  }

  /** erf |x| = 1 - e^(-|x| - |x| q(|x|)) with a polynomial q; expm1 keeps the digits near 0. Within 2 ulp. */
  @inline
  static erf(x: v128): v128 {
    const t = f32x4.pmin(f32x4.abs(x), v128.load32_splat(table, 84));
    let q = f32x4.add(f32x4.mul(t, v128.load32_splat(table, 120)), v128.load32_splat(table, 116));
    q = f32x4.add(f32x4.mul(q, t), v128.load32_splat(table, 112));
    q = f32x4.add(f32x4.mul(q, t), v128.load32_splat(table, 108));
    q = f32x4.add(f32x4.mul(q, t), v128.load32_splat(table, 104));
    q = f32x4.add(f32x4.mul(q, t), v128.load32_splat(table, 100));
    q = f32x4.add(f32x4.mul(q, t), v128.load32_splat(table, 96));
    q = f32x4.add(f32x4.mul(q, t), v128.load32_splat(table, 92));
    q = f32x4.add(f32x4.mul(q, t), v128.load32_splat(table, 88));
    const magnitude = f32x4.abs(Elementary.expm1(f32x4.neg(f32x4.add(t, f32x4.mul(t, q)))));
    return v128.or(magnitude, v128.and(x, v128.load32_splat(words, 20)));
  }

  /** tanh |x| = -e / (2 + e) with e = e^(-2 |x|) - 1; within 2.5 ulp. */
  @inline
  static tanh(x: v128): v128 {
    const sign = v128.load32_splat(words, 20);
    const magnitude = f32x4.abs(x);
    const e = Elementary.expm1(f32x4.neg(f32x4.add(magnitude, magnitude)));
    const ratio = f32x4.div(e, f32x4.add(e, v128.load32_splat(table, 56)));
    return v128.xor(f32x4.abs(ratio), v128.and(x, sign));
  }

  /** 1 / (1 + e^-x), for x < 0 as e^x / (1 + e^x), which does not overflow; within 2.5 ulp. */
  @inline
  static sigmoid(x: v128): v128 {
    const one = v128.load32_splat(table, 52);
    const e = Elementary.exp(f32x4.neg(f32x4.abs(x)));
    // The sign decides: it is all that is asked of x.
    const numerator = v128.bitselect(e, one, i32x4.shr_s(x, 31));
    return f32x4.div(numerator, f32x4.add(one, e));
  }
}
