// Made by `npm run generate`; what is changed here is lost.
import { Rows } from '../rows';
import { Vectors } from '../vectors';

const constants: usize = memory.data<f32>([0.5, 1], 16);

/**
 * 1 where the first largest column of x is the first largest of the targets, else 0; 0 where these are zeros.
 *
 *     correct = argmax(x) == argmax(targets) && largest(targets) > 0 ? 1 : 0
 */
export function categoricalAccuracy(x: usize, targets: usize, correct: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  for (; rows > 0; rows--) {
    const argmax = Rows.firstLargest(x, columns) as f64;
    const argmax2 = Rows.firstLargest(targets, columns) as f64;
    const largest = Rows.largest(targets, columns) as f64;
    store<f32>(correct, (argmax == argmax2 && largest > 0 ? 1 : 0) as f32);
    x += bytes;
    targets += bytes;
    correct += 4;
  }
}

class BinaryAccuracy {
  @inline
  static sum(x: v128, targets: v128): v128 {
    return v128.and(
      v128.load32_splat(constants, 4),
      f32x4.eq(v128.and(v128.load32_splat(constants, 4), f32x4.gt(x, v128.load32_splat(constants))), targets),
    );
  }
}

/**
 * The share of the columns in which the target is 1 and x above 0.5, or the target 0 and x not above.
 *
 *     correct = mean((x > 0.5 ? 1 : 0) == targets ? 1 : 0)
 */
export function binaryAccuracy(x: usize, targets: usize, correct: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  const last = Vectors.firstLanes(rest);
  for (; rows > 0; rows--) {
    let sumPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      sumPairs = Vectors.addTo(sumPairs, BinaryAccuracy.sum(xLanes, targetsLanes));
    }
    if (rest > 0) {
      const at = whole;
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      sumPairs = Vectors.addTo(sumPairs, v128.and(BinaryAccuracy.sum(xLanes, targetsLanes), last));
    }
    const sum = Vectors.total(sumPairs);
    store<f32>(correct, (sum / (columns as f64)) as f32);
    x += bytes;
    targets += bytes;
    correct += 4;
  }
}
