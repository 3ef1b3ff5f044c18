// Made by `npm run generate`; what is changed here is lost.
import { combine, combineSingly } from '../broadcast';
import { Elementary } from '../elementary';
import { Vectors } from '../vectors';

const constants: usize = memory.data<f32>([1, -1], 16);

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

class MaximumForward {
  @inline
  apply(a: v128, b: v128): v128 {
    return f32x4.max(a, b);
  }
}

/**
 * The larger of a and b; NaN if one of them is. Of equal operands a gets the gradient, as in TensorFlow.
 *
 *     y = max(a, b)
 */
export function maximumForward(
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
  combine<MaximumForward>(a, b, y, axes, from, rows, columns, aStep, bStep);
}

class MinimumForward {
  @inline
  apply(a: v128, b: v128): v128 {
    return f32x4.min(a, b);
  }
}

/**
 * The smaller of a and b; NaN if one of them is. Of equal operands a gets the gradient, as in TensorFlow.
 *
 *     y = min(a, b)
 */
export function minimumForward(
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
  combine<MinimumForward>(a, b, y, axes, from, rows, columns, aStep, bStep);
}

class PowForward {
  @inline
  apply(a: v128, b: v128): v128 {
    return Elementary.pow(a, b);
  }
}

/**
 * a to the power of b; NaN for a negative a and a fraction b. Where a <= 0, b gets no gradient.
 *
 *     y = pow(a, b)
 */
export function powForward(
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
  combineSingly<PowForward>(a, b, y, axes, from, rows, columns, aStep, bStep);
}

class Equal {
  @inline
  apply(a: v128, b: v128): v128 {
    return v128.and(v128.load32_splat(constants), f32x4.eq(a, b));
  }
}

/**
 * 1 where a equals b, else 0.
 *
 *     y = a == b ? 1 : 0
 */
export function equal(
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
  combine<Equal>(a, b, y, axes, from, rows, columns, aStep, bStep);
}

class NotEqual {
  @inline
  apply(a: v128, b: v128): v128 {
    return v128.and(v128.load32_splat(constants), f32x4.ne(a, b));
  }
}

/**
 * 1 where a is not b, else 0.
 *
 *     y = a != b ? 1 : 0
 */
export function notEqual(
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
  combine<NotEqual>(a, b, y, axes, from, rows, columns, aStep, bStep);
}

class Less {
  @inline
  apply(a: v128, b: v128): v128 {
    return v128.and(v128.load32_splat(constants), f32x4.lt(a, b));
  }
}

/**
 * 1 where a < b, else 0.
 *
 *     y = a < b ? 1 : 0
 */
export function less(
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
  combine<Less>(a, b, y, axes, from, rows, columns, aStep, bStep);
}

class LessEqual {
  @inline
  apply(a: v128, b: v128): v128 {
    return v128.and(v128.load32_splat(constants), f32x4.le(a, b));
  }
}

/**
 * 1 where a <= b, else 0.
 *
 *     y = a <= b ? 1 : 0
 */
export function lessEqual(
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
  combine<LessEqual>(a, b, y, axes, from, rows, columns, aStep, bStep);
}

class Greater {
  @inline
  apply(a: v128, b: v128): v128 {
    return v128.and(v128.load32_splat(constants), f32x4.gt(a, b));
  }
}

/**
 * 1 where a > b, else 0.
 *
 *     y = a > b ? 1 : 0
 */
export function greater(
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
  combine<Greater>(a, b, y, axes, from, rows, columns, aStep, bStep);
}

class GreaterEqual {
  @inline
  apply(a: v128, b: v128): v128 {
    return v128.and(v128.load32_splat(constants), f32x4.ge(a, b));
  }
}

/**
 * 1 where a >= b, else 0.
 *
 *     y = a >= b ? 1 : 0
 */
export function greaterEqual(
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
  combine<GreaterEqual>(a, b, y, axes, from, rows, columns, aStep, bStep);
}

class WhereForward {
  @inline
  static y(condition: v128, a: v128, b: v128): v128 {
    return v128.bitselect(a, b, f32x4.ne(condition, f32x4.splat(0)));
  }
}

