import { sumRows } from './rows';

/** A label that is no column gives a row of zeros, and nothing is written elsewhere. */
export function oneHot(labels: usize, y: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  memory.fill(y, 0, (rows as usize) * bytes);
  for (; rows > 0; rows--) {
    const label = load<i32>(labels);
    if ((label as u32) < (columns as u32)) store<f32>(y + ((label as usize) << 2), 1);
    labels += 4;
    y += bytes;
  }
}

export function categoricalAccuracy(x: usize, targets: usize, correct: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  for (; rows > 0; rows--) {
    store<f32>(correct, firstLargest(x, columns) === firstLargest(targets, columns) ? 1 : 0);
    x += bytes;
    targets += bytes;
    correct += 4;
  }
}

function firstLargest(x: usize, columns: i32): i32 {
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

/** 1 where x and the target lie on the same side of 0.5. */
class SameSide {
  @inline
  apply(x: v128, targets: v128): v128 {
    const half = f32x4.splat(0.5);
    return v128.andnot(f32x4.splat(1), v128.xor(f32x4.gt(x, half), f32x4.gt(targets, half)));
  }
}

export function binaryAccuracy(x: usize, targets: usize, correct: usize, rows: i32, columns: i32): void {
  sumRows<SameSide>(x, targets, correct, rows, columns, columns);
}
