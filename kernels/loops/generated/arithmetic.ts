// Made by `npm run generate`; what is changed here is lost.
import type { KernelFunction } from '../../contract.ts';
import { atLeast, atMost, cosOfTurns, erf, exp, log, log1p, power } from '../../math.ts';
import { stridedOffset } from '../layout.ts';

/**
 * a + b.
 *
 *     y = a + b
 */
export const addForward: KernelFunction<'addForward'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++) yAll[start + i] = aAll[aStart + i * aStep]! + bAll[bStart + i * bStep]!;
  }
};

/**
 * a - b.
 *
 *     y = a - b
 */
export const subtractForward: KernelFunction<'subtractForward'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++) yAll[start + i] = aAll[aStart + i * aStep]! - bAll[bStart + i * bStep]!;
  }
};

/**
 * a b.
 *
 *     y = a * b
 */
export const multiplyForward: KernelFunction<'multiplyForward'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++) yAll[start + i] = aAll[aStart + i * aStep]! * bAll[bStart + i * bStep]!;
  }
};

/**
 * a / b.
 *
 *     y = a / b
 */
export const divideForward: KernelFunction<'divideForward'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++) yAll[start + i] = aAll[aStart + i * aStep]! / bAll[bStart + i * bStep]!;
  }
};

/**
 * The same factor and offset for all elements.
 *
 *     y = factor * x + offset
 */
export const affineForward: KernelFunction<'affineForward'> = ({ y: yAll }, { x: xAll }, { size, factor, offset }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = factor * x + offset;
  }
};

/**
 * -x.
 *
 *     y = -x
 */
export const negateForward: KernelFunction<'negateForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = -x;
  }
};

/**
 * x x.
 *
 *     y = x * x
 */
export const squareForward: KernelFunction<'squareForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = x * x;
  }
};

/**
 * The larger of a and b; NaN if one of them is. Of equal operands a gets the gradient, as in TensorFlow.
 *
 *     y = max(a, b)
 */
export const maximumForward: KernelFunction<'maximumForward'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++) yAll[start + i] = Math.max(aAll[aStart + i * aStep]!, bAll[bStart + i * bStep]!);
  }
};

/**
 * The smaller of a and b; NaN if one of them is. Of equal operands a gets the gradient, as in TensorFlow.
 *
 *     y = min(a, b)
 */
export const minimumForward: KernelFunction<'minimumForward'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++) yAll[start + i] = Math.min(aAll[aStart + i * aStep]!, bAll[bStart + i * bStep]!);
  }
};

/**
 * a to the power of b; NaN for a negative a and a fraction b. Where a <= 0, b gets no gradient.
 *
 *     y = pow(a, b)
 */
export const powForward: KernelFunction<'powForward'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++) yAll[start + i] = power(aAll[aStart + i * aStep]!, bAll[bStart + i * bStep]!);
  }
};

/**
 * 1 where a equals b, else 0.
 *
 *     y = a == b ? 1 : 0
 */
export const equal: KernelFunction<'equal'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++) yAll[start + i] = aAll[aStart + i * aStep]! === bAll[bStart + i * bStep]! ? 1 : 0;
  }
};

/**
 * 1 where a is not b, else 0.
 *
 *     y = a != b ? 1 : 0
 */
export const notEqual: KernelFunction<'notEqual'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++) yAll[start + i] = aAll[aStart + i * aStep]! !== bAll[bStart + i * bStep]! ? 1 : 0;
  }
};

/**
 * 1 where a < b, else 0.
 *
 *     y = a < b ? 1 : 0
 */
export const less: KernelFunction<'less'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++) yAll[start + i] = aAll[aStart + i * aStep]! < bAll[bStart + i * bStep]! ? 1 : 0;
  }
};

/**
 * 1 where a <= b, else 0.
 *
 *     y = a <= b ? 1 : 0
 */
export const lessEqual: KernelFunction<'lessEqual'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++) yAll[start + i] = aAll[aStart + i * aStep]! <= bAll[bStart + i * bStep]! ? 1 : 0;
  }
};

/**
 * 1 where a > b, else 0.
 *
 *     y = a > b ? 1 : 0
 */
export const greater: KernelFunction<'greater'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++) yAll[start + i] = aAll[aStart + i * aStep]! > bAll[bStart + i * bStep]! ? 1 : 0;
  }
};

/**
 * 1 where a >= b, else 0.
 *
 *     y = a >= b ? 1 : 0
 */
export const greaterEqual: KernelFunction<'greaterEqual'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++) yAll[start + i] = aAll[aStart + i * aStep]! >= bAll[bStart + i * bStep]! ? 1 : 0;
  }
};

