/** Stages of what has a formula: pieces are ranges of the elements or of the rows. */
import type { RowsGeometry } from '../contract.ts';
import type { BroadcastGeometry } from '../geometry.ts';
import { axesSetup, mergedAxes, one, product } from './axes.binding.ts';
import { ownScratch } from './own-scratch.binding.ts';
import { elements, rowRanges, type SimdFunctionName, type SimdStage } from './stages.binding.ts';

/** A function of operands, of which each piece gets its elements, their number, and numbers that hold for all. */
export const elementStage = (
  name: SimdFunctionName,
  operands: readonly number[],
  size: number,
  pieces: number,
  ...numbers: readonly number[]
): SimdStage =>
  elements(size, pieces).map(({ from, to }) => [
    [name, ...operands.map(place => place + 4 * from), to - from, ...numbers] as const,
  ]);

/** Where an operand lies, and whether it has a number for each row or all columns of it. */
export type RowOperand = readonly [place: number, extent: 'matrix' | 'perRow'];

/** A function of operands, of which each piece gets its rows, their number, the columns, and numbers that hold for all. */
export const rowStage = (
  name: SimdFunctionName,
  operands: readonly RowOperand[],
  { rows, columns }: RowsGeometry,
  pieces: number,
  ...numbers: readonly number[]
): SimdStage =>
  rowRanges(rows, columns, pieces).map(({ from, to }) => {
    const places = operands.map(([place, extent]) => place + 4 * from * (extent === 'matrix' ? columns : 1));
    return [[name, ...places, to - from, columns, ...numbers] as const];
  });

/** A function of two operands that are repeated along some axes. */
export function broadcastStage(
  name: SimdFunctionName,
  a: number,
  b: number,
  y: number,
  { size, shape, aStrides, bStrides }: BroadcastGeometry,
  pieces: number,
): SimdStage {
  const axes = mergedAxes(shape, aStrides, bStrides);
  const inner = axes.pop() ?? one;
  const scratch = ownScratch();
  if (axes.length === 0) {
    return elements(size, pieces).map(({ from, to }) => {
      const places = [a + 4 * from * inner.a, b + 4 * from * inner.b, y + 4 * from, scratch];
      return [...axesSetup(scratch, axes), [name, ...places, 0, 1, to - from, inner.a, inner.b] as const];
    });
  }
  return rowRanges(product(axes), inner.size, pieces).map(({ from, to }) => {
    const range = [scratch, from, to - from, inner.size, inner.a, inner.b];
    return [...axesSetup(scratch, axes), [name, a, b, y, ...range] as const];
  });
}
