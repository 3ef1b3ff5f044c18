// Made by `npm run generate`; what is changed here is lost.
import { Elementary } from '../elementary';
import { Rows } from '../rows';
import { Vectors } from '../vectors';

const constants: usize = memory.data<f32>([1], 16);

class ReluForward {
  @inline
  static y(x: v128): v128 {
    return f32x4.pmax(x, f32x4.splat(0));
  }
}

/**
 * x where it is positive, else 0; NaN stays NaN.
 *
 *     y = atLeast(x, 0)
 */
export function reluForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = ReluForward.y(xLow);
    const yHigh = ReluForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = ReluForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class ReluBackward {
  @inline
  static dx(y: v128, dy: v128): v128 {
    return v128.and(dy, f32x4.gt(y, f32x4.splat(0)));
  }
}

/**
 *     dx = y > 0 ? dy : 0
 */
export function reluBackward(dy: usize, y: usize, dx: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const yLow = v128.load(y);
    const dyLow = v128.load(dy);
    const yHigh = v128.load(y, 16);
    const dyHigh = v128.load(dy, 16);
    const dxLow = ReluBackward.dx(yLow, dyLow);
    const dxHigh = ReluBackward.dx(yHigh, dyHigh);
    v128.store(dx, dxLow);
    v128.store(dx, dxHigh, 16);
    dy += 32;
    y += 32;
    dx += 32;
  }
  for (; size > 0; size -= 4) {
    const yLanes = v128.load(y);
    const dyLanes = v128.load(dy);
    const dxLanes = ReluBackward.dx(yLanes, dyLanes);
    Vectors.storeSome(dx, dxLanes, size);
    dy += 16;
    y += 16;
    dx += 16;
  }
}

class LeakyReluForward {
  @inline
  static y(x: v128, alpha: v128): v128 {
    return v128.bitselect(x, f32x4.mul(alpha, x), f32x4.gt(x, f32x4.splat(0)));
  }
}

/**
 * Maas et al. 2013; alpha >= 0.
 *
 *     y = x > 0 ? x : alpha * x
 */
export function leakyReluForward(x: usize, y: usize, size: i32, alpha: f32): void {
  const alphaAll = f32x4.splat(alpha);
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = LeakyReluForward.y(xLow, alphaAll);
    const yHigh = LeakyReluForward.y(xHigh, alphaAll);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = LeakyReluForward.y(xLanes, alphaAll);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class LeakyReluBackward {
  @inline
  static dx(x: v128, dy: v128, alpha: v128): v128 {
    return v128.bitselect(dy, f32x4.mul(alpha, dy), f32x4.gt(x, f32x4.splat(0)));
  }
}

/**
 *     dx = x > 0 ? dy : alpha * dy
 */
export function leakyReluBackward(dy: usize, x: usize, dx: usize, size: i32, alpha: f32): void {
  const alphaAll = f32x4.splat(alpha);
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const dyLow = v128.load(dy);
    const xHigh = v128.load(x, 16);
    const dyHigh = v128.load(dy, 16);
    const dxLow = LeakyReluBackward.dx(xLow, dyLow, alphaAll);
    const dxHigh = LeakyReluBackward.dx(xHigh, dyHigh, alphaAll);
    v128.store(dx, dxLow);
    v128.store(dx, dxHigh, 16);
    dy += 32;
    x += 32;
    dx += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const dyLanes = v128.load(dy);
    const dxLanes = LeakyReluBackward.dx(xLanes, dyLanes, alphaAll);
    Vectors.storeSome(dx, dxLanes, size);
    dy += 16;
    x += 16;
    dx += 16;
  }
}

class EluForward {
  @inline
  static y(x: v128, alpha: v128): v128 {
    return v128.bitselect(x, f32x4.mul(alpha, Elementary.expm1(x)), f32x4.gt(x, f32x4.splat(0)));
  }
}

/**
 * Clevert et al. 2016, equation 15. For x <= 0 the derivative alpha e^x is y + alpha.
 *
 *     y = x > 0 ? x : alpha * expm1(x)
 */
