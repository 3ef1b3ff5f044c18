import { Vectors } from './vectors';

export function biasForward(x: usize, b: usize, y: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  const pairs = bytes & ~31;
  for (; rows > 0; rows--) {
    let at: usize = 0;
    for (; at < pairs; at += 32) {
      const low = f32x4.add(v128.load(x + at), v128.load(b + at));
      const high = f32x4.add(v128.load(x + at, 16), v128.load(b + at, 16));
      v128.store(y + at, low);
      v128.store(y + at, high, 16);
    }
    for (; at < bytes; at += 16) {
      Vectors.storeSome(y + at, f32x4.add(v128.load(x + at), v128.load(b + at)), ((bytes - at) >> 2) as i32);
    }
    x += bytes;
    y += bytes;
  }
}

/** y = max(y + b, floor) in place; NaN stays. */
export function biasAndFloor(y: usize, b: usize, floor: f32, rows: i32, columns: i32): void {
  const bytes = (columns as usize) * 4;
  const whole = bytes & ~15;
  const least = f32x4.splat(floor);
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < whole; at += 16) {
      v128.store(y + at, f32x4.pmax(f32x4.add(v128.load(y + at), v128.load(b + at)), least));
    }
    for (let at = whole; at < bytes; at += 4) {
      const sum = load<f32>(y + at) + load<f32>(b + at);
      store<f32>(y + at, sum < floor ? floor : sum);
    }
    y += bytes;
  }
}

/** So many rows are summed in float32 before their sum is added in float64: an error of up to 31 2^-24 of the sum of the magnitudes. */
const blockRows = 32;

/**
 * The columns from `from` to before `to`. Every column is summed in the same order: blocks of rows in float32, these in
 * float64. `scratch` has one float64 for each of them, rounded up to four.
 */
export function biasBackward(dy: usize, db: usize, rows: i32, columns: i32, from: i32, to: i32, scratch: usize): void {
  const count = to - from;
  const rowBytes = (columns as usize) << 2;
  memory.fill(scratch, 0, (((count + 3) & ~3) as usize) << 3);
  dy += (from as usize) << 2;
  db += (from as usize) << 2;
  for (let row = 0; row < rows; row += blockRows) {
    const end = min(rows - row, blockRows);
    let c = 0;
    for (; c + 16 <= count; c += 16) addSixteen(dy + ((c as usize) << 2), rowBytes, end, scratch + ((c as usize) << 3));
    for (; c < count; c += 4) addFour(dy + ((c as usize) << 2), rowBytes, end, scratch + ((c as usize) << 3));
    dy += (blockRows as usize) * rowBytes;
  }
  for (let c = 0; c < count; c++) {
    store<f32>(db + ((c as usize) << 2), load<f64>(scratch + ((c as usize) << 3)) as f32);
  }
}

function addSixteen(dy: usize, rowBytes: usize, rows: i32, sums: usize): void {
  let a = v128.load(dy);
  let b = v128.load(dy, 16);
  let c = v128.load(dy, 32);
  let d = v128.load(dy, 48);
  for (let row = 1; row < rows; row++) {
    dy += rowBytes;
    a = f32x4.add(a, v128.load(dy));
    b = f32x4.add(b, v128.load(dy, 16));
    c = f32x4.add(c, v128.load(dy, 32));
    d = f32x4.add(d, v128.load(dy, 48));
  }
  Vectors.addAt(sums, a);
  Vectors.addAt(sums + 32, b);
  Vectors.addAt(sums + 64, c);
  Vectors.addAt(sums + 96, d);
}

function addFour(dy: usize, rowBytes: usize, rows: i32, sums: usize): void {
  let a = v128.load(dy);
  for (let row = 1; row < rows; row++) {
    dy += rowBytes;
    a = f32x4.add(a, v128.load(dy));
  }
  Vectors.addAt(sums, a);
}
