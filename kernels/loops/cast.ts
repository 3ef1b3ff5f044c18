import type { KernelFunction } from '../contract.ts';

export const castFromUint8: KernelFunction<'castFromUint8'> = ({ y }, { x }) => {
  y.set(x);
};

export const castFromInt32: KernelFunction<'castFromInt32'> = ({ y }, { x }) => {
  y.set(x);
};

export const castToInt32: KernelFunction<'castToInt32'> = ({ y }, { x }, { size }) => {
  for (let i = 0; i < size; i++) {
    const value = x[i]!;
    y[i] = value >= 2 ** 31 ? 2 ** 31 - 1 : value <= -(2 ** 31) ? -(2 ** 31) : Math.trunc(value);
  }
};

export const castFromUint8Affine: KernelFunction<'castFromUint8Affine'> = ({ y }, { x }, { size, factor, offset }) => {
  for (let i = 0; i < size; i++) y[i] = factor * x[i]! + offset;
};
