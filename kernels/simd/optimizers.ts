export function sgdUpdate(w: usize, dw: usize, size: i32, rateAt: usize): void {
  const rate = load<f32>(rateAt);
  const step = f32x4.splat(rate);
  for (; size >= 4; size -= 4) {
    v128.store(w, f32x4.sub(v128.load(w), f32x4.mul(step, v128.load(dw))));
    w += 16;
    dw += 16;
  }
  for (; size > 0; size--) {
    store<f32>(w, load<f32>(w) - rate * load<f32>(dw));
    w += 4;
    dw += 4;
  }
}

export function momentumUpdate(
  w: usize,
  velocity: usize,
  dw: usize,
  size: i32,
  rateAt: usize,
  momentum: f32,
  nesterov: bool,
): void {
  const rate = load<f32>(rateAt);
  const step = f32x4.splat(rate);
  const keep = f32x4.splat(momentum);
  for (; size >= 4; size -= 4) {
    const move = f32x4.mul(step, v128.load(dw));
    const next = f32x4.sub(f32x4.mul(keep, v128.load(velocity)), move);
    v128.store(velocity, next);
    const change = nesterov ? f32x4.sub(f32x4.mul(keep, next), move) : next;
    v128.store(w, f32x4.add(v128.load(w), change));
    w += 16;
    velocity += 16;
    dw += 16;
  }
  for (; size > 0; size--) {
    const move = rate * load<f32>(dw);
    const next = momentum * load<f32>(velocity) - move;
    store<f32>(velocity, next);
    store<f32>(w, load<f32>(w) + (nesterov ? momentum * next - move : next));
    w += 4;
    velocity += 4;
    dw += 4;
  }
}

export function adamUpdate(
  w: usize,
  m: usize,
  v: usize,
  dw: usize,
  size: i32,
  rateAt: usize,
  gain1: f32,
  gain2: f32,
  epsilon: f32,
): void {
  const rate = load<f32>(rateAt);
  const step = f32x4.splat(rate);
  const g1 = f32x4.splat(gain1);
  const g2 = f32x4.splat(gain2);
  const e = f32x4.splat(epsilon);
  for (; size >= 4; size -= 4) {
    const gradient = v128.load(dw);
    const oldMean = v128.load(m);
    const oldSquare = v128.load(v);
    const mean = f32x4.add(oldMean, f32x4.mul(f32x4.sub(gradient, oldMean), g1));
    const square = f32x4.add(oldSquare, f32x4.mul(f32x4.sub(f32x4.mul(gradient, gradient), oldSquare), g2));
    v128.store(m, mean);
    v128.store(v, square);
    const move = f32x4.div(f32x4.mul(step, mean), f32x4.add(f32x4.sqrt(square), e));
    v128.store(w, f32x4.sub(v128.load(w), move));
    w += 16;
    m += 16;
    v += 16;
    dw += 16;
  }
  for (; size > 0; size--) {
    const gradient = load<f32>(dw);
    const mean = load<f32>(m) + (gradient - load<f32>(m)) * gain1;
    const square = load<f32>(v) + (gradient * gradient - load<f32>(v)) * gain2;
    store<f32>(m, mean);
    store<f32>(v, square);
    store<f32>(w, load<f32>(w) - (rate * mean) / (sqrt(square) + epsilon));
    w += 4;
    m += 4;
    v += 4;
    dw += 4;
  }
}

export function rmspropUpdate(
  w: usize,
  v: usize,
  step: usize,
  dw: usize,
  size: i32,
  rateAt: usize,
  rho: f32,
  gain: f32,
  momentum: f32,
  epsilon: f32,
): void {
  const rate = load<f32>(rateAt);
  const r = f32x4.splat(rho);
  const g = f32x4.splat(gain);
  const keep = f32x4.splat(momentum);
  const e = f32x4.splat(epsilon);
  const scale = f32x4.splat(rate);
  for (; size >= 4; size -= 4) {
    const gradient = v128.load(dw);
    const square = f32x4.add(f32x4.mul(r, v128.load(v)), f32x4.mul(f32x4.mul(g, gradient), gradient));
    const pull = f32x4.div(f32x4.mul(scale, gradient), f32x4.sqrt(f32x4.add(square, e)));
    const move = f32x4.add(f32x4.mul(keep, v128.load(step)), pull);
    v128.store(v, square);
    v128.store(step, move);
    v128.store(w, f32x4.sub(v128.load(w), move));
    w += 16;
    v += 16;
    step += 16;
    dw += 16;
  }
  for (; size > 0; size--) {
    const gradient = load<f32>(dw);
    const square = rho * load<f32>(v) + gain * gradient * gradient;
    const move = momentum * load<f32>(step) + (rate * gradient) / sqrt(square + epsilon);
    store<f32>(v, square);
    store<f32>(step, move);
    store<f32>(w, load<f32>(w) - move);
    w += 4;
    v += 4;
    step += 4;
    dw += 4;
  }
}