/**
 * a where the condition is not 0, else b.
 *
 *     y = condition != 0 ? a : b
 */
export function whereForward(condition: usize, a: usize, b: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const conditionLow = v128.load(condition);
    const aLow = v128.load(a);
    const bLow = v128.load(b);
    const conditionHigh = v128.load(condition, 16);
    const aHigh = v128.load(a, 16);
    const bHigh = v128.load(b, 16);
    const yLow = WhereForward.y(conditionLow, aLow, bLow);
    const yHigh = WhereForward.y(conditionHigh, aHigh, bHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    condition += 32;
    a += 32;
    b += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const conditionLanes = v128.load(condition);
    const aLanes = v128.load(a);
    const bLanes = v128.load(b);
    const yLanes = WhereForward.y(conditionLanes, aLanes, bLanes);
    Vectors.storeSome(y, yLanes, size);
    condition += 16;
    a += 16;
    b += 16;
    y += 16;
  }
}

class WhereBackward {
  @inline
  static da(condition: v128, dy: v128): v128 {
    return v128.and(dy, f32x4.ne(condition, f32x4.splat(0)));
  }

  @inline
  static db(condition: v128, dy: v128): v128 {
    return v128.andnot(dy, f32x4.ne(condition, f32x4.splat(0)));
  }
}

/**
 *     da = condition != 0 ? dy : 0
 *     db = condition != 0 ? 0 : dy
 */
export function whereBackward(dy: usize, condition: usize, da: usize, db: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const conditionLow = v128.load(condition);
    const dyLow = v128.load(dy);
    const conditionHigh = v128.load(condition, 16);
    const dyHigh = v128.load(dy, 16);
    const daLow = WhereBackward.da(conditionLow, dyLow);
    const daHigh = WhereBackward.da(conditionHigh, dyHigh);
    const dbLow = WhereBackward.db(conditionLow, dyLow);
    const dbHigh = WhereBackward.db(conditionHigh, dyHigh);
    v128.store(da, daLow);
    v128.store(da, daHigh, 16);
    v128.store(db, dbLow);
    v128.store(db, dbHigh, 16);
    dy += 32;
    condition += 32;
    da += 32;
    db += 32;
  }
  for (; size > 0; size -= 4) {
    const conditionLanes = v128.load(condition);
    const dyLanes = v128.load(dy);
    const daLanes = WhereBackward.da(conditionLanes, dyLanes);
    const dbLanes = WhereBackward.db(conditionLanes, dyLanes);
    Vectors.storeSome(da, daLanes, size);
    Vectors.storeSome(db, dbLanes, size);
    dy += 16;
    condition += 16;
    da += 16;
    db += 16;
  }
}

class ClipForward {
  @inline
  static y(x: v128, min: v128, max: v128): v128 {
    return f32x4.pmin(f32x4.pmax(x, min), max);
  }
}

/**
 * x, but at least min and at most max; NaN stays NaN.
 *
 *     y = atMost(atLeast(x, min), max)
 */
export function clipForward(x: usize, y: usize, size: i32, min: f32, max: f32): void {
  const minAll = f32x4.splat(min);
  const maxAll = f32x4.splat(max);
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = ClipForward.y(xLow, minAll, maxAll);
    const yHigh = ClipForward.y(xHigh, minAll, maxAll);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = ClipForward.y(xLanes, minAll, maxAll);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class ClipBackward {
  @inline
  static dx(x: v128, min: v128, max: v128, dy: v128): v128 {
    return v128.and(dy, v128.and(f32x4.ge(x, min), f32x4.le(x, max)));
  }
}

/**
 *     dx = x >= min && x <= max ? dy : 0
 */
export function clipBackward(dy: usize, x: usize, dx: usize, size: i32, min: f32, max: f32): void {
  const minAll = f32x4.splat(min);
  const maxAll = f32x4.splat(max);
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const dyLow = v128.load(dy);
    const xHigh = v128.load(x, 16);
    const dyHigh = v128.load(dy, 16);
    const dxLow = ClipBackward.dx(xLow, minAll, maxAll, dyLow);
    const dxHigh = ClipBackward.dx(xHigh, minAll, maxAll, dyHigh);
    v128.store(dx, dxLow);
    v128.store(dx, dxHigh, 16);
    dy += 32;
    x += 32;
    dx += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const dyLanes = v128.load(dy);
    const dxLanes = ClipBackward.dx(xLanes, minAll, maxAll, dyLanes);
    Vectors.storeSome(dx, dxLanes, size);
    dy += 16;
    x += 16;
    dx += 16;
  }
}

