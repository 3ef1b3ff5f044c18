/**
 * The one-dimensional transforms of Winograd's minimal filtering F(4, 3) and F(4, 5), for correlation with a filter of
 * 3 or 5 taps in pieces of 4 outputs: tiles of 6 at the points 0, +-1, +-2 and infinity, and tiles of 8 with
 * +-1/2 besides (Lavin and Gray 2016, "Fast algorithms for convolutional neural networks"; the construction is that of
 * Toom and Cook). With the same points, a filter gradient is F(3, 4) or F(5, 4): the filter's role is played by four
 * elements of dy. The way back from points to results is in winograd-results.ts.
 *
 * A line is a number of elements `step` bytes apart, each of them a pair of vectors: 8 channels. A call goes through
 * `lines` of them, `next` bytes apart. All loads of a line stand before all stores, and stores come in pairs, so that pairs
 * can be fused into vectors of 256 bits.
 */
import { Pairs, winogradTable } from './winograd-arithmetic';

/** a - x b. */
function less(a: v128, x: v128, b: v128): v128 {
  return f32x4.sub(a, f32x4.mul(x, b));
}

/** x (a + b). */
function scaledSum(x: v128, a: v128, b: v128): v128 {
  return f32x4.mul(x, f32x4.add(a, b));
}

/** Stores the sum and the difference of an even and an odd part: the values at the points x and -x. */
function storeBoth(to: usize, step: usize, even: v128, evenB: v128, odd: v128, oddB: v128): void {
  Pairs.store(to, f32x4.add(even, odd), f32x4.add(evenB, oddB));
  Pairs.store(to + step, f32x4.sub(even, odd), f32x4.sub(evenB, oddB));
}

/** Lines of six elements of the input -> six points. */
export function inputLines6(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  lines: i32,
): void {
  const two = v128.load32_splat(winogradTable, 8);
  const four = v128.load32_splat(winogradTable, 12);
  const minus5 = v128.load32_splat(winogradTable, 24);
  for (; lines > 0; lines--) {
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
    Pairs.store(to, Pairs.plus(Pairs.plus(a4, four, a0), minus5, a2), Pairs.plus(Pairs.plus(b4, four, b0), minus5, b2));
    storeBoth(to + toStep, toStep, less(a4, four, a2), less(b4, four, b2), less(a3, four, a1), less(b3, four, b1));
    storeBoth(
      to + 3 * toStep,
      toStep,
      f32x4.sub(a4, a2),
      f32x4.sub(b4, b2),
      Pairs.times(two, f32x4.sub(a3, a1)),
      Pairs.times(two, f32x4.sub(b3, b1)),
    );
    Pairs.store(
      to + 5 * toStep,
      Pairs.plus(Pairs.plus(a5, four, a1), minus5, a3),
      Pairs.plus(Pairs.plus(b5, four, b1), minus5, b3),
    );
    from += next;
    to += toNext;
  }
}

/** Lines of eight elements of the input -> eight points. */
export function inputLines8(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  lines: i32,
): void {
  for (; lines > 0; lines--) {
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
    let at = to;
    const x5_25 = v128.load32_splat(winogradTable, 32);
    Pairs.store(
      at,
      Pairs.plus(f32x4.sub(a0, a6), x5_25, f32x4.sub(a4, a2)),
      Pairs.plus(f32x4.sub(b0, b6), x5_25, f32x4.sub(b4, b2)),
    );
    at += toStep;
    const minus4_25 = v128.load32_splat(winogradTable, 28);
    storeBoth(
      at,
      toStep,
      Pairs.plus(f32x4.add(a2, a6), minus4_25, a4),
      Pairs.plus(f32x4.add(b2, b6), minus4_25, b4),
      Pairs.plus(f32x4.add(a1, a5), minus4_25, a3),
      Pairs.plus(f32x4.add(b1, b5), minus4_25, b3),
    );
    at += 2 * toStep;
    const quarter = v128.load32_splat(winogradTable);
    const minus1_25 = v128.load32_splat(winogradTable, 16);
    const half = v128.load32_splat(winogradTable, 4);
    const minus2_5 = v128.load32_splat(winogradTable, 20);
    const two = v128.load32_splat(winogradTable, 8);
    storeBoth(
      at,
      toStep,
      Pairs.plus(Pairs.plus(a6, quarter, a2), minus1_25, a4),
      Pairs.plus(Pairs.plus(b6, quarter, b2), minus1_25, b4),
      Pairs.plus(Pairs.plus(Pairs.times(half, a1), minus2_5, a3), two, a5),
      Pairs.plus(Pairs.plus(Pairs.times(half, b1), minus2_5, b3), two, b5),
    );
    at += 2 * toStep;
    const four = v128.load32_splat(winogradTable, 12);
    const minus5 = v128.load32_splat(winogradTable, 24);
    storeBoth(
      at,
      toStep,
      Pairs.plus(Pairs.plus(a6, four, a2), minus5, a4),
      Pairs.plus(Pairs.plus(b6, four, b2), minus5, b4),
      Pairs.plus(Pairs.plus(Pairs.times(two, a1), minus2_5, a3), half, a5),
      Pairs.plus(Pairs.plus(Pairs.times(two, b1), minus2_5, b3), half, b5),
    );
    Pairs.store(
      at + 2 * toStep,
      Pairs.plus(f32x4.sub(a7, a1), x5_25, f32x4.sub(a3, a5)),
      Pairs.plus(f32x4.sub(b7, b1), x5_25, f32x4.sub(b3, b5)),
    );
    from += next;
    to += toNext;
  }
}

