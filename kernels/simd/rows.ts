import { Elementary } from './elementary';
import { Vectors } from './vectors';

/** The sum of a row in float64. */
export function rowSum(x: usize, columns: i32): f64 {
  let sums = f64x2.splat(0);
  let others = f64x2.splat(0);
  for (; columns >= 8; columns -= 8) {
    sums = Vectors.addTo(sums, v128.load(x));
    others = Vectors.addTo(others, v128.load(x, 16));
    x += 32;
  }
  for (; columns > 0; columns -= 4) {
    const vector = v128.load(x);
    sums = Vectors.addTo(sums, columns < 4 ? v128.and(vector, Vectors.firstLanes(columns)) : vector);
    x += 16;
  }
  return Vectors.total(f64x2.add(sums, others));
}

/** What formulas of rows ask of a row. */
export class Rows {
  /** The largest element, NaN left out; -Infinity where there is none. */
  static largest(x: usize, columns: i32): f32 {
    let largest = f32x4.splat(-Infinity);
    for (; columns >= 4; columns -= 4) {
      largest = f32x4.pmax(largest, v128.load(x));
      x += 16;
    }
    if (columns > 0) {
      largest = f32x4.pmax(largest, v128.bitselect(v128.load(x), largest, Vectors.firstLanes(columns)));
    }
    largest = f32x4.pmax(largest, v128.shuffle<i64>(largest, largest, 1, 0));
    largest = f32x4.pmax(largest, v128.shuffle<i32>(largest, largest, 1, 0, 3, 2));
    return f32x4.extract_lane(largest, 0);
  }

  /** The place of the first largest element. */
  static firstLargest(x: usize, columns: i32): i32 {
    let best = 0;
    let largest = load<f32>(x);
    for (let i = 1; i < columns; i++) {
      const value = load<f32>(x + ((i as usize) << 2));
      const isLarger = value > largest;
      best = select(i, best, isLarger);
      largest = select(value, largest, isLarger);
    }
    return best;
  }

  /** log(s + d) = log s + d / s for the float32 nearest to a number, which keeps the digits of numbers near 1. */
  static log(x: f64): f64 {
    const near = x as f32;
    const log = f32x4.extract_lane(Elementary.log(f32x4.splat(near)), 0);
    return (log as f64) + (x - (near as f64)) / (near as f64);
  }
}
