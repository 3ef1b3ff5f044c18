/** Places `from` to before `to` of the result: the first largest along the axis, or the first NaN. */
export function argmax(x: usize, y: usize, from: i32, to: i32, length: i32, inner: i32): void {
  firstBest(x, y, from, to, length, inner, 1);
}

export function argmin(x: usize, y: usize, from: i32, to: i32, length: i32, inner: i32): void {
  firstBest(x, y, from, to, length, inner, -1);
}

function firstBest(x: usize, y: usize, from: i32, to: i32, length: i32, inner: i32, sign: f32): void {
  const step = (inner as usize) << 2;
  for (let place = from; place < to; place++) {
    const outer = place / inner;
    let at = x + (((outer * length * inner + (place - outer * inner)) as usize) << 2);
    let best = 0;
    let value = sign * load<f32>(at);
    for (let l = 1; l < length; l++) {
      at += step;
      const other = sign * load<f32>(at);
      // A value that is NaN stays; one that is not gives way to a larger one and to NaN.
      const isBetter = i32(value == value) & i32(!(other <= value));
      best = select(l, best, isBetter);
      value = select(other, value, isBetter);
    }
    store<i32>(y + ((place as usize) << 2), best);
  }
}
