/**
 * The transforms of winograd-lines.ts from the points of tiles back to results: outputs in pieces of four, or the taps of
 * filters.
 */
import { Pairs, winogradTable } from './winograd-arithmetic';

/** Results as they are. */
class Plain {
  @inline
  store(to: usize, a: v128, b: v128, _bias: usize, _floor: v128): void {
    Pairs.store(to, a, b);
  }
}

class Three extends Plain {
  @inline
  get results(): i32 {
    return 3;
  }
}

class Four extends Plain {
  @inline
  get results(): i32 {
    return 4;
  }
}

class Five extends Plain {
  @inline
  get results(): i32 {
    return 5;
  }
}

/** max(result + bias, floor) of four results; pmax keeps NaN in its first operand. */
class FourFinished {
  @inline
  get results(): i32 {
    return 4;
  }
  @inline
  store(to: usize, a: v128, b: v128, bias: usize, floor: v128): void {
    const low = f32x4.add(a, v128.load(bias));
    const high = f32x4.add(b, v128.load(bias, 16));
    Pairs.store(to, f32x4.pmax(low, floor), f32x4.pmax(high, floor));
  }
}

/** Lines of six points, `step` bytes apart, -> 3 or 4 results, `toStep` bytes apart. */
function linesOf6<O>(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  lines: i32,
  bias: usize,
  least: f32,
): void {
  const o = changetype<O>(0);
  const floor = f32x4.splat(least);
  const two = v128.load32_splat(winogradTable, 8);
  const four = v128.load32_splat(winogradTable, 12);
  const eight = v128.load32_splat(winogradTable, 44);
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
    const as1 = f32x4.add(a1, a2);
    const bs1 = f32x4.add(b1, b2);
    const ad1 = f32x4.sub(a1, a2);
    const bd1 = f32x4.sub(b1, b2);
    const as2 = f32x4.add(a3, a4);
    const bs2 = f32x4.add(b3, b4);
    const ad2 = f32x4.sub(a3, a4);
    const bd2 = f32x4.sub(b3, b4);
    o.store(to, f32x4.add(f32x4.add(a0, as1), as2), f32x4.add(f32x4.add(b0, bs1), bs2), bias, floor);
    o.store(to + toStep, Pairs.plus(ad1, two, ad2), Pairs.plus(bd1, two, bd2), bias, floor);
    const a = Pairs.plus(as1, four, as2);
    const b = Pairs.plus(bs1, four, bs2);
    if (o.results === 3) {
      o.store(to + 2 * toStep, f32x4.add(a, a5), f32x4.add(b, b5), bias, floor);
    } else {
      o.store(to + 2 * toStep, a, b, bias, floor);
      const a4th = f32x4.add(Pairs.plus(ad1, eight, ad2), a5);
      const b4th = f32x4.add(Pairs.plus(bd1, eight, bd2), b5);
      o.store(to + 3 * toStep, a4th, b4th, bias, floor);
    }
    from += next;
    to += toNext;
  }
}

/** Lines of eight points -> 4 or 5 results. */
function linesOf8<O>(
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  lines: i32,
  bias: usize,
  least: f32,
): void {
  const o = changetype<O>(0);
  const floor = f32x4.splat(least);
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
    const a1st = f32x4.add(f32x4.add(a0, as1), f32x4.add(as2, as3));
    const b1st = f32x4.add(f32x4.add(b0, bs1), f32x4.add(bs2, bs3));
    o.store(to, a1st, b1st, bias, floor);
    const two = v128.load32_splat(winogradTable, 8);
    const half = v128.load32_splat(winogradTable, 4);
    o.store(
      to + toStep,
      Pairs.plus(Pairs.plus(ad1, two, ad2), half, ad3),
      Pairs.plus(Pairs.plus(bd1, two, bd2), half, bd3),
      bias,
      floor,
    );
    const four = v128.load32_splat(winogradTable, 12);
    const quarter = v128.load32_splat(winogradTable);
    const a3rd = Pairs.plus(Pairs.plus(as1, four, as2), quarter, as3);
    const b3rd = Pairs.plus(Pairs.plus(bs1, four, bs2), quarter, bs3);
    o.store(to + 2 * toStep, a3rd, b3rd, bias, floor);
    const eight = v128.load32_splat(winogradTable, 44);
    const eighth = v128.load32_splat(winogradTable, 40);
    const a = Pairs.plus(Pairs.plus(ad1, eight, ad2), eighth, ad3);
    const b = Pairs.plus(Pairs.plus(bd1, eight, bd2), eighth, bd3);
    if (o.results === 4) {
      o.store(to + 3 * toStep, f32x4.add(a, a7), f32x4.add(b, b7), bias, floor);
    } else {
      o.store(to + 3 * toStep, a, b, bias, floor);
      const sixteen = v128.load32_splat(winogradTable, 48);
      const sixteenth = v128.load32_splat(winogradTable, 36);
      const a5th = f32x4.add(Pairs.plus(Pairs.plus(as1, sixteen, as2), sixteenth, as3), a7);
      const b5th = f32x4.add(Pairs.plus(Pairs.plus(bs1, sixteen, bs2), sixteenth, bs3), b7);
      o.store(to + 4 * toStep, a5th, b5th, bias, floor);
    }
    from += next;
    to += toNext;
  }
}

/** `lines` lines of t points -> `count` results each. */
export function resultLines(
  t: i32,
  count: i32,
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  lines: i32,
): void {
  if (t === 6) {
    if (count === 3) linesOf6<Three>(from, step, next, to, toStep, toNext, lines, 0, 0);
    else linesOf6<Four>(from, step, next, to, toStep, toNext, lines, 0, 0);
  } else if (count === 5) linesOf8<Five>(from, step, next, to, toStep, toNext, lines, 0, 0);
  else linesOf8<Four>(from, step, next, to, toStep, toNext, lines, 0, 0);
}

/** `lines` lines of t points -> four outputs each: max(result + bias, floor), with the eight numbers at `bias`. */
export function finishedLines(
  t: i32,
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  lines: i32,
  bias: usize,
  floor: f32,
): void {
  if (t === 6) linesOf6<FourFinished>(from, step, next, to, toStep, toNext, lines, bias, floor);
  else linesOf8<FourFinished>(from, step, next, to, toStep, toNext, lines, bias, floor);
}
