// Made from kernels/formulas by `npm run generate`; what is changed here is lost.
import type { KernelFunction } from '../../contract.ts';
import { exp, log } from '../../math.ts';
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
