/** 0 for x <= 0, and NaN stays NaN: pmax(x, 0) is x where x is not less than 0. */
export function reluForward(x: usize, y: usize, size: i32): void {
  const zero = f32x4.splat(0);
  for (; size >= 4; size -= 4) {
    v128.store(y, f32x4.pmax(v128.load(x), zero));
    x += 16;
    y += 16;
  }
  for (; size > 0; size--) {
    const value = load<f32>(x);
    store<f32>(y, value <= 0 ? 0 : value);
    x += 4;
    y += 4;
  }
}

export function reluBackward(dy: usize, y: usize, dx: usize, size: i32): void {
  const zero = f32x4.splat(0);
  for (; size >= 4; size -= 4) {
    v128.store(dx, v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero)));
    dy += 16;
    y += 16;
    dx += 16;
  }
  for (; size > 0; size--) {
    store<f32>(dx, load<f32>(y) > 0 ? load<f32>(dy) : 0);
    dy += 4;
    y += 4;
    dx += 4;
  }
}
