import { Axes } from './axes';
import { rowSum } from './rows';

/**
 * Sums over axes that include the last, `columns` long: for each place `from` ... `to` - 1 of the kept axes the sum over
 * `rows` places of the other reduced axes. In float64, rounded once.
 */
export function sumRowsOver(
  x: usize,
  y: usize,
  kept: usize,
  reduced: usize,
  from: i32,
  to: i32,
  rows: i32,
  columns: i32,
): void {
  Axes.seek(kept, from);
  for (; from < to; from++) {
    const start = x + Axes.offsetA(kept);
    let sum: f64 = 0;
    Axes.seek(reduced, 0);
    for (let row = 0; row < rows; row++) {
      sum += rowSum(start + Axes.offsetA(reduced), columns);
      Axes.next(reduced);
    }
    store<f32>(y + Axes.offsetB(kept), sum as f32);
    Axes.next(kept);
  }
}

/**
 * Sums over axes without the last, which has `columns`, `yStep` apart in y. Its groups of 16 columns are numbered behind
 * the places of the other kept axes; those from `from` to before `to`.
 */
export function sumColumnsOver(
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
  const groups = (columns + 15) >> 4;
  const stepBytes = (yStep as usize) << 2;
  for (; from < to; from++) {
    const place = from / groups;
    const first = (from - place * groups) << 4;
    Axes.seek(kept, place);
    const source = x + Axes.offsetA(kept) + ((first as usize) << 2);
    const target = y + Axes.offsetB(kept) + (first as usize) * stepBytes;
    const count = columns - first;
    if (count >= 16) sumSixteen(source, target, reduced, rows, stepBytes);
    else
      for (let c = 0; c < count; c += 4) {
        const at = (c as usize) << 2;
        sumFour(source + at, target + (c as usize) * stepBytes, reduced, rows, stepBytes, count - c);
      }
  }
}

function sumSixteen(x: usize, y: usize, reduced: usize, rows: i32, step: usize): void {
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let f = a;
  let g = a;
  let h = a;
  Axes.seek(reduced, 0);
  for (; rows > 0; rows--) {
    const at = x + Axes.offsetA(reduced);
    a = f64x2.add(a, f64x2.promote_low_f32x4(v128.load64_zero(at)));
    b = f64x2.add(b, f64x2.promote_low_f32x4(v128.load64_zero(at, 8)));
    c = f64x2.add(c, f64x2.promote_low_f32x4(v128.load64_zero(at, 16)));
    d = f64x2.add(d, f64x2.promote_low_f32x4(v128.load64_zero(at, 24)));
    e = f64x2.add(e, f64x2.promote_low_f32x4(v128.load64_zero(at, 32)));
    f = f64x2.add(f, f64x2.promote_low_f32x4(v128.load64_zero(at, 40)));
    g = f64x2.add(g, f64x2.promote_low_f32x4(v128.load64_zero(at, 48)));
    h = f64x2.add(h, f64x2.promote_low_f32x4(v128.load64_zero(at, 56)));
    Axes.next(reduced);
  }
  storeFour(y, a, b, step, 4);
  storeFour(y + 4 * step, c, d, step, 4);
  storeFour(y + 8 * step, e, f, step, 4);
  storeFour(y + 12 * step, g, h, step, 4);
}

function sumFour(x: usize, y: usize, reduced: usize, rows: i32, step: usize, count: i32): void {
  let a = f64x2.splat(0);
  let b = a;
  Axes.seek(reduced, 0);
  for (; rows > 0; rows--) {
    const at = x + Axes.offsetA(reduced);
    a = f64x2.add(a, f64x2.promote_low_f32x4(v128.load64_zero(at)));
    b = f64x2.add(b, f64x2.promote_low_f32x4(v128.load64_zero(at, 8)));
    Axes.next(reduced);
  }
  storeFour(y, a, b, step, count);
}

function storeFour(y: usize, low: v128, high: v128, step: usize, count: i32): void {
  store<f32>(y, f64x2.extract_lane(low, 0) as f32);
  if (count > 1) store<f32>(y + step, f64x2.extract_lane(low, 1) as f32);
  if (count > 2) store<f32>(y + 2 * step, f64x2.extract_lane(high, 0) as f32);
  if (count > 3) store<f32>(y + 3 * step, f64x2.extract_lane(high, 1) as f32);
}

/** sums[i], in float64, is the sum of the elements of chunk i of x; chunks from `from` to before `to`. */
export function sumChunks(x: usize, sums: usize, size: i32, chunk: i32, from: i32, to: i32): void {
  for (; from < to; from++) {
    const start = from * chunk;
    const sum = rowSum(x + ((start as usize) << 2), min(chunk, size - start));
    store<f64>(sums + ((from as usize) << 3), sum);
  }
}

/** The sum of sums in float64. */
export function addChunks(sums: usize, count: i32, y: usize): void {
  let sum: f64 = 0;
  for (; count > 0; count--) {
    sum += load<f64>(sums);
    sums += 8;
  }
  store<f32>(y, sum as f32);
}
