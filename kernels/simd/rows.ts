import { Vectors } from './vectors';

/**
 * Loops over the rows of matrices. What is done to four columns is a method `apply` of class O, as in map.ts. Vectors
 * begin at the first column of each row, so that a row's result does not depend on where it lies.
 */

/** out[row] = the sum of a function of a and b over the columns, in float64, divided by `divisor`. */
export function sumRows<O>(a: usize, b: usize, out: usize, rows: i32, columns: i32, divisor: f64): void {
  const o = changetype<O>(0);
  const last = Vectors.firstLanes(columns & 3);
  for (; rows > 0; rows--) {
    let sums = f64x2.splat(0);
    let count = columns;
    for (; count >= 4; count -= 4) {
      sums = Vectors.addTo(sums, o.apply(v128.load(a), v128.load(b)));
      a += 16;
      b += 16;
    }
    if (count > 0) {
      sums = Vectors.addTo(sums, v128.and(o.apply(v128.load(a), v128.load(b)), last));
      a += (count as usize) << 2;
      b += (count as usize) << 2;
    }
    store<f32>(out, (Vectors.total(sums) / divisor) as f32);
    out += 4;
  }
}

/** out = a function of a, b and scale[row] factor. */
export function mapRows<O>(scale: usize, a: usize, b: usize, out: usize, rows: i32, columns: i32, factor: f32): void {
  const o = changetype<O>(0);
  for (; rows > 0; rows--) {
    const s = f32x4.splat(load<f32>(scale) * factor);
    let count = columns;
    for (; count >= 4; count -= 4) {
      v128.store(out, o.apply(v128.load(a), v128.load(b), s));
      a += 16;
      b += 16;
      out += 16;
    }
    Vectors.storeSome(out, o.apply(v128.load(a), v128.load(b), s), count);
    a += (count as usize) << 2;
    b += (count as usize) << 2;
    out += (count as usize) << 2;
    scale += 4;
  }
}

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

/** The largest element of a row, NaN left out; -Infinity where there is none. */
export function rowLargest(x: usize, columns: i32): f32 {
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