export function eluForward(x: usize, y: usize, size: i32, alpha: f32): void {
  const alphaAll = f32x4.splat(alpha);
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = EluForward.y(xLow, alphaAll);
    const yHigh = EluForward.y(xHigh, alphaAll);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = EluForward.y(xLanes, alphaAll);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class EluBackward {
  @inline
  static dx(x: v128, dy: v128, y: v128, alpha: v128): v128 {
    return v128.bitselect(dy, f32x4.mul(dy, f32x4.add(y, alpha)), f32x4.gt(x, f32x4.splat(0)));
  }
}

/**
 *     dx = x > 0 ? dy : dy * (y + alpha)
 */
export function eluBackward(dy: usize, x: usize, y: usize, dx: usize, size: i32, alpha: f32): void {
  const alphaAll = f32x4.splat(alpha);
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const dyLow = v128.load(dy);
    const yLow = v128.load(y);
    const xHigh = v128.load(x, 16);
    const dyHigh = v128.load(dy, 16);
    const yHigh = v128.load(y, 16);
    const dxLow = EluBackward.dx(xLow, dyLow, yLow, alphaAll);
    const dxHigh = EluBackward.dx(xHigh, dyHigh, yHigh, alphaAll);
    v128.store(dx, dxLow);
    v128.store(dx, dxHigh, 16);
    dy += 32;
    x += 32;
    y += 32;
    dx += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const dyLanes = v128.load(dy);
    const yLanes = v128.load(y);
    const dxLanes = EluBackward.dx(xLanes, dyLanes, yLanes, alphaAll);
    Vectors.storeSome(dx, dxLanes, size);
    dy += 16;
    x += 16;
    y += 16;
    dx += 16;
  }
}

class SigmoidForward {
  @inline
  static y(x: v128): v128 {
    return Elementary.sigmoid(x);
  }
}

/**
 * 1 / (1 + e^-x).
 *
 *     y = sigmoid(x)
 */
export function sigmoidForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = SigmoidForward.y(xLow);
    const yHigh = SigmoidForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = SigmoidForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class SigmoidBackward {
  @inline
  static dx(dy: v128, y: v128): v128 {
    return f32x4.mul(f32x4.mul(dy, y), f32x4.sub(v128.load32_splat(constants), y));
  }
}

/**
 *     dx = dy * y * (1 - y)
 */
export function sigmoidBackward(dy: usize, y: usize, dx: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const dyLow = v128.load(dy);
    const yLow = v128.load(y);
    const dyHigh = v128.load(dy, 16);
    const yHigh = v128.load(y, 16);
    const dxLow = SigmoidBackward.dx(dyLow, yLow);
    const dxHigh = SigmoidBackward.dx(dyHigh, yHigh);
    v128.store(dx, dxLow);
    v128.store(dx, dxHigh, 16);
    dy += 32;
    y += 32;
    dx += 32;
  }
  for (; size > 0; size -= 4) {
    const dyLanes = v128.load(dy);
    const yLanes = v128.load(y);
    const dxLanes = SigmoidBackward.dx(dyLanes, yLanes);
    Vectors.storeSome(dx, dxLanes, size);
    dy += 16;
    y += 16;
    dx += 16;
  }
}

class SoftplusForward {
  @inline
  static y(x: v128): v128 {
    return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), Elementary.log1p(Elementary.exp(f32x4.neg(f32x4.abs(x)))));
  }
}

/**
 * log(1 + e^x), in a form that does not overflow.
 *
 *     y = atLeast(x, 0) + log1p(exp(-abs(x)))
 */
export function softplusForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = SoftplusForward.y(xLow);
    const yHigh = SoftplusForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = SoftplusForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class SoftplusBackward {
  @inline
  static dx(dy: v128, x: v128): v128 {
    return f32x4.mul(dy, Elementary.sigmoid(x));
  }
}

/**
 *     dx = dy * sigmoid(x)
 */
export function softplusBackward(dy: usize, x: usize, dx: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const dyLow = v128.load(dy);
    const xLow = v128.load(x);
    const dyHigh = v128.load(dy, 16);
    const xHigh = v128.load(x, 16);
    const dxLow = SoftplusBackward.dx(dyLow, xLow);
    const dxHigh = SoftplusBackward.dx(dyHigh, xHigh);
    v128.store(dx, dxLow);
    v128.store(dx, dxHigh, 16);
    dy += 32;
    x += 32;
    dx += 32;
  }
  for (; size > 0; size -= 4) {
    const dyLanes = v128.load(dy);
    const xLanes = v128.load(x);
    const dxLanes = SoftplusBackward.dx(dyLanes, xLanes);
    Vectors.storeSome(dx, dxLanes, size);
    dy += 16;
    x += 16;
    dx += 16;
  }
}

class TanhForward {
  @inline
  static y(x: v128): v128 {
    return Elementary.tanh(x);
  }
}

/**
 * The hyperbolic tangent.
 *
 *     y = tanh(x)
 */
export function tanhForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = TanhForward.y(xLow);
    const yHigh = TanhForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = TanhForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class TanhBackward {
  @inline
  static dx(dy: v128, y: v128): v128 {
    return f32x4.mul(dy, f32x4.sub(v128.load32_splat(constants), f32x4.mul(y, y)));
  }
}

