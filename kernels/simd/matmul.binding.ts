/** Matrix products: pieces are ranges of the rows or of the columns. */

import { ownScratch } from './own-scratch.binding.ts';
import { type Binding, split } from './stages.binding.ts';

/** Multiply-adds that are not worth a second piece; fewer where memory is what takes the time. */
const leastProducts = (m: number): number => (m < 4 ? 250_000 : 500_000);

export const matmulForward: Binding<'matmulForward'> = ({ inputs: { a, b }, outputs: { c }, geometry, pieces }) => {
  const { m, n, k, transposeA, transposeB } = geometry;
  const most = m * n * k < leastProducts(m) ? 1 : pieces;
  // Very few rows are not packed, and must not be split: few-rows.ts.
  const byRows = m >= n && m > 3;
  const stage = split(byRows ? m : n, byRows ? 4 : 16, most).map(({ from, to }) => {
    const range = byRows ? [from, to, 0, n] : [0, m, from, to];
    const sizes = [m, n, k, Number(transposeA), Number(transposeB)];
    return [['matmulForward', a, b, c, ...sizes, ...range, ownScratch()] as const];
  });
  return [stage];
};
