/**
 * The one-dimensional transforms of Winograd's minimal filtering F(4, 3) and F(4, 5), for correlation with a filter of
 * 3 or 5 taps in pieces of 4 outputs: tiles of 6 at the points 0, +-1, +-2 and infinity, and tiles of 8 with
 * +-1/2 besides (Lavin and Gray 2016, "Fast algorithms for convolutional neural networks"; the construction is that of
 * Toom and Cook). With the same points, a filter gradient is F(3, 4) or F(5, 4): the filter's role is played by four
 * elements of dy.
 *
 * A line is a number of elements `step` bytes apart, each of them a pair of vectors: 8 channels. All loads stand before
 * all stores, and stores come in pairs, so that pairs can be fused into vectors of 256 bits.
 */

/** a + x b. */
function plus(a: v128, x: f32, b: v128): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.splat(x), b));
}

/** x (a + b). */
function scaledSum(x: f32, a: v128, b: v128): v128 {
  return f32x4.mul(f32x4.splat(x), f32x4.add(a, b));
}

function times(x: f32, a: v128): v128 {
  return f32x4.mul(f32x4.splat(x), a);
}

function storePair(to: usize, a: v128, b: v128): void {
  v128.store(to, a);
  v128.store(to, b, 16);
}

/** Stores the sum and the difference of an even and an odd part: the values at the points x and -x. */
function storeBoth(to: usize, step: usize, even: v128, evenB: v128, odd: v128, oddB: v128): void {
  storePair(to, f32x4.add(even, odd), f32x4.add(evenB, oddB));
  storePair(to + step, f32x4.sub(even, odd), f32x4.sub(evenB, oddB));
}

/** Six elements of the input -> six points. */
export function inputLine6(from: usize, step: usize, to: usize, toStep: usize): void {
  const a0 = v128.load(from);
  const b0 = v128.load(from, 16);
  const a1 = v128.load(from + step);
  const b1 = v128.load(from + step, 16);
  const a2 = v128.load(from + 2 * step);
  const b2 = v128.load(from + 2 * step, 16);
  const a3 = v128.load(from + 3 * step);
  const b3 = v128.load(from + 3 * step, 16);
  const a4 = v128.load(from + 4 * step);
  const b4 = v128.load(from + 4 * step, 16);
  const a5 = v128.load(from + 5 * step);
  const b5 = v128.load(from + 5 * step, 16);
  storePair(to, plus(plus(a4, 4, a0), -5, a2), plus(plus(b4, 4, b0), -5, b2));
  storeBoth(to + toStep, toStep, plus(a4, -4, a2), plus(b4, -4, b2), plus(a3, -4, a1), plus(b3, -4, b1));
  storeBoth(
    to + 3 * toStep,
    toStep,
    f32x4.sub(a4, a2),
    f32x4.sub(b4, b2),
    times(2, f32x4.sub(a3, a1)),
    times(2, f32x4.sub(b3, b1)),
  );
  storePair(to + 5 * toStep, plus(plus(a5, 4, a1), -5, a3), plus(plus(b5, 4, b1), -5, b3));
}

/** Eight elements of the input -> eight points. */
export function inputLine8(from: usize, step: usize, to: usize, toStep: usize): void {
  const a0 = v128.load(from);
  const b0 = v128.load(from, 16);
  const a1 = v128.load(from + step);
  const b1 = v128.load(from + step, 16);
  const a2 = v128.load(from + 2 * step);
  const b2 = v128.load(from + 2 * step, 16);
  const a3 = v128.load(from + 3 * step);
  const b3 = v128.load(from + 3 * step, 16);
  const a4 = v128.load(from + 4 * step);
  const b4 = v128.load(from + 4 * step, 16);
  const a5 = v128.load(from + 5 * step);
  const b5 = v128.load(from + 5 * step, 16);
  const a6 = v128.load(from + 6 * step);
  const b6 = v128.load(from + 6 * step, 16);
  const a7 = v128.load(from + 7 * step);
  const b7 = v128.load(from + 7 * step, 16);
  const end = to + 7 * toStep;
  storePair(to, plus(f32x4.sub(a0, a6), 5.25, f32x4.sub(a4, a2)), plus(f32x4.sub(b0, b6), 5.25, f32x4.sub(b4, b2)));
  to += toStep;
  storeBoth(
    to,
    toStep,
    plus(f32x4.add(a2, a6), -4.25, a4),
    plus(f32x4.add(b2, b6), -4.25, b4),
    plus(f32x4.add(a1, a5), -4.25, a3),
    plus(f32x4.add(b1, b5), -4.25, b3),
  );
  to += 2 * toStep;
  storeBoth(
    to,
    toStep,
    plus(plus(a6, 0.25, a2), -1.25, a4),
    plus(plus(b6, 0.25, b2), -1.25, b4),
    plus(plus(times(0.5, a1), -2.5, a3), 2, a5),
    plus(plus(times(0.5, b1), -2.5, b3), 2, b5),
  );
  to += 2 * toStep;
  storeBoth(
    to,
    toStep,
    plus(plus(a6, 4, a2), -5, a4),
    plus(plus(b6, 4, b2), -5, b4),
    plus(plus(times(2, a1), -2.5, a3), 0.5, a5),
    plus(plus(times(2, b1), -2.5, b3), 0.5, b5),
  );
  storePair(end, plus(f32x4.sub(a7, a1), 5.25, f32x4.sub(a3, a5)), plus(f32x4.sub(b7, b1), 5.25, f32x4.sub(b3, b5)));
}