class Sign {
  @inline
  static y(x: v128): v128 {
    return v128.bitselect(
      v128.load32_splat(constants),
      v128.bitselect(v128.load32_splat(constants, 4), x, f32x4.lt(x, f32x4.splat(0))),
      f32x4.gt(x, f32x4.splat(0)),
    );
  }
}

/**
 * 1 above 0, -1 below, 0 at 0.
 *
 *     y = x > 0 ? 1 : x < 0 ? -1 : x
 */
export function sign(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = Sign.y(xLow);
    const yHigh = Sign.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = Sign.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class Floor {
  @inline
  static y(x: v128): v128 {
    return f32x4.floor(x);
  }
}

/**
 * The next whole number below.
 *
 *     y = floor(x)
 */
export function floor(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = Floor.y(xLow);
    const yHigh = Floor.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = Floor.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class Assign {
  @inline
  static y(x: v128): v128 {
    return x;
  }
}

/**
 * A copy; y is a variable.
 *
 *     y = x
 */
export function assign(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = Assign.y(xLow);
    const yHigh = Assign.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = Assign.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class MovingAverage {
  @inline
  static y(average: v128, momentum: v128, x: v128, share: v128): v128 {
    return f32x4.add(f32x4.mul(average, momentum), f32x4.mul(x, share));
  }
}

/**
 * What is left of an average that forgets, and a share of the next number.
 *
 *     y = average * momentum + x * share
 */
export function movingAverage(average: usize, x: usize, y: usize, size: i32, momentum: f32, share: f32): void {
  const momentumAll = f32x4.splat(momentum);
  const shareAll = f32x4.splat(share);
  for (; size >= 8; size -= 8) {
    const averageLow = v128.load(average);
    const xLow = v128.load(x);
    const averageHigh = v128.load(average, 16);
    const xHigh = v128.load(x, 16);
    const yLow = MovingAverage.y(averageLow, momentumAll, xLow, shareAll);
    const yHigh = MovingAverage.y(averageHigh, momentumAll, xHigh, shareAll);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    average += 32;
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const averageLanes = v128.load(average);
    const xLanes = v128.load(x);
    const yLanes = MovingAverage.y(averageLanes, momentumAll, xLanes, shareAll);
    Vectors.storeSome(y, yLanes, size);
    average += 16;
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

class Log1pForward {
  @inline
  static y(x: v128): v128 {
    return Elementary.log1p(x);
  }
}

/**
 * log(1 + x), without the loss of digits near 0.
 *
 *     y = log1p(x)
 */
export function log1pForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = Log1pForward.y(xLow);
    const yHigh = Log1pForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = Log1pForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class CosOfTurnsForward {
  @inline
  static y(x: v128): v128 {
    return Elementary.cosOfTurns(x);
  }
}

/**
 * cos(2 pi x) for |x| <= 1000; the sine of a turn is the cosine of a quarter turn less.
 *
 *     y = cosOfTurns(x)
 */
export function cosOfTurnsForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = CosOfTurnsForward.y(xLow);
    const yHigh = CosOfTurnsForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = CosOfTurnsForward.y(xLanes);
    Vectors.storeSome(y, yLanes, size);
    x += 16;
    y += 16;
  }
}

class ErfForward {
  @inline
  static y(x: v128): v128 {
    return Elementary.erf(x);
  }
}

/**
 * The error function; its derivative is 2 / sqrt(pi) e^(-x^2).
 *
 *     y = erf(x)
 */
export function erfForward(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const xLow = v128.load(x);
    const xHigh = v128.load(x, 16);
    const yLow = ErfForward.y(xLow);
    const yHigh = ErfForward.y(xHigh);
    v128.store(y, yLow);
    v128.store(y, yHigh, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    const xLanes = v128.load(x);
    const yLanes = ErfForward.y(xLanes);
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
