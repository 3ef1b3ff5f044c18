// Made by `npm run generate`; what is changed here is lost.
import { combine } from '../broadcast';
import { Elementary } from '../elementary';
import { Rows } from '../rows';
import { Vectors } from '../vectors';

const constants: usize = memory.data<f32>(
  [
    -3.4e38, 0.5, 1, 0.7071067811865476, 0.3989422804014327, -0.5, 1.5957691216057308, 0.044715, -20, 20, 0.134145, 6,
    -3, 3,
  ],
  16,
);

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

class ThresholdedReluForward {
  @inline
  static y(x: v128, threshold: v128, maxValue: v128, alpha: v128): v128 {
    return v128.bitselect(
      f32x4.pmin(x, maxValue),
      f32x4.mul(alpha, f32x4.pmax(f32x4.sub(x, threshold), v128.load32_splat(constants))),
      f32x4.gt(x, threshold),
    );
  }
}

/**
 * x above the threshold, but at most maxValue; alpha (x - threshold) below. It is 0 for -Infinity and alpha 0.
 *
 *     y = x > threshold ? atMost(x, maxValue) : alpha * atLeast(x - threshold, -3.4e38)
 */
export function thresholdedReluForward(x: usize, y: usize, size: i32, alpha: f32, maxValue: f32, threshold: f32): void {
  const alphaAll = f32x4.splat(alpha);
  const maxValueAll = f32x4.splat(maxValue);
  const thresholdAll = f32x4.splat(threshold);
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = ThresholdedReluForward.y(xLow, thresholdAll, maxValueAll, alphaAll);
    const yHigh = ThresholdedReluForward.y(xHigh, thresholdAll, maxValueAll, alphaAll);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = ThresholdedReluForward.y(xLanes, thresholdAll, maxValueAll, alphaAll);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class ThresholdedReluBackward {
  @inline
  static dx(x: v128, threshold: v128, maxValue: v128, dy: v128, alpha: v128): v128 {
    return v128.bitselect(v128.and(dy, f32x4.le(x, maxValue)), f32x4.mul(alpha, dy), f32x4.gt(x, threshold));
  }
}

/**
 *     dx = x > threshold ? (x <= maxValue ? dy : 0) : alpha * dy
 */
export function thresholdedReluBackward(
  dy: usize,
  x: usize,
  dx: usize,
  size: i32,
  alpha: f32,
  maxValue: f32,
  threshold: f32,
): void {
  const alphaAll = f32x4.splat(alpha);
  const maxValueAll = f32x4.splat(maxValue);
  const thresholdAll = f32x4.splat(threshold);
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const dyLow = v128.load(dy);
    const xHigh = v128.load(x, 16);
    const dyHigh = v128.load(dy, 16);
    const dxLow = ThresholdedReluBackward.dx(xLow, thresholdAll, maxValueAll, dyLow, alphaAll);
    const dxHigh = ThresholdedReluBackward.dx(xHigh, thresholdAll, maxValueAll, dyHigh, alphaAll);
    v128.store(dx, dxLow);
    v128.store(dx, dxHigh, 16);
    dy += 32;
    x += 32;
    dx += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const dyLanes = v128.load(dy);
    const dxLanes = ThresholdedReluBackward.dx(xLanes, thresholdAll, maxValueAll, dyLanes, alphaAll);
    Vectors.storeSome(dx, dxLanes, size);
    dy += 16;
    x += 16;
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

class PreluForward {
  @inline
  apply(a: v128, b: v128): v128 {
    return v128.bitselect(a, f32x4.mul(b, a), f32x4.gt(a, f32x4.splat(0)));
  }
}

/**
 * He et al. 2015, equation 1: a where it is positive, else b a.
 *
 *     y = a > 0 ? a : b * a
 */
export function preluForward(
  a: usize,
  b: usize,
  y: usize,
  axes: usize,
  from: i32,
  rows: i32,
  columns: i32,
  aStep: i32,
  bStep: i32,
): void {
  combine<PreluForward>(a, b, y, axes, from, rows, columns, aStep, bStep);
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

class GeluForward {
  @inline
  static y(x: v128): v128 {
    return f32x4.mul(
      f32x4.mul(v128.load32_splat(constants, 4), x),
      f32x4.add(v128.load32_splat(constants, 8), Elementary.erf(f32x4.mul(v128.load32_splat(constants, 12), x))),
    );
  }
}

/**
 * Hendrycks and Gimpel 2016: x times the share of a standard normal distribution that lies below x.
 *
 *     y = 0.5 * x * (1 + erf(0.7071067811865476 * x))
 */
export function geluForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = GeluForward.y(xLow);
    const yHigh = GeluForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = GeluForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class GeluBackward {
  @inline
  static dx(dy: v128, x: v128): v128 {
    return f32x4.mul(
      dy,
      f32x4.add(
        f32x4.add(
          v128.load32_splat(constants, 4),
          f32x4.mul(v128.load32_splat(constants, 4), Elementary.erf(f32x4.mul(v128.load32_splat(constants, 12), x))),
        ),
        f32x4.mul(
          f32x4.mul(v128.load32_splat(constants, 16), x),
          Elementary.exp(f32x4.mul(f32x4.mul(v128.load32_splat(constants, 20), x), x)),
        ),
      ),
    );
  }
}

/**
 *     dx = dy * (0.5 + 0.5 * erf(0.7071067811865476 * x) + 0.3989422804014327 * x * exp(-0.5 * x * x))
 */
export function geluBackward(dy: usize, x: usize, dx: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const dyLow = v128.load(dy);
    const xLow = v128.load(x);
    const dyHigh = v128.load(dy, 16);
    const xHigh = v128.load(x, 16);
    const dxLow = GeluBackward.dx(dyLow, xLow);
    const dxHigh = GeluBackward.dx(dyHigh, xHigh);
    v128.store(dx, dxLow);
    v128.store(dx, dxHigh, 16);
    dy += 32;
    x += 32;
    dx += 32;
  }
  for (; size > 0; size -= 4) {
    const dyLanes = v128.load(dy);
    const xLanes = v128.load(x);
    const dxLanes = GeluBackward.dx(dyLanes, xLanes);
    Vectors.storeSome(dx, dxLanes, size);
    dy += 16;
    x += 16;
    dx += 16;
  }
}

class GeluTanhForward {
  @inline
  static y(x: v128): v128 {
    return f32x4.mul(
      x,
      Elementary.sigmoid(
        f32x4.mul(
          v128.load32_splat(constants, 24),
          f32x4.add(x, f32x4.mul(f32x4.mul(f32x4.mul(v128.load32_splat(constants, 28), x), x), x)),
        ),
      ),
    );
  }
}

/**
 * Hendrycks and Gimpel 2016, section 2: gelu by a hyperbolic tangent, written as the sigmoid of twice its operand. Beyond 20 the slope is that of 0 or of x.
 *
 *     y = x * sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x))
 */
export function geluTanhForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = GeluTanhForward.y(xLow);
    const yHigh = GeluTanhForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = GeluTanhForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class GeluTanhBackward {
  @inline
  static near(x: v128): v128 {
    return f32x4.pmin(f32x4.pmax(x, v128.load32_splat(constants, 32)), v128.load32_splat(constants, 36));
  }

  @inline
  static s(near: v128): v128 {
    return Elementary.sigmoid(
      f32x4.mul(
        v128.load32_splat(constants, 24),
        f32x4.add(near, f32x4.mul(f32x4.mul(f32x4.mul(v128.load32_splat(constants, 28), near), near), near)),
      ),
    );
  }

  @inline
  static slope(near: v128): v128 {
    return f32x4.mul(
      v128.load32_splat(constants, 24),
      f32x4.add(v128.load32_splat(constants, 8), f32x4.mul(f32x4.mul(v128.load32_splat(constants, 40), near), near)),
    );
  }

  @inline
  static dx(dy: v128, s: v128, near: v128, slope: v128): v128 {
    return f32x4.mul(
      f32x4.mul(dy, s),
      f32x4.add(
        v128.load32_splat(constants, 8),
        f32x4.mul(f32x4.mul(near, f32x4.sub(v128.load32_splat(constants, 8), s)), slope),
      ),
    );
  }
}

/**
 *     near = atMost(atLeast(x, -20), 20)
 *     s = sigmoid(1.5957691216057308 * (near + 0.044715 * near * near * near))
 *     slope = 1.5957691216057308 * (1 + 0.134145 * near * near)
 *     dx = dy * s * (1 + near * (1 - s) * slope)
 */
export function geluTanhBackward(dy: usize, x: usize, dx: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const dyLow = v128.load(dy);
    const xHigh = v128.load(x, 16);
    const dyHigh = v128.load(dy, 16);
    const nearLow = GeluTanhBackward.near(xLow);
    const nearHigh = GeluTanhBackward.near(xHigh);
    const sLow = GeluTanhBackward.s(nearLow);
    const sHigh = GeluTanhBackward.s(nearHigh);
    const slopeLow = GeluTanhBackward.slope(nearLow);
    const slopeHigh = GeluTanhBackward.slope(nearHigh);
    const dxLow = GeluTanhBackward.dx(dyLow, sLow, nearLow, slopeLow);
    const dxHigh = GeluTanhBackward.dx(dyHigh, sHigh, nearHigh, slopeHigh);
    v128.store(dx, dxLow);
    v128.store(dx, dxHigh, 16);
    dy += 32;
    x += 32;
    dx += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const dyLanes = v128.load(dy);
    const nearLanes = GeluTanhBackward.near(xLanes);
    const sLanes = GeluTanhBackward.s(nearLanes);
    const slopeLanes = GeluTanhBackward.slope(nearLanes);
    const dxLanes = GeluTanhBackward.dx(dyLanes, sLanes, nearLanes, slopeLanes);
    Vectors.storeSome(dx, dxLanes, size);
    dy += 16;
    x += 16;
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
    return f32x4.mul(f32x4.mul(dy, y), f32x4.sub(v128.load32_splat(constants, 8), y));
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

class SiluForward {
  @inline
  static y(x: v128): v128 {
    return f32x4.mul(x, Elementary.sigmoid(x));
  }
}

/**
 * x sigmoid(x) (Elfwing et al. 2018), also known as swish.
 *
 *     y = x * sigmoid(x)
 */
export function siluForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = SiluForward.y(xLow);
    const yHigh = SiluForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = SiluForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class SiluBackward {
  @inline
  static s(x: v128): v128 {
    return Elementary.sigmoid(x);
  }

  @inline
  static dx(dy: v128, s: v128, x: v128): v128 {
    return f32x4.mul(
      f32x4.mul(dy, s),
      f32x4.add(v128.load32_splat(constants, 8), f32x4.mul(x, f32x4.sub(v128.load32_splat(constants, 8), s))),
    );
  }
}

/**
 *     s = sigmoid(x)
 *     dx = dy * s * (1 + x * (1 - s))
 */
export function siluBackward(dy: usize, x: usize, dx: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const dyLow = v128.load(dy);
    const xHigh = v128.load(x, 16);
    const dyHigh = v128.load(dy, 16);
    const sLow = SiluBackward.s(xLow);
    const sHigh = SiluBackward.s(xHigh);
    const dxLow = SiluBackward.dx(dyLow, sLow, xLow);
    const dxHigh = SiluBackward.dx(dyHigh, sHigh, xHigh);
    v128.store(dx, dxLow);
    v128.store(dx, dxHigh, 16);
    dy += 32;
    x += 32;
    dx += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const dyLanes = v128.load(dy);
    const sLanes = SiluBackward.s(xLanes);
    const dxLanes = SiluBackward.dx(dyLanes, sLanes, xLanes);
    Vectors.storeSome(dx, dxLanes, size);
    dy += 16;
    x += 16;
    dx += 16;
  }
}

class HardSiluForward {
  @inline
  static y(x: v128): v128 {
    return f32x4.mul(
      x,
      f32x4.pmin(
        f32x4.pmax(
          f32x4.add(f32x4.div(x, v128.load32_splat(constants, 44)), v128.load32_splat(constants, 4)),
          f32x4.splat(0),
        ),
        v128.load32_splat(constants, 8),
      ),
    );
  }
}

/**
 * x hardSigmoid(x) (Howard et al. 2019, section 5.2), also known as hard swish.
 *
 *     y = x * atMost(atLeast(x / 6 + 0.5, 0), 1)
 */
export function hardSiluForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = HardSiluForward.y(xLow);
    const yHigh = HardSiluForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = HardSiluForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class HardSiluBackward {
  @inline
  static dx(x: v128, dy: v128): v128 {
    return v128.andnot(
      v128.bitselect(
        f32x4.mul(dy, f32x4.add(f32x4.div(x, v128.load32_splat(constants, 52)), v128.load32_splat(constants, 4))),
        dy,
        f32x4.lt(x, v128.load32_splat(constants, 52)),
      ),
      f32x4.le(x, v128.load32_splat(constants, 48)),
    );
  }
}

/**
 *     dx = x <= -3 ? 0 : x < 3 ? dy * (x / 3 + 0.5) : dy
 */
export function hardSiluBackward(dy: usize, x: usize, dx: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const dyLow = v128.load(dy);
    const xHigh = v128.load(x, 16);
    const dyHigh = v128.load(dy, 16);
    const dxLow = HardSiluBackward.dx(xLow, dyLow);
    const dxHigh = HardSiluBackward.dx(xHigh, dyHigh);
    v128.store(dx, dxLow);
    v128.store(dx, dxHigh, 16);
    dy += 32;
    x += 32;
    dx += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const dyLanes = v128.load(dy);
    const dxLanes = HardSiluBackward.dx(xLanes, dyLanes);
    Vectors.storeSome(dx, dxLanes, size);
    dy += 16;
    x += 16;
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
    return f32x4.mul(dy, f32x4.sub(v128.load32_splat(constants, 8), f32x4.mul(y, y)));
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

class LogSoftmaxForward {
  @inline
  static total(x: v128, top: v128): v128 {
    return Elementary.exp(f32x4.sub(x, top));
  }

  @inline
  static y(x: v128, top: v128, ofRow: v128): v128 {
    return f32x4.sub(f32x4.sub(x, top), ofRow);
  }
}

/**
 * The logarithm of the softmax, which does not go through it.
 *
 *     top = largest(x)
 *     total = sum(exp(x - top))
 *     y = x - top - log(total)
 */
export function logSoftmaxForward(x: usize, y: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  const last = Vectors.firstLanes(rest);
  for (; rows > 0; rows--) {
    const top = Rows.largest(x, columns) as f64;
    const topAll = f32x4.splat(top as f32);
    let totalPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const xLanes = v128.load(x + at);
      totalPairs = Vectors.addTo(totalPairs, LogSoftmaxForward.total(xLanes, topAll));
    }
    if (rest > 0) {
      const at = whole;
      const xLanes = v128.load(x + at);
      totalPairs = Vectors.addTo(totalPairs, v128.and(LogSoftmaxForward.total(xLanes, topAll), last));
    }
    const total = Vectors.total(totalPairs);
    const ofRow: f64 = Rows.log(total);
    const ofRowAll = f32x4.splat(ofRow as f32);
    for (let at: usize = 0; at < whole; at += 16) {
      const xLanes = v128.load(x + at);
      const yLanes = LogSoftmaxForward.y(xLanes, topAll, ofRowAll);
      v128.store(y + at, yLanes);
    }
    if (rest > 0) {
      const at = whole;
      const xLanes = v128.load(x + at);
      const yLanes = LogSoftmaxForward.y(xLanes, topAll, ofRowAll);
      Vectors.storeSome(y + at, yLanes, rest);
    }
    x += bytes;
    y += bytes;
  }
}

class LogSoftmaxBackward {
  @inline
  static dx(dy: v128, y: v128, sum: v128): v128 {
    return f32x4.sub(dy, f32x4.mul(Elementary.exp(y), sum));
  }
}

/**
 *     dx = dy - exp(y) * sum(dy)
 */
export function logSoftmaxBackward(dy: usize, y: usize, dx: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  const last = Vectors.firstLanes(rest);
  for (; rows > 0; rows--) {
    let sumPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const dyLanes = v128.load(dy + at);
      sumPairs = Vectors.addTo(sumPairs, dyLanes);
    }
    if (rest > 0) {
      const at = whole;
      const dyLanes = v128.load(dy + at);
      sumPairs = Vectors.addTo(sumPairs, v128.and(dyLanes, last));
    }
    const sum = Vectors.total(sumPairs);
    const sumAll = f32x4.splat(sum as f32);
    for (let at: usize = 0; at < whole; at += 16) {
      const dyLanes = v128.load(dy + at);
      const yLanes = v128.load(y + at);
      const dxLanes = LogSoftmaxBackward.dx(dyLanes, yLanes, sumAll);
      v128.store(dx + at, dxLanes);
    }
    if (rest > 0) {
      const at = whole;
      const dyLanes = v128.load(dy + at);
      const yLanes = v128.load(y + at);
      const dxLanes = LogSoftmaxBackward.dx(dyLanes, yLanes, sumAll);
      Vectors.storeSome(dx + at, dxLanes, rest);
    }
    dy += bytes;
    y += bytes;
    dx += bytes;
  }
}
