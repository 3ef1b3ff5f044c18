import { Elementary } from './elementary';
import { mapRows, rowSum, sumRows } from './rows';
import { Vectors } from './vectors';

/** Keras's epsilon: probabilities are clipped to epsilon ... 1 - epsilon before a logarithm is taken. */
const epsilon: f32 = 1e-7;

/** log(1 - epsilon). */
const upperLog: f32 = -1.00000005e-7;

/** log of a clipped probability; above, the logarithm is clipped, as float32 has no 1 - epsilon. NaN stays NaN. */
function clippedLog(p: v128): v128 {
  return f32x4.pmin(Elementary.log(f32x4.pmax(p, f32x4.splat(epsilon))), f32x4.splat(upperLog));
}

/** All bits where a probability lies inside the clip. */
function isInside(p: v128): v128 {
  return v128.and(f32x4.ge(p, f32x4.splat(epsilon)), f32x4.le(p, f32x4.splat(1 - epsilon)));
}

class SquaredDifference {
  @inline
  apply(x: v128, targets: v128): v128 {
    const difference = f32x4.sub(x, targets);
    return f32x4.mul(difference, difference);
  }
}

class ScaledDifference {
  @inline
  apply(x: v128, targets: v128, scale: v128): v128 {
    return f32x4.mul(scale, f32x4.sub(x, targets));
  }
}

/** max(x, 0) - x t + log(1 + e^-|x|). */
class SigmoidBinaryCrossEntropy {
  @inline
  apply(x: v128, targets: v128): v128 {
    const above = v128.and(x, f32x4.gt(x, f32x4.splat(0)));
    const log = Elementary.log1p(Elementary.exp(f32x4.neg(f32x4.abs(x))));
    return f32x4.add(f32x4.sub(above, f32x4.mul(x, targets)), log);
  }
}

/** -(t log p + (1 - t) log(1 - p)). */
class BinaryCrossEntropy {
  @inline
  apply(x: v128, targets: v128): v128 {
    const one = f32x4.splat(1);
    const hit = f32x4.mul(targets, clippedLog(x));
    const miss = f32x4.mul(f32x4.sub(one, targets), clippedLog(f32x4.sub(one, x)));
    return f32x4.neg(f32x4.add(hit, miss));
  }
}

class BinaryCrossEntropyGradient {
  @inline
  apply(p: v128, targets: v128, scale: v128): v128 {
    const numerator = f32x4.mul(scale, f32x4.sub(p, targets));
    const gradient = f32x4.div(numerator, f32x4.mul(p, f32x4.sub(f32x4.splat(1), p)));
    return v128.and(gradient, isInside(p));
  }
}

export function meanSquaredErrorForward(x: usize, targets: usize, loss: usize, rows: i32, columns: i32): void {
  sumRows<SquaredDifference>(x, targets, loss, rows, columns, columns);
}

/** dx = dloss factor (x - targets): the gradient of the squared error, and of a sigmoid's cross-entropy. */
export function differenceBackward(
  dloss: usize,
  x: usize,
  targets: usize,
  dx: usize,
  rows: i32,
  columns: i32,
  factor: f32,
): void {
  mapRows<ScaledDifference>(dloss, x, targets, dx, rows, columns, factor);
}

export function sigmoidBinaryCrossEntropyForward(
  logits: usize,
  targets: usize,
  loss: usize,
  rows: i32,
  columns: i32,
): void {
  sumRows<SigmoidBinaryCrossEntropy>(logits, targets, loss, rows, columns, columns);
}

export function binaryCrossEntropyForward(x: usize, targets: usize, loss: usize, rows: i32, columns: i32): void {
  sumRows<BinaryCrossEntropy>(x, targets, loss, rows, columns, columns);
}

export function binaryCrossEntropyBackward(
  dloss: usize,
  x: usize,
  targets: usize,
  dx: usize,
  rows: i32,
  columns: i32,
  factor: f32,
): void {
  mapRows<BinaryCrossEntropyGradient>(dloss, x, targets, dx, rows, columns, factor);
}

/** loss = -sum of targets log(clipped x / sum of x), where the targets are not 0. */
export function crossEntropyForward(x: usize, targets: usize, loss: usize, rows: i32, columns: i32): void {
  const zero = f32x4.splat(0);
  for (; rows > 0; rows--) {
    const sum = f32x4.splat(rowSum(x, columns) as f32);
    let sums = f64x2.splat(0);
    for (let count = columns; count > 0; count -= 4) {
      const target = v128.load(targets);
      const log = clippedLog(f32x4.div(v128.load(x), sum));
      let term = v128.and(f32x4.mul(target, log), f32x4.ne(target, zero));
      if (count < 4) term = v128.and(term, Vectors.firstLanes(count));
      sums = Vectors.addTo(sums, term);
      const step = (min(count, 4) as usize) << 2;
      x += step;
      targets += step;
    }
    store<f32>(loss, -Vectors.total(sums) as f32);
    loss += 4;
  }
}

/** With q = x / sum: dx = (g - sum of g q) / sum, where g = -dloss target / q, or 0 where q is clipped. */
export function crossEntropyBackward(dloss: usize, x: usize, targets: usize, dx: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  for (; rows > 0; rows--) {
    const total = rowSum(x, columns) as f32;
    const sum = f32x4.splat(total);
    const scale = f32x4.splat(load<f32>(dloss) / total);
    const dot = f32x4.splat(insideTargets(x, targets, sum, columns));
    for (let at: usize = 0, count = columns; count > 0; at += 16, count -= 4) {
      const q = f32x4.div(v128.load(x + at), sum);
      const ratio = v128.and(f32x4.div(v128.load(targets + at), q), isInside(q));
      Vectors.storeSome(dx + at, f32x4.mul(scale, f32x4.sub(dot, ratio)), count);
    }
    x += bytes;
    targets += bytes;
    dx += bytes;
    dloss += 4;
  }
}

/** The sum of the targets of a row whose q is not clipped. */
function insideTargets(x: usize, targets: usize, sum: v128, columns: i32): f32 {
  let sums = f64x2.splat(0);
  for (; columns > 0; columns -= 4) {
    let target = v128.and(v128.load(targets), isInside(f32x4.div(v128.load(x), sum)));
    if (columns < 4) target = v128.and(target, Vectors.firstLanes(columns));
    sums = Vectors.addTo(sums, target);
    x += 16;
    targets += 16;
  }
  return Vectors.total(sums) as f32;
}
