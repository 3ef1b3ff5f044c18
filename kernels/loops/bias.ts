import type { KernelFunction } from '../contract.ts';

export const biasForward: KernelFunction<'biasForward'> = ({ y }, { x, b }, { rows, columns }) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    for (let c = 0; c < columns; c++) y[start + c] = x[start + c]! + b[c]!;
  }
};

/** Sums in float64, row by row. */
export const biasBackward: KernelFunction<'biasBackward'> = ({ db }, { dy }, { rows, columns }, scratch) => {
  for (let c = 0; c < columns; c++) scratch[c] = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    for (let c = 0; c < columns; c++) scratch[c] = scratch[c]! + dy[start + c]!;
  }
  for (let c = 0; c < columns; c++) db[c] = scratch[c]!;
};

/** One float64 for each column. */
export const biasBackwardScratch = ({ columns }: { readonly columns: number }): number => 8 * columns;
