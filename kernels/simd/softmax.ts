import { Elementary } from './elementary';
import { rowLargest, rowSum } from './rows';
import { Vectors } from './vectors';

export function softmaxForward(x: usize, y: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  for (; rows > 0; rows--) {
    const sum = exponentials(x, y, columns, rowLargest(x, columns));
    divide(y, columns, sum as f32);
    x += bytes;
    y += bytes;
  }
}

/** y = e^(x - largest) for a row; gives the sum. */
function exponentials(x: usize, y: usize, columns: i32, largest: f32): f64 {
  const shift = f32x4.splat(largest);
  let sums = f64x2.splat(0);
  for (; columns > 0; columns -= 4) {
    let power = Elementary.exp(f32x4.sub(v128.load(x), shift));
    if (columns < 4) power = v128.and(power, Vectors.firstLanes(columns));
    sums = Vectors.addTo(sums, power);
    Vectors.storeSome(y, power, columns);
    x += 16;
    y += 16;
  }
  return Vectors.total(sums);
}

function divide(y: usize, columns: i32, divisor: f32): void {
  const all = f32x4.splat(divisor);
  for (; columns > 0; columns -= 4) {
    Vectors.storeSome(y, f32x4.div(v128.load(y), all), columns);
    y += 16;
  }
}

/** dx = y (dy - sum of dy y). */
export function softmaxBackward(dy: usize, y: usize, dx: usize, rows: i32, columns: i32): void {
  for (; rows > 0; rows--) {
    const dot = f32x4.splat(rowDot(dy, y, columns) as f32);
    let count = columns;
    for (; count >= 4; count -= 4) {
      v128.store(dx, f32x4.mul(v128.load(y), f32x4.sub(v128.load(dy), dot)));
      dy += 16;
      y += 16;
      dx += 16;
    }
    Vectors.storeSome(dx, f32x4.mul(v128.load(y), f32x4.sub(v128.load(dy), dot)), count);
    const rest = (count as usize) << 2;
    dy += rest;
    y += rest;
    dx += rest;
  }
}

/** The sum of a b over a row: products in float32, their sum in float64. */
function rowDot(a: usize, b: usize, columns: i32): f64 {
  let sums = f64x2.splat(0);
  for (; columns >= 4; columns -= 4) {
    sums = Vectors.addTo(sums, f32x4.mul(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
  }
  if (columns > 0) {
    const products = f32x4.mul(v128.load(a), v128.load(b));
    sums = Vectors.addTo(sums, v128.and(products, Vectors.firstLanes(columns)));
  }
  return Vectors.total(sums);
}

/** loss = sum of targets (log(sum of e^(x - max)) + max - x), which no logit can overflow. */
export function softmaxCrossEntropyForward(
  logits: usize,
  targets: usize,
  loss: usize,
  probabilities: usize,
  rows: i32,
  columns: i32,
): void {
  const bytes = (columns as usize) << 2;
  for (; rows > 0; rows--) {
    const largest = rowLargest(logits, columns);
    const sum = exponentials(logits, probabilities, columns, largest);
    divide(probabilities, columns, sum as f32);
    store<f32>(loss, weightedDistances(logits, targets, columns, largest, logarithm(sum)) as f32);
    logits += bytes;
    targets += bytes;
    probabilities += bytes;
    loss += 4;
  }
}

/** log(s + d) = log s + d / s for the float32 nearest to a sum, which keeps the digits of sums near 1. */
function logarithm(sum: f64): f32 {
  const near = sum as f32;
  const log = f32x4.extract_lane(Elementary.log(f32x4.splat(near)), 0);
  return ((log as f64) + (sum - (near as f64)) / (near as f64)) as f32;
}

/** The sum of targets (logSum + largest - x) over a row. */
function weightedDistances(x: usize, targets: usize, columns: i32, largest: f32, logSum: f32): f64 {
  const shift = f32x4.splat(largest);
  const top = f32x4.splat(logSum);
  let sums = f64x2.splat(0);
  for (; columns > 0; columns -= 4) {
    const distance = f32x4.sub(top, f32x4.sub(v128.load(x), shift));
    let term = f32x4.mul(v128.load(targets), distance);
    if (columns < 4) term = v128.and(term, Vectors.firstLanes(columns));
    sums = Vectors.addTo(sums, term);
    x += 16;
    targets += 16;
  }
  return Vectors.total(sums);
}

/** dlogits = dloss (probabilities times the sum of the targets - targets). */
export function softmaxCrossEntropyBackward(
  dloss: usize,
  probabilities: usize,
  targets: usize,
  dlogits: usize,
  rows: i32,
  columns: i32,
): void {
  for (; rows > 0; rows--) {
    const scale = v128.load32_splat(dloss);
    const total = f32x4.splat(rowSum(targets, columns) as f32);
    let count = columns;
    for (; count > 0; count -= 4) {
      const difference = f32x4.sub(f32x4.mul(v128.load(probabilities), total), v128.load(targets));
      Vectors.storeSome(dlogits, f32x4.mul(scale, difference), count);
      const step = (min(count, 4) as usize) << 2;
      probabilities += step;
      targets += step;
      dlogits += step;
    }
    dloss += 4;
  }
}