/**
 * Up to five coefficients -> the values of their polynomial at the points of a tile, divided by the products of the
 * differences of the points: a filter, or, with four, a piece of dy. The tile is 6 for 3 coefficients; for 4, either.
 */
export function polynomialLine6(from: usize, step: usize, count: i32, to: usize, toStep: usize): void {
  const a0 = v128.load(from);
  const b0 = v128.load(from, 16);
  const a1 = v128.load(from + step);
  const b1 = v128.load(from + step, 16);
  const a2 = v128.load(from + 2 * step);
  const b2 = v128.load(from + 2 * step, 16);
  let a3 = f32x4.splat(0);
  let b3 = a3;
  if (count > 3) {
    a3 = v128.load(from + 3 * step);
    b3 = v128.load(from + 3 * step, 16);
  }
  const third: f32 = 1.0 / 3.0;
  const sixth: f32 = 1.0 / 6.0;
  storePair(to, times(0.25, a0), times(0.25, b0));
  storeBoth(
    to + toStep,
    toStep,
    scaledSum(-sixth, a0, a2),
    scaledSum(-sixth, b0, b2),
    scaledSum(-sixth, a1, a3),
    scaledSum(-sixth, b1, b3),
  );
  storeBoth(
    to + 3 * toStep,
    toStep,
    times(sixth, plus(a2, 0.25, a0)),
    times(sixth, plus(b2, 0.25, b0)),
    times(third, plus(a3, 0.25, a1)),
    times(third, plus(b3, 0.25, b1)),
  );
  if (count > 3) storePair(to + 5 * toStep, a3, b3);
  else storePair(to + 5 * toStep, a2, b2);
}

/** The same for tiles of 8: 4 or 5 coefficients. */
export function polynomialLine8(from: usize, step: usize, count: i32, to: usize, toStep: usize): void {
  const a0 = v128.load(from);
  const b0 = v128.load(from, 16);
  const a1 = v128.load(from + step);
  const b1 = v128.load(from + step, 16);
  const a2 = v128.load(from + 2 * step);
  const b2 = v128.load(from + 2 * step, 16);
  const a3 = v128.load(from + 3 * step);
  const b3 = v128.load(from + 3 * step, 16);
  let a4 = f32x4.splat(0);
  let b4 = a4;
  if (count > 4) {
    a4 = v128.load(from + 4 * step);
    b4 = v128.load(from + 4 * step, 16);
  }
  const end = to + 7 * toStep;
  storePair(to, a0, b0);
  to += toStep;
  const one: f32 = -2.0 / 9.0;
  storeBoth(
    to,
    toStep,
    scaledSum(one, f32x4.add(a0, a2), a4),
    scaledSum(one, f32x4.add(b0, b2), b4),
    scaledSum(one, a1, a3),
    scaledSum(one, b1, b3),
  );
  to += 2 * toStep;
  const two: f32 = 1.0 / 90.0;
  storeBoth(
    to,
    toStep,
    times(two, plus(plus(a0, 4, a2), 16, a4)),
    times(two, plus(plus(b0, 4, b2), 16, b4)),
    times(two, plus(times(2, a1), 8, a3)),
    times(two, plus(times(2, b1), 8, b3)),
  );
  to += 2 * toStep;
  const half: f32 = 32.0 / 45.0;
  storeBoth(
    to,
    toStep,
    times(half, plus(plus(a0, 0.25, a2), 0.0625, a4)),
    times(half, plus(plus(b0, 0.25, b2), 0.0625, b4)),
    times(half, plus(times(0.5, a1), 0.125, a3)),
    times(half, plus(times(0.5, b1), 0.125, b3)),
  );
  if (count > 4) storePair(end, a4, b4);
  else storePair(end, a3, b3);
}

