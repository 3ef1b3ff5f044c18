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

/** The columns from `from` to before `to`. Sums in float64, row by row; `scratch` has one float64 for each of them. */
export function biasBackward(dy: usize, db: usize, rows: i32, columns: i32, from: i32, to: i32, scratch: usize): void {
  const count = to - from;
  const skip = ((columns - count) as usize) * 4;
  memory.fill(scratch, 0, (count as usize) * 8);
  dy += (from as usize) * 4;
  db += (from as usize) * 4;
  for (; rows > 0; rows--) {
    let c = 0;
    let sums = scratch;
    for (; c + 2 <= count; c += 2) {
      v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(v128.load64_zero(dy))));
      sums += 16;
      dy += 8;
    }
    if (c < count) {
      store<f64>(sums, load<f64>(sums) + (load<f32>(dy) as f64));
      dy += 4;
    }
    dy += skip;
  }
  for (let c = 0; c < count; c++) {
    store<f32>(db + ((c as usize) << 2), load<f64>(scratch + ((c as usize) << 3)) as f32);
  }
}
