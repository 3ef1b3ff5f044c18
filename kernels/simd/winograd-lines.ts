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

/**
 * The constants of lines that have many of them, in memory as in elementary.ts; loaded where they are used first, since few
 * registers are left for them.
 */
const table: usize = memory.data<f32>(
  [
    0.25, 0.5, 2, 4, -1.25, -2.5, -5, -4.25, 5.25, 0.0625, 0.125, 8, 16,
    // 1/3, 1/6, -1/6, -2/9, 1/90, 32/45.
    0.33333334, 0.16666667, -0.16666667, -0.22222222, 0.011111111, 0.7111111,
  ],
  16,
);

/** a + x b. */
function plus(a: v128, x: v128, b: v128): v128 {
  return f32x4.add(a, f32x4.mul(x, b));
}

/** x (a + b). */
function scaledSum(x: v128, a: v128, b: v128): v128 {
  return f32x4.mul(x, f32x4.add(a, b));
}

function times(x: v128, a: v128): v128 {
  return f32x4.mul(x, a);
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
  const four = f32x4.splat(4);
  const minus5 = f32x4.splat(-5);
  storePair(to, plus(plus(a4, four, a0), minus5, a2), plus(plus(b4, four, b0), minus5, b2));
  const minus4 = f32x4.splat(-4);
  storeBoth(
    to + toStep,
    toStep,
    plus(a4, minus4, a2),
    plus(b4, minus4, b2),
    plus(a3, minus4, a1),
    plus(b3, minus4, b1),
  );
  const two = f32x4.splat(2);
  storeBoth(
    to + 3 * toStep,
    toStep,
    f32x4.sub(a4, a2),
    f32x4.sub(b4, b2),
    times(two, f32x4.sub(a3, a1)),
    times(two, f32x4.sub(b3, b1)),
  );
  storePair(to + 5 * toStep, plus(plus(a5, four, a1), minus5, a3), plus(plus(b5, four, b1), minus5, b3));
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
  const x5_25 = v128.load32_splat(table, 32);
  storePair(to, plus(f32x4.sub(a0, a6), x5_25, f32x4.sub(a4, a2)), plus(f32x4.sub(b0, b6), x5_25, f32x4.sub(b4, b2)));
  to += toStep;
  const minus4_25 = v128.load32_splat(table, 28);
  storeBoth(
    to,
    toStep,
    plus(f32x4.add(a2, a6), minus4_25, a4),
    plus(f32x4.add(b2, b6), minus4_25, b4),
    plus(f32x4.add(a1, a5), minus4_25, a3),
    plus(f32x4.add(b1, b5), minus4_25, b3),
  );
  to += 2 * toStep;
  const quarter = v128.load32_splat(table);
  const minus1_25 = v128.load32_splat(table, 16);
  const half = v128.load32_splat(table, 4);
  const minus2_5 = v128.load32_splat(table, 20);
  const two = v128.load32_splat(table, 8);
  storeBoth(
    to,
    toStep,
    plus(plus(a6, quarter, a2), minus1_25, a4),
    plus(plus(b6, quarter, b2), minus1_25, b4),
    plus(plus(times(half, a1), minus2_5, a3), two, a5),
    plus(plus(times(half, b1), minus2_5, b3), two, b5),
  );
  to += 2 * toStep;
  const four = v128.load32_splat(table, 12);
  const minus5 = v128.load32_splat(table, 24);
  storeBoth(
    to,
    toStep,
    plus(plus(a6, four, a2), minus5, a4),
    plus(plus(b6, four, b2), minus5, b4),
    plus(plus(times(two, a1), minus2_5, a3), half, a5),
    plus(plus(times(two, b1), minus2_5, b3), half, b5),
  );
  storePair(end, plus(f32x4.sub(a7, a1), x5_25, f32x4.sub(a3, a5)), plus(f32x4.sub(b7, b1), x5_25, f32x4.sub(b3, b5)));
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
  const quarter = v128.load32_splat(table);
  storePair(to, times(quarter, a0), times(quarter, b0));
  const minusSixth = v128.load32_splat(table, 60);
  storeBoth(
    to + toStep,
    toStep,
    scaledSum(minusSixth, a0, a2),
    scaledSum(minusSixth, b0, b2),
    scaledSum(minusSixth, a1, a3),
    scaledSum(minusSixth, b1, b3),
  );
  const sixth = v128.load32_splat(table, 56);
  const third = v128.load32_splat(table, 52);
  storeBoth(
    to + 3 * toStep,
    toStep,
    times(sixth, plus(a2, quarter, a0)),
    times(sixth, plus(b2, quarter, b0)),
    times(third, plus(a3, quarter, a1)),
    times(third, plus(b3, quarter, b1)),
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
  const minusTwoNinths = v128.load32_splat(table, 64);
  storeBoth(
    to,
    toStep,
    scaledSum(minusTwoNinths, f32x4.add(a0, a2), a4),
    scaledSum(minusTwoNinths, f32x4.add(b0, b2), b4),
    scaledSum(minusTwoNinths, a1, a3),
    scaledSum(minusTwoNinths, b1, b3),
  );
  to += 2 * toStep;
  const ninetieth = v128.load32_splat(table, 68);
  const four = v128.load32_splat(table, 12);
  const sixteen = v128.load32_splat(table, 48);
  const two = v128.load32_splat(table, 8);
  const eight = v128.load32_splat(table, 44);
  storeBoth(
    to,
    toStep,
    times(ninetieth, plus(plus(a0, four, a2), sixteen, a4)),
    times(ninetieth, plus(plus(b0, four, b2), sixteen, b4)),
    times(ninetieth, plus(times(two, a1), eight, a3)),
    times(ninetieth, plus(times(two, b1), eight, b3)),
  );
  to += 2 * toStep;
  const last = v128.load32_splat(table, 72);
  const quarter = v128.load32_splat(table);
  const sixteenth = v128.load32_splat(table, 36);
  const half = v128.load32_splat(table, 4);
  const eighth = v128.load32_splat(table, 40);
  storeBoth(
    to,
    toStep,
    times(last, plus(plus(a0, quarter, a2), sixteenth, a4)),
    times(last, plus(plus(b0, quarter, b2), sixteenth, b4)),
    times(last, plus(times(half, a1), eighth, a3)),
    times(last, plus(times(half, b1), eighth, b3)),
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
  const two = f32x4.splat(2);
  storePair(to + toStep, plus(ad1, two, ad2), plus(bd1, two, bd2));
  const four = f32x4.splat(4);
  const a = plus(as1, four, as2);
  const b = plus(bs1, four, bs2);
  const eight = f32x4.splat(8);
  if (count === 3) {
    storePair(to + 2 * toStep, f32x4.add(a, a5), f32x4.add(b, b5));
  } else {
    storePair(to + 2 * toStep, a, b);
    storePair(to + 3 * toStep, f32x4.add(plus(ad1, eight, ad2), a5), f32x4.add(plus(bd1, eight, bd2), b5));
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
  const two = f32x4.splat(2);
  const half = f32x4.splat(0.5);
  storePair(to + toStep, plus(plus(ad1, two, ad2), half, ad3), plus(plus(bd1, two, bd2), half, bd3));
  const four = f32x4.splat(4);
  const quarter = f32x4.splat(0.25);
  storePair(to + 2 * toStep, plus(plus(as1, four, as2), quarter, as3), plus(plus(bs1, four, bs2), quarter, bs3));
  const eight = f32x4.splat(8);
  const eighth = f32x4.splat(0.125);
  const a = plus(plus(ad1, eight, ad2), eighth, ad3);
  const b = plus(plus(bd1, eight, bd2), eighth, bd3);
  if (count === 4) {
    storePair(to + 3 * toStep, f32x4.add(a, a7), f32x4.add(b, b7));
  } else {
    storePair(to + 3 * toStep, a, b);
    const sixteen = f32x4.splat(16);
    const sixteenth = f32x4.splat(0.0625);
    const a4th = plus(plus(as1, sixteen, as2), sixteenth, as3);
    const b4th = plus(plus(bs1, sixteen, bs2), sixteenth, bs3);
    storePair(to + 4 * toStep, f32x4.add(a4th, a7), f32x4.add(b4th, b7));
  }
}
