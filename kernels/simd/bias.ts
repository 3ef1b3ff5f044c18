export function biasForward(x: usize, b: usize, y: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) * 4;
  const whole = bytes & ~15;
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < whole; at += 16) v128.store(y + at, f32x4.add(v128.load(x + at), v128.load(b + at)));
    for (let at = whole; at < bytes; at += 4) store<f32>(y + at, load<f32>(x + at) + load<f32>(b + at));
    x += bytes;
    y += bytes;
  }
}

/** Sums in float64, row by row; `scratch` has one float64 for each column. */
export function biasBackward(dy: usize, db: usize, rows: i32, columns: i32, scratch: usize): void {
  memory.fill(scratch, 0, (columns as usize) * 8);
  for (; rows > 0; rows--) {
    let c = 0;
    let sums = scratch;
    for (; c + 2 <= columns; c += 2) {
      v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(v128.load64_zero(dy))));
      sums += 16;
      dy += 8;
    }
    if (c < columns) {
      store<f64>(sums, load<f64>(sums) + (load<f32>(dy) as f64));
      dy += 4;
    }
  }
  for (let c = 0; c < columns; c++) {
    store<f32>(db + ((c as usize) << 2), load<f64>(scratch + ((c as usize) << 3)) as f32);
  }
}