/**
 * Lines of three coefficients -> the values of their polynomials at the points of a tile of 6, divided by the products of
 * the differences of the points: filters.
 */
export function polynomialLines6Of3(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  lines: i32,
): void {
  const quarter = v128.load32_splat(winogradTable);
  const third = v128.load32_splat(winogradTable, 52);
  const sixth = v128.load32_splat(winogradTable, 56);
  const minusSixth = v128.load32_splat(winogradTable, 60);
  for (; lines > 0; lines--) {
    const a0 = v128.load(from);
    const b0 = v128.load(from, 16);
    const a1 = v128.load(from + step);
    const b1 = v128.load(from + step, 16);
    const a2 = v128.load(from + 2 * step);
    const b2 = v128.load(from + 2 * step, 16);
    Pairs.store(to, Pairs.times(quarter, a0), Pairs.times(quarter, b0));
    storeBoth(
      to + toStep,
      toStep,
      scaledSum(minusSixth, a0, a2),
      scaledSum(minusSixth, b0, b2),
      Pairs.times(minusSixth, a1),
      Pairs.times(minusSixth, b1),
    );
    storeBoth(
      to + 3 * toStep,
      toStep,
      Pairs.times(sixth, Pairs.plus(a2, quarter, a0)),
      Pairs.times(sixth, Pairs.plus(b2, quarter, b0)),
      Pairs.times(third, Pairs.times(quarter, a1)),
      Pairs.times(third, Pairs.times(quarter, b1)),
    );
    Pairs.store(to + 5 * toStep, a2, b2);
    from += next;
    to += toNext;
  }
}

/** The same of four coefficients: pieces of dy. */
export function polynomialLines6Of4(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  lines: i32,
): void {
  const quarter = v128.load32_splat(winogradTable);
  const third = v128.load32_splat(winogradTable, 52);
  const sixth = v128.load32_splat(winogradTable, 56);
  const minusSixth = v128.load32_splat(winogradTable, 60);
  for (; lines > 0; lines--) {
    const a0 = v128.load(from);
    const b0 = v128.load(from, 16);
    const a1 = v128.load(from + step);
    const b1 = v128.load(from + step, 16);
    const a2 = v128.load(from + 2 * step);
    const b2 = v128.load(from + 2 * step, 16);
    const a3 = v128.load(from + 3 * step);
    const b3 = v128.load(from + 3 * step, 16);
    Pairs.store(to, Pairs.times(quarter, a0), Pairs.times(quarter, b0));
    storeBoth(
      to + toStep,
      toStep,
      scaledSum(minusSixth, a0, a2),
      scaledSum(minusSixth, b0, b2),
      scaledSum(minusSixth, a1, a3),
      scaledSum(minusSixth, b1, b3),
    );
    storeBoth(
      to + 3 * toStep,
      toStep,
      Pairs.times(sixth, Pairs.plus(a2, quarter, a0)),
      Pairs.times(sixth, Pairs.plus(b2, quarter, b0)),
      Pairs.times(third, Pairs.plus(a3, quarter, a1)),
      Pairs.times(third, Pairs.plus(b3, quarter, b1)),
    );
    Pairs.store(to + 5 * toStep, a3, b3);
    from += next;
    to += toNext;
  }
}

