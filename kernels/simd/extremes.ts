import { Axes } from './axes';
import { Vectors } from './vectors';

/** The larger of four elements each, NaN if one of them is. */
class Larger {
  @inline
  apply(a: v128, b: v128): v128 {
    return f32x4.max(a, b);
  }
}

class Smaller {
  @inline
  apply(a: v128, b: v128): v128 {
    return f32x4.min(a, b);
  }
}

/**
 * For the places `from` ... `to` - 1 of the kept axes the best element over `rows` places of the other reduced axes.
 * `columns` is the length of the last axis: reduced too where `yStep` is 0, else kept, `yStep` apart in y.
 */
function reduce<O>(
  x: usize,
  y: usize,
  kept: usize,
  reduced: usize,
  from: i32,
  to: i32,
  rows: i32,
  columns: i32,
  yStep: i32,
  least: f32,
): void {
  const o = changetype<O>(0);
  const worst = f32x4.splat(least);
  Axes.seek(kept, from);
  for (; from < to; from++) {
    const start = x + Axes.offsetA(kept);
    const target = y + Axes.offsetB(kept);
    let all = worst;
    for (let c = 0; c < columns; c += 4) {
      let best = worst;
      Axes.seek(reduced, 0);
      for (let row = 0; row < rows; row++) {
        best = o.apply(best, v128.load(start + Axes.offsetA(reduced) + ((c as usize) << 2)));
        Axes.next(reduced);
      }
      const count = columns - c;
      if (yStep > 0) storeStrided(target + (((c * yStep) as usize) << 2), best, (yStep as usize) << 2, count);
      else all = o.apply(all, count < 4 ? v128.bitselect(best, worst, Vectors.firstLanes(count)) : best);
    }
    if (yStep == 0) {
      all = o.apply(all, v128.shuffle<i64>(all, all, 1, 0));
      all = o.apply(all, v128.shuffle<i32>(all, all, 1, 0, 3, 2));
      v128.store32_lane(target, all, 0);
    }
    Axes.next(kept);
  }
}

function storeStrided(y: usize, vector: v128, step: usize, count: i32): void {
  v128.store32_lane(y, vector, 0);
  if (count > 1) v128.store32_lane(y + step, vector, 1);
  if (count > 2) v128.store32_lane(y + 2 * step, vector, 2);
  if (count > 3) v128.store32_lane(y + 3 * step, vector, 3);
}

export function maxOver(
  x: usize,
  y: usize,
  kept: usize,
  reduced: usize,
  from: i32,
  to: i32,
  rows: i32,
  columns: i32,
  yStep: i32,
): void {
  reduce<Larger>(x, y, kept, reduced, from, to, rows, columns, yStep, -Infinity);
}

export function minOver(
  x: usize,
  y: usize,
  kept: usize,
  reduced: usize,
  from: i32,
  to: i32,
  rows: i32,
  columns: i32,
  yStep: i32,
): void {
  reduce<Smaller>(x, y, kept, reduced, from, to, rows, columns, yStep, Infinity);
}
