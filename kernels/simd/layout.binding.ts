/** Elements that go to other places: broadcasting, transposition, crop and pad. */
import { type CropGeometry, rowMajorStrides } from '../geometry.ts';
import { type Axis, axesSetup, forAxes, mergedAxes, one, product } from './axes.binding.ts';
import { elementStage } from './formulas.binding.ts';
import { transposedRows } from './layouts.binding.ts';
import { ownScratch } from './own-scratch.binding.ts';
import { type Bindings, elements, rowRanges, type SimdStage } from './stages.binding.ts';

type Layout = 'broadcastForward' | 'transposeForward' | 'cropForward' | 'padForward' | 'insertForward';

/** y, dense, from the elements of x that `axes` visit. */
function gatherStage(x: number, y: number, axes: readonly Axis[], pieces: number): SimdStage {
  const inner = axes.at(-1) ?? one;
  const next = axes.at(-2);
  const scratch = ownScratch();
  if (next === undefined) {
    return elements(inner.size, pieces).map(({ from, to }) => {
      const places = [x + 4 * from * inner.a, y + 4 * from, scratch];
      return [...axesSetup(scratch, []), ['gatherRows', ...places, 0, 1, to - from, inner.a] as const];
    });
  }
  if (next.a === 1 && inner.a > 1) {
    const planes = axes.slice(0, -2);
    const blocks = product(planes) * Math.ceil(next.size / transposedRows);
    return rowRanges(blocks, transposedRows * inner.size, pieces).map(({ from, to }) => {
      const range = [scratch, from, to - from, next.size, inner.size, inner.a];
      return [...axesSetup(scratch, planes), ['transposePlanes', x, y, ...range] as const];
    });
  }
  const rows = axes.slice(0, -1);
  return rowRanges(product(rows), inner.size, pieces).map(({ from, to }) => {
    const range = [scratch, from, to - from, inner.size, inner.a];
    return [...axesSetup(scratch, rows), ['gatherRows', x, y, ...range] as const];
  });
}

/** The axes of a box in a dense tensor, and the element at which it begins. */
function boxOf(shape: readonly number[], begin: readonly number[], size: readonly number[]) {
  const strides = rowMajorStrides(shape);
  const start = begin.reduce((sum, position, axis) => sum + position * strides[axis]!, 0);
  return { start, axes: mergedAxes(size, strides, strides) };
}

export const layoutBindings: Bindings<Layout> = {
  broadcastForward: ({ inputs: { x }, outputs: { y }, geometry: { shape, strides }, pieces }) => [
    gatherStage(x, y, mergedAxes(shape, strides, strides), pieces),
  ],
  transposeForward: ({ inputs: { x }, outputs: { y }, geometry: { shape, strides }, pieces }) => [
    gatherStage(x, y, mergedAxes(shape, strides, strides), pieces),
  ],
  cropForward({ inputs: { x }, outputs: { y }, geometry: { shape, begin, size }, pieces }) {
    const { start, axes } = boxOf(shape, begin, size);
    return [gatherStage(x + 4 * start, y, axes, pieces)];
  },
  padForward({ inputs: { x }, outputs: { y }, geometry, pieces }) {
    const total = geometry.shape.reduce((count, axis) => count * axis, 1);
    return [elementStage('fill', [y], total, pieces, 0), scatterStage(x, y, geometry, pieces)];
  },
  insertForward({ inputs: { base, x }, outputs: { y }, geometry, pieces }) {
    const total = geometry.shape.reduce((count, axis) => count * axis, 1);
    const box = scatterStage(x, y, geometry, pieces);
    return base === y ? [box] : [elementStage('assign', [base, y], total, pieces), box];
  },
};

/** x, as it lies, into its box in y. */
function scatterStage(x: number, y: number, { shape, begin, size }: CropGeometry, pieces: number): SimdStage {
  const { start, axes } = boxOf(shape, begin, size);
  const inner = axes.at(-1)?.a === 1 ? axes.pop()! : one;
  return rowRanges(product(axes), inner.size, pieces).map(({ from, to }) => {
    const scratch = ownScratch();
    const range = [scratch, from, to - from, inner.size];
    return [...axesSetup(scratch, axes), ['scatterRows', x, y + 4 * start, ...range] as const];
  });
}

/** Scratch memory of the kernels above. */
export const layoutScratch = {
  broadcastForward: forAxes,
  transposeForward: forAxes,
  cropForward: forAxes,
  padForward: forAxes,
  insertForward: forAxes,
};