/**
 * a where the condition is not 0, else b.
 *
 *     y = condition != 0 ? a : b
 */
export const whereForward: KernelFunction<'whereForward'> = (
  { y: yAll },
  { condition: conditionAll, a: aAll, b: bAll },
  { size },
) => {
  for (let i = 0; i < size; i++) {
    const condition = conditionAll[i]!;
    const a = aAll[i]!;
    const b = bAll[i]!;
    yAll[i] = condition !== 0 ? a : b;
  }
};

/**
 *     da = condition != 0 ? dy : 0
 *     db = condition != 0 ? 0 : dy
 */
export const whereBackward: KernelFunction<'whereBackward'> = (
  { da: daAll, db: dbAll },
  { dy: dyAll, condition: conditionAll },
  { size },
) => {
  for (let i = 0; i < size; i++) {
    const condition = conditionAll[i]!;
    const dy = dyAll[i]!;
    daAll[i] = condition !== 0 ? dy : 0;
    dbAll[i] = condition !== 0 ? 0 : dy;
  }
};

/**
 * x, but at least min and at most max; NaN stays NaN.
 *
 *     y = atMost(atLeast(x, min), max)
 */
export const clipForward: KernelFunction<'clipForward'> = ({ y: yAll }, { x: xAll }, { size, min, max }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = atMost(atLeast(x, min), max);
  }
};

/**
 *     dx = x >= min && x <= max ? dy : 0
 */
export const clipBackward: KernelFunction<'clipBackward'> = (
  { dx: dxAll },
  { dy: dyAll, x: xAll },
  { size, min, max },
) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    const dy = dyAll[i]!;
    dxAll[i] = x >= min && x <= max ? dy : 0;
  }
};

/**
 * 1 above 0, -1 below, 0 at 0.
 *
 *     y = x > 0 ? 1 : x < 0 ? -1 : x
 */
export const sign: KernelFunction<'sign'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = x > 0 ? 1 : x < 0 ? -1 : x;
  }
};

/**
 * The next whole number below.
 *
 *     y = floor(x)
 */
export const floor: KernelFunction<'floor'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = Math.floor(x);
  }
};

/**
 * A copy; y is a variable.
 *
 *     y = x
 */
export const assign: KernelFunction<'assign'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = x;
  }
};

/**
 * What is left of an average that forgets, and a share of the next number.
 *
 *     y = average * momentum + x * share
 */
export const movingAverage: KernelFunction<'movingAverage'> = (
  { y: yAll },
  { average: averageAll, x: xAll },
  { size, momentum, share },
) => {
  for (let i = 0; i < size; i++) {
    const average = averageAll[i]!;
    const x = xAll[i]!;
    yAll[i] = average * momentum + x * share;
  }
};

/**
 * e^x.
 *
 *     y = exp(x)
 */
export const expForward: KernelFunction<'expForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = exp(x);
  }
};

/**
 * The natural logarithm.
 *
 *     y = log(x)
 */
export const logForward: KernelFunction<'logForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = log(x);
  }
};

/**
 * log(1 + x), without the loss of digits near 0.
 *
 *     y = log1p(x)
 */
export const log1pForward: KernelFunction<'log1pForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = log1p(x);
  }
};

/**
 * cos(2 pi x) for |x| <= 1000; the sine of a turn is the cosine of a quarter turn less.
 *
 *     y = cosOfTurns(x)
 */
export const cosOfTurnsForward: KernelFunction<'cosOfTurnsForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = cosOfTurns(x);
  }
};

/**
 * The error function; its derivative is 2 / sqrt(pi) e^(-x^2).
 *
 *     y = erf(x)
 */
export const erfForward: KernelFunction<'erfForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = erf(x);
  }
};

/**
 * The square root.
 *
 *     y = sqrt(x)
 */
export const sqrtForward: KernelFunction<'sqrtForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = Math.sqrt(x);
  }
};

/**
 * The magnitude; its gradient is 0 at 0.
 *
 *     y = abs(x)
 */
export const absForward: KernelFunction<'absForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = Math.abs(x);
  }
};

/**
 *     dx = x > 0 ? dy : x < 0 ? -dy : 0
 */
export const absBackward: KernelFunction<'absBackward'> = ({ dx: dxAll }, { dy: dyAll, x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    const dy = dyAll[i]!;
    dxAll[i] = x > 0 ? dy : x < 0 ? -dy : 0;
  }
};

/**
 * All elements alike.
 *
 *     y = value
 */
export const fill: KernelFunction<'fill'> = ({ y: yAll }, _, { size, value }) => {
  for (let i = 0; i < size; i++) {
    yAll[i] = value;
  }
};
