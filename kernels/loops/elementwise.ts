import type { KernelFunction } from '../contract.ts';
import type { BroadcastGeometry } from '../geometry.ts';
import { exp, log } from '../math.ts';
import { stridedOffset } from './layout.ts';

export const fill: KernelFunction<'fill'> = ({ y }, _, { value }) => {
  y.fill(value);
};

export const affineForward: KernelFunction<'affineForward'> = ({ y }, { x }, { size, factor, offset }) => {
  for (let i = 0; i < size; i++) y[i] = factor * x[i]! + offset;
};

export const expForward: KernelFunction<'expForward'> = ({ y }, { x }, { size }) => {
  for (let i = 0; i < size; i++) y[i] = exp(x[i]!);
};

export const logForward: KernelFunction<'logForward'> = ({ y }, { x }, { size }) => {
  for (let i = 0; i < size; i++) y[i] = log(x[i]!);
};

export const sqrtForward: KernelFunction<'sqrtForward'> = ({ y }, { x }, { size }) => {
  for (let i = 0; i < size; i++) y[i] = Math.sqrt(x[i]!);
};

export const absForward: KernelFunction<'absForward'> = ({ y }, { x }, { size }) => {
  for (let i = 0; i < size; i++) y[i] = Math.abs(x[i]!);
};

export const absBackward: KernelFunction<'absBackward'> = ({ dx }, { dy, x }, { size }) => {
  for (let i = 0; i < size; i++) {
    const value = x[i]!;
    dx[i] = value > 0 ? dy[i]! : value < 0 ? -dy[i]! : 0;
  }
};

export const addForward: KernelFunction<'addForward'> = ({ y }, { a, b }, geometry) => {
  combine('add', y, a, b, geometry);
};
export const subtractForward: KernelFunction<'subtractForward'> = ({ y }, { a, b }, geometry) => {
  combine('subtract', y, a, b, geometry);
};
export const multiplyForward: KernelFunction<'multiplyForward'> = ({ y }, { a, b }, geometry) => {
  combine('multiply', y, a, b, geometry);
};
export const divideForward: KernelFunction<'divideForward'> = ({ y }, { a, b }, geometry) => {
  combine('divide', y, a, b, geometry);
};

type Operation = 'add' | 'subtract' | 'multiply' | 'divide';

/** Goes through y along its last axis; along the others the operands' places are computed. */
function combine(
  operation: Operation,
  y: Float32Array,
  a: Float32Array,
  b: Float32Array,
  { size, shape, aStrides, bStrides }: BroadcastGeometry,
): void {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    if (operation === 'add') {
      for (let i = 0; i < columns; i++) y[start + i] = a[aStart + i * aStep]! + b[bStart + i * bStep]!;
    } else if (operation === 'subtract') {
      for (let i = 0; i < columns; i++) y[start + i] = a[aStart + i * aStep]! - b[bStart + i * bStep]!;
    } else if (operation === 'multiply') {
      for (let i = 0; i < columns; i++) y[start + i] = a[aStart + i * aStep]! * b[bStart + i * bStep]!;
    } else {
      for (let i = 0; i < columns; i++) y[start + i] = a[aStart + i * aStep]! / b[bStart + i * bStep]!;
    }
  }
}
