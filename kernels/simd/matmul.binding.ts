/** Matrix products: pieces are ranges of the rows or of the columns, or of the sums where there are few rows. */
import type { GeometryOf } from '../contract.ts';
import { gemmBytes, gemmDepth, mostFewRows } from './layouts.binding.ts';
import { ownScratch } from './own-scratch.binding.ts';
import { type Binding, type SimdPiece, type SimdScratch, split } from './stages.binding.ts';

type Product = GeometryOf<'matmulForward'>;

/** Multiply-adds that are not worth a second piece; fewer where memory is what takes the time. */
const leastProducts = (m: number): number => (m <= mostFewRows ? 250_000 : 500_000);
const isLarge = ({ m, n, k }: Product): boolean => m * n * k >= leastProducts(m);

const blocksOf = ({ k }: Product): number => Math.ceil(k / gemmDepth);

/** Whether pieces share the blocks of sums: each then reads its part of b as it lies in memory. */
const sharesSums = (geometry: Product, pieces: number): boolean => {
  const { m, transposeA, transposeB } = geometry;
  const isFew = m <= mostFewRows && !transposeA && !transposeB;
  return isFew && isLarge(geometry) && pieces > 1 && blocksOf(geometry) >= pieces;
};

export const matmulForward: Binding<'matmulForward'> = call => {
  const { inputs, outputs, geometry, shared, pieces } = call;
  const [{ a, b }, { c }] = [inputs, outputs];
  const { m, n, k, transposeA, transposeB } = geometry;
  if (sharesSums(geometry, pieces)) {
    const blocks = blocksOf(geometry);
    const sums = split(blocks, 1, pieces).map(({ from, to }): SimdPiece => {
      return [['fewRowsSums', a, b, shared, m, n, k, from, to]];
    });
    return [sums, [[['fewRowsFinish', shared, c, m * n, blocks]]]];
  }
  // Very few rows are not packed, and must not be split.
  const byRows = m >= n && m > mostFewRows;
  const stage = split(byRows ? m : n, byRows ? 4 : 16, isLarge(geometry) ? pieces : 1).map(
    ({ from, to }): SimdPiece => {
      const range = byRows ? [from, to, 0, n] : [0, m, from, to];
      const sizes = [m, n, k, Number(transposeA), Number(transposeB)];
      return [['matmulForward', a, b, c, ...sizes, ...range, ownScratch()]];
    },
  );
  return [stage];
};

/** Vectors that are loaded at the end of the sums may reach beyond them. */
const spare = 64;

export function matmulScratch(geometry: Product, pieces: number): SimdScratch {
  if (!sharesSums(geometry, pieces)) return { each: gemmBytes };
  return { shared: 4 * geometry.m * geometry.n * blocksOf(geometry) + spare };
}