/**
 *     dx = dy * (1 - y * y)
 */
export function tanhBackward(dy: usize, y: usize, dx: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const dyLow = v128.load(dy);
    const yLow = v128.load(y);
    const dyHigh = v128.load(dy, 16);
    const yHigh = v128.load(y, 16);
    const dxLow = TanhBackward.dx(dyLow, yLow);
    const dxHigh = TanhBackward.dx(dyHigh, yHigh);
    v128.store(dx, dxLow);
    v128.store(dx, dxHigh, 16);
    dy += 32;
    y += 32;
    dx += 32;
  }
  for (; size > 0; size -= 4) {
    const dyLanes = v128.load(dy);
    const yLanes = v128.load(y);
    const dxLanes = TanhBackward.dx(dyLanes, yLanes);
    Vectors.storeSome(dx, dxLanes, size);
    dy += 16;
    y += 16;
    dx += 16;
  }
}

class SoftmaxForward {
  @inline
  static y(x: v128, largest: v128): v128 {
    return Elementary.exp(f32x4.sub(x, largest));
  }

  @inline
  static y2(y: v128, sum: v128): v128 {
    return f32x4.div(y, sum);
  }
}

/**
 * e^x over its sum, the row's maximum subtracted first so that nothing overflows.
 *
 *     y = exp(x - largest(x))
 *     y = y / sum(y)
 */
export function softmaxForward(x: usize, y: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  const last = Vectors.firstLanes(rest);
  for (; rows > 0; rows--) {
    const largest = Rows.largest(x, columns) as f64;
    const largestAll = f32x4.splat(largest as f32);
    let sumPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const xLanes = v128.load(x + at);
      const yLanes = SoftmaxForward.y(xLanes, largestAll);
      v128.store(y + at, yLanes);
      sumPairs = Vectors.addTo(sumPairs, yLanes);
    }
    if (rest > 0) {
      const at = whole;
      const xLanes = v128.load(x + at);
      const yLanes = SoftmaxForward.y(xLanes, largestAll);
      Vectors.storeSome(y + at, yLanes, rest);
      sumPairs = Vectors.addTo(sumPairs, v128.and(yLanes, last));
    }
    const sum = Vectors.total(sumPairs);
    const sumAll = f32x4.splat(sum as f32);
    for (let at: usize = 0; at < whole; at += 16) {
      const yLanes = v128.load(y + at);
      const y2Next = SoftmaxForward.y2(yLanes, sumAll);
      v128.store(y + at, y2Next);
    }
    if (rest > 0) {
      const at = whole;
      const yLanes = v128.load(y + at);
      const y2Next = SoftmaxForward.y2(yLanes, sumAll);
      Vectors.storeSome(y + at, y2Next, rest);
    }
    x += bytes;
    y += bytes;
  }
}

class SoftmaxBackward {
  @inline
  static sum(dy: v128, y: v128): v128 {
    return f32x4.mul(dy, y);
  }

  @inline
  static dx(y: v128, dy: v128, sum: v128): v128 {
    return f32x4.mul(y, f32x4.sub(dy, sum));
  }
}

/**
 *     dx = y * (dy - sum(dy * y))
 */
export function softmaxBackward(dy: usize, y: usize, dx: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  const last = Vectors.firstLanes(rest);
  for (; rows > 0; rows--) {
    let sumPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const dyLanes = v128.load(dy + at);
      const yLanes = v128.load(y + at);
      sumPairs = Vectors.addTo(sumPairs, SoftmaxBackward.sum(dyLanes, yLanes));
    }
    if (rest > 0) {
      const at = whole;
      const dyLanes = v128.load(dy + at);
      const yLanes = v128.load(y + at);
      sumPairs = Vectors.addTo(sumPairs, v128.and(SoftmaxBackward.sum(dyLanes, yLanes), last));
    }
    const sum = Vectors.total(sumPairs);
    const sumAll = f32x4.splat(sum as f32);
    for (let at: usize = 0; at < whole; at += 16) {
      const yLanes = v128.load(y + at);
      const dyLanes = v128.load(dy + at);
      const dxLanes = SoftmaxBackward.dx(yLanes, dyLanes, sumAll);
      v128.store(dx + at, dxLanes);
    }
    if (rest > 0) {
      const at = whole;
      const yLanes = v128.load(y + at);
      const dyLanes = v128.load(dy + at);
      const dxLanes = SoftmaxBackward.dx(yLanes, dyLanes, sumAll);
      Vectors.storeSome(dx + at, dxLanes, rest);
    }
    dy += bytes;
    y += bytes;
    dx += bytes;
  }
}
