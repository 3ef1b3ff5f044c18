import type { KernelFunction } from '../contract.ts';
import { stridedOffset } from './layout.ts';

/** Sums in float64, in the row-major order of x, and rounds once at the end. */
export const sumForward: KernelFunction<'sumForward'> = (
  { y },
  { x },
  { size, reducedSize, shape, strides },
  scratch,
) => {
  for (let i = 0; i < reducedSize; i++) scratch[i] = 0;
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const step = last < 0 ? 0 : strides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const to = stridedOffset(row, shape, strides, last);
    if (step === 0) {
      let sum = scratch[to]!;
      for (let i = 0; i < columns; i++) sum += x[start + i]!;
      scratch[to] = sum;
    } else {
      for (let i = 0; i < columns; i++) scratch[to + i * step] = scratch[to + i * step]! + x[start + i]!;
    }
  }
  for (let i = 0; i < reducedSize; i++) y[i] = scratch[i]!;
};

/** One float64 for each element of the result. */
export const sumScratch = ({ reducedSize }: { readonly reducedSize: number }): number => 8 * reducedSize;

export const maxForward: KernelFunction<'maxForward'> = ({ y }, { x }, { size, shape, strides }) => {
  y.fill(Number.NEGATIVE_INFINITY);
  const columns = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const to = stridedOffset(row, shape, strides, shape.length - 1);
    for (let i = 0; i < columns; i++) y[to + i * step] = Math.max(y[to + i * step]!, x[start + i]!);
  }
};

export const minForward: KernelFunction<'minForward'> = ({ y }, { x }, { size, shape, strides }) => {
  y.fill(Number.POSITIVE_INFINITY);
  const columns = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const to = stridedOffset(row, shape, strides, shape.length - 1);
    for (let i = 0; i < columns; i++) y[to + i * step] = Math.min(y[to + i * step]!, x[start + i]!);
  }
};

export const broadcastForward: KernelFunction<'broadcastForward'> = ({ y }, { x }, { size, shape, strides }) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const step = last < 0 ? 0 : strides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const from = stridedOffset(row, shape, strides, last);
    for (let i = 0; i < columns; i++) y[start + i] = x[from + i * step]!;
  }
};