/** Points of a tile of 6 -> `count` (3 or 4) results. */
export function resultLine6(from: usize, step: usize, count: i32, to: usize, toStep: usize): void {
  const a0 = v128.load(from);
  const b0 = v128.load(from, 16);
  const a1 = v128.load(from + step);
  const b1 = v128.load(from + step, 16);
  const a2 = v128.load(from + 2 * step);
  const b2 = v128.load(from + 2 * step, 16);
  const a3 = v128.load(from + 3 * step);
  const b3 = v128.load(from + 3 * step, 16);
  const a4 = v128.load(from + 4 * step);
  const b4 = v128.load(from + 4 * step, 16);
  const a5 = v128.load(from + 5 * step);
  const b5 = v128.load(from + 5 * step, 16);
  const as1 = f32x4.add(a1, a2);
  const bs1 = f32x4.add(b1, b2);
  const ad1 = f32x4.sub(a1, a2);
  const bd1 = f32x4.sub(b1, b2);
  const as2 = f32x4.add(a3, a4);
  const bs2 = f32x4.add(b3, b4);
  const ad2 = f32x4.sub(a3, a4);
  const bd2 = f32x4.sub(b3, b4);
  storePair(to, f32x4.add(f32x4.add(a0, as1), as2), f32x4.add(f32x4.add(b0, bs1), bs2));
  storePair(to + toStep, plus(ad1, 2, ad2), plus(bd1, 2, bd2));
  const a = plus(as1, 4, as2);
  const b = plus(bs1, 4, bs2);
  if (count === 3) {
    storePair(to + 2 * toStep, f32x4.add(a, a5), f32x4.add(b, b5));
  } else {
    storePair(to + 2 * toStep, a, b);
    storePair(to + 3 * toStep, f32x4.add(plus(ad1, 8, ad2), a5), f32x4.add(plus(bd1, 8, bd2), b5));
  }
}

/** Points of a tile of 8 -> `count` (4 or 5) results. */
export function resultLine8(from: usize, step: usize, count: i32, to: usize, toStep: usize): void {
  const a0 = v128.load(from);
  const b0 = v128.load(from, 16);
  const a1 = v128.load(from + step);
  const b1 = v128.load(from + step, 16);
  const a2 = v128.load(from + 2 * step);
  const b2 = v128.load(from + 2 * step, 16);
  const a3 = v128.load(from + 3 * step);
  const b3 = v128.load(from + 3 * step, 16);
  const a4 = v128.load(from + 4 * step);
  const b4 = v128.load(from + 4 * step, 16);
  const a5 = v128.load(from + 5 * step);
  const b5 = v128.load(from + 5 * step, 16);
  const a6 = v128.load(from + 6 * step);
  const b6 = v128.load(from + 6 * step, 16);
  const a7 = v128.load(from + 7 * step);
  const b7 = v128.load(from + 7 * step, 16);
  const as1 = f32x4.add(a1, a2);
  const bs1 = f32x4.add(b1, b2);
  const as2 = f32x4.add(a3, a4);
  const bs2 = f32x4.add(b3, b4);
  const as3 = f32x4.add(a5, a6);
  const bs3 = f32x4.add(b5, b6);
  const ad1 = f32x4.sub(a1, a2);
  const bd1 = f32x4.sub(b1, b2);
  const ad2 = f32x4.sub(a3, a4);
  const bd2 = f32x4.sub(b3, b4);
  const ad3 = f32x4.sub(a5, a6);
  const bd3 = f32x4.sub(b5, b6);
  storePair(to, f32x4.add(f32x4.add(a0, as1), f32x4.add(as2, as3)), f32x4.add(f32x4.add(b0, bs1), f32x4.add(bs2, bs3)));
  storePair(to + toStep, plus(plus(ad1, 2, ad2), 0.5, ad3), plus(plus(bd1, 2, bd2), 0.5, bd3));
  storePair(to + 2 * toStep, plus(plus(as1, 4, as2), 0.25, as3), plus(plus(bs1, 4, bs2), 0.25, bs3));
  const a = plus(plus(ad1, 8, ad2), 0.125, ad3);
  const b = plus(plus(bd1, 8, bd2), 0.125, bd3);
  if (count === 4) {
    storePair(to + 3 * toStep, f32x4.add(a, a7), f32x4.add(b, b7));
  } else {
    storePair(to + 3 * toStep, a, b);
    const a4th = plus(plus(as1, 16, as2), 0.0625, as3);
    const b4th = plus(plus(bs1, 16, bs2), 0.0625, bs3);
    storePair(to + 4 * toStep, f32x4.add(a4th, a7), f32x4.add(b4th, b7));
  }
}
