// Made from kernels/formulas by `npm run generate`; what is changed here is lost.
import { combine } from '../broadcast';
import { Elementary } from '../elementary';
import { Vectors } from '../vectors';

class AddForward {
  @inline
  apply(a: v128, b: v128): v128 {
    return f32x4.add(a, b);
  }
}

/**
 * a + b.
 *
 *     y = a + b
 */
export function addForward(
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
  combine<AddForward>(a, b, y, axes, from, rows, columns, aStep, bStep);
}

class SubtractForward {
  @inline
  apply(a: v128, b: v128): v128 {
    return f32x4.sub(a, b);
  }
}

/**
 * a - b.
 *
 *     y = a - b
 */
export function subtractForward(
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
  combine<SubtractForward>(a, b, y, axes, from, rows, columns, aStep, bStep);
}

class MultiplyForward {
  @inline
  apply(a: v128, b: v128): v128 {
    return f32x4.mul(a, b);
  }
}

/**
 * a b.
 *
 *     y = a * b
 */
export function multiplyForward(
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
  combine<MultiplyForward>(a, b, y, axes, from, rows, columns, aStep, bStep);
}

class DivideForward {
  @inline
  apply(a: v128, b: v128): v128 {
    return f32x4.div(a, b);
  }
}

/**
 * a / b.
 *
 *     y = a / b
 */
export function divideForward(
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
  combine<DivideForward>(a, b, y, axes, from, rows, columns, aStep, bStep);
}

class AffineForward {
  @inline
  static y(factor: v128, x: v128, offset: v128): v128 {
    return f32x4.add(f32x4.mul(factor, x), offset);
  }
}

/**
 * The same factor and offset for all elements.
 *
 *     y = factor * x + offset
 */
export function affineForward(x: usize, y: usize, size: i32, factor: f32, offset: f32): void {
  const factorAll = f32x4.splat(factor);
  const offsetAll = f32x4.splat(offset);
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = AffineForward.y(factorAll, xLow, offsetAll);
    const yHigh = AffineForward.y(factorAll, xHigh, offsetAll);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = AffineForward.y(factorAll, xLanes, offsetAll);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class NegateForward {
  @inline
  static y(x: v128): v128 {
    return f32x4.neg(x);
  }
}

/**
 * -x.
 *
 *     y = -x
 */
export function negateForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = NegateForward.y(xLow);
    const yHigh = NegateForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = NegateForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class SquareForward {
  @inline
  static y(x: v128): v128 {
    return f32x4.mul(x, x);
  }
}

/**
 * x x.
 *
 *     y = x * x
 */
export function squareForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = SquareForward.y(xLow);
    const yHigh = SquareForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = SquareForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class ExpForward {
  @inline
  static y(x: v128): v128 {
    return Elementary.exp(x);
  }
}

/**
 * e^x.
 *
 *     y = exp(x)
 */
export function expForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = ExpForward.y(xLow);
    const yHigh = ExpForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = ExpForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class LogForward {
  @inline
  static y(x: v128): v128 {
    return Elementary.log(x);
  }
}

/**
 * The natural logarithm.
 *
 *     y = log(x)
 */
export function logForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = LogForward.y(xLow);
    const yHigh = LogForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = LogForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class SqrtForward {
  @inline
  static y(x: v128): v128 {
    return f32x4.sqrt(x);
  }
}

/**
 * The square root.
 *
 *     y = sqrt(x)
 */
export function sqrtForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = SqrtForward.y(xLow);
    const yHigh = SqrtForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = SqrtForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class AbsForward {
  @inline
  static y(x: v128): v128 {
    return f32x4.abs(x);
  }
}

/**
 * The magnitude; its gradient is 0 at 0.
 *
 *     y = abs(x)
 */
export function absForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = AbsForward.y(xLow);
    const yHigh = AbsForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = AbsForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class AbsBackward {
  @inline
  static dx(x: v128, dy: v128): v128 {
    return v128.bitselect(dy, v128.and(f32x4.neg(dy), f32x4.lt(x, f32x4.splat(0))), f32x4.gt(x, f32x4.splat(0)));
  }
}

/**
 *     dx = x > 0 ? dy : x < 0 ? -dy : 0
 */
export function absBackward(dy: usize, x: usize, dx: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const dyLow = v128.load(dy);
    const xHigh = v128.load(x, 16);
    const dyHigh = v128.load(dy, 16);
    const dxLow = AbsBackward.dx(xLow, dyLow);
    const dxHigh = AbsBackward.dx(xHigh, dyHigh);
    v128.store(dx, dxLow);
    v128.store(dx, dxHigh, 16);
    dy += 32;
    x += 32;
    dx += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const dyLanes = v128.load(dy);
    const dxLanes = AbsBackward.dx(xLanes, dyLanes);
    Vectors.storeSome(dx, dxLanes, size);
    dy += 16;
    x += 16;
    dx += 16;
  }
}

class Fill {
  @inline
  static y(value: v128): v128 {
    return value;
  }
}

/**
 * All elements alike.
 *
 *     y = value
 */
export function fill(y: usize, size: i32, value: f32): void {
  const valueAll = f32x4.splat(value);
  for (; size >= 8; size -= 8) {
    const yLow = Fill.y(valueAll);
    const yHigh = Fill.y(valueAll);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const yLanes = Fill.y(valueAll);
    Vectors.storeSome(y, yLanes, size);
    y += 16;
  }
}