/** The same for tiles of 8. */
export function polynomialLines8Of4(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  lines: i32,
): void {
  for (; lines > 0; lines--) {
    const a0 = v128.load(from);
    const b0 = v128.load(from, 16);
    const a1 = v128.load(from + step);
    const b1 = v128.load(from + step, 16);
    const a2 = v128.load(from + 2 * step);
    const b2 = v128.load(from + 2 * step, 16);
    const a3 = v128.load(from + 3 * step);
    const b3 = v128.load(from + 3 * step, 16);
    Pairs.store(to, a0, b0);
    const minusTwoNinths = v128.load32_splat(winogradTable, 64);
    storeBoth(
      to + toStep,
      toStep,
      scaledSum(minusTwoNinths, a0, a2),
      scaledSum(minusTwoNinths, b0, b2),
      scaledSum(minusTwoNinths, a1, a3),
      scaledSum(minusTwoNinths, b1, b3),
    );
    const ninetieth = v128.load32_splat(winogradTable, 68);
    const four = v128.load32_splat(winogradTable, 12);
    const two = v128.load32_splat(winogradTable, 8);
    const eight = v128.load32_splat(winogradTable, 44);
    storeBoth(
      to + 3 * toStep,
      toStep,
      Pairs.times(ninetieth, Pairs.plus(a0, four, a2)),
      Pairs.times(ninetieth, Pairs.plus(b0, four, b2)),
      Pairs.times(ninetieth, Pairs.plus(Pairs.times(two, a1), eight, a3)),
      Pairs.times(ninetieth, Pairs.plus(Pairs.times(two, b1), eight, b3)),
    );
    const last = v128.load32_splat(winogradTable, 72);
    const quarter = v128.load32_splat(winogradTable);
    const half = v128.load32_splat(winogradTable, 4);
    const eighth = v128.load32_splat(winogradTable, 40);
    storeBoth(
      to + 5 * toStep,
      toStep,
      Pairs.times(last, Pairs.plus(a0, quarter, a2)),
      Pairs.times(last, Pairs.plus(b0, quarter, b2)),
      Pairs.times(last, Pairs.plus(Pairs.times(half, a1), eighth, a3)),
      Pairs.times(last, Pairs.plus(Pairs.times(half, b1), eighth, b3)),
    );
    Pairs.store(to + 7 * toStep, a3, b3);
    from += next;
    to += toNext;
  }
}

/** The same of five coefficients. */
export function polynomialLines8Of5(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  lines: i32,
): void {
  for (; lines > 0; lines--) {
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
    Pairs.store(to, a0, b0);
    const minusTwoNinths = v128.load32_splat(winogradTable, 64);
    storeBoth(
      to + toStep,
      toStep,
      scaledSum(minusTwoNinths, f32x4.add(a0, a2), a4),
      scaledSum(minusTwoNinths, f32x4.add(b0, b2), b4),
      scaledSum(minusTwoNinths, a1, a3),
      scaledSum(minusTwoNinths, b1, b3),
    );
    const ninetieth = v128.load32_splat(winogradTable, 68);
    const four = v128.load32_splat(winogradTable, 12);
    const sixteen = v128.load32_splat(winogradTable, 48);
    const two = v128.load32_splat(winogradTable, 8);
    const eight = v128.load32_splat(winogradTable, 44);
    storeBoth(
      to + 3 * toStep,
      toStep,
      Pairs.times(ninetieth, Pairs.plus(Pairs.plus(a0, four, a2), sixteen, a4)),
      Pairs.times(ninetieth, Pairs.plus(Pairs.plus(b0, four, b2), sixteen, b4)),
      Pairs.times(ninetieth, Pairs.plus(Pairs.times(two, a1), eight, a3)),
      Pairs.times(ninetieth, Pairs.plus(Pairs.times(two, b1), eight, b3)),
    );
    const last = v128.load32_splat(winogradTable, 72);
    const quarter = v128.load32_splat(winogradTable);
    const sixteenth = v128.load32_splat(winogradTable, 36);
    const half = v128.load32_splat(winogradTable, 4);
    const eighth = v128.load32_splat(winogradTable, 40);
    storeBoth(
      to + 5 * toStep,
      toStep,
      Pairs.times(last, Pairs.plus(Pairs.plus(a0, quarter, a2), sixteenth, a4)),
      Pairs.times(last, Pairs.plus(Pairs.plus(b0, quarter, b2), sixteenth, b4)),
      Pairs.times(last, Pairs.plus(Pairs.times(half, a1), eighth, a3)),
      Pairs.times(last, Pairs.plus(Pairs.times(half, b1), eighth, b3)),
    );
    Pairs.store(to + 7 * toStep, a4, b4);
    from += next;
    to += toNext;
  }
}
