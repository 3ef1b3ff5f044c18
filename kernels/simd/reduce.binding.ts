/** Sums over axes. */
import { type ReduceGeometry, rowMajorStrides } from '../geometry.ts';
import { axesSetup, mergedAxes, one, product } from './axes.binding.ts';
import { axesBytes } from './layouts.binding.ts';
import { ownScratch } from './own-scratch.binding.ts';
import {
  type Bindings,
  leastElements,
  type SimdInvocation,
  type SimdScratch,
  type SimdStage,
  split,
} from './stages.binding.ts';

/** Elements of a long sum that are summed by themselves, whatever the number of pieces. */
const chunk = 16384;

function sumForward(x: number, y: number, g: ReduceGeometry, shared: number, pieces: number): SimdStage[] {
  const axes = mergedAxes(g.shape, rowMajorStrides(g.shape), g.strides);
  const inner = axes.pop() ?? { ...one, b: 0 };
  const [kept, reduced] = [axes.filter(axis => axis.b !== 0), axes.filter(axis => axis.b === 0)];
  const most = g.size < leastElements ? 1 : pieces;
  if (axes.length === 0 && inner.b === 0 && inner.size > chunk) {
    const chunks = Math.ceil(inner.size / chunk);
    const stage = split(chunks, 1, most).map(({ from, to }) => [
      ['sumChunks', x, shared, inner.size, chunk, from, to] as const,
    ]);
    return [stage, [[['addChunks', shared, chunks, y]]]];
  }
  const isRow = inner.b === 0;
  const places = product(kept) * (isRow ? 1 : Math.ceil(inner.size / 16));
  const keptPlace = ownScratch();
  const reducedPlace = ownScratch(axesBytes(g.shape.length));
  const stage = split(places, 1, most).map(({ from, to }) => {
    const range = [keptPlace, reducedPlace, from, to, product(reduced), inner.size];
    const sum: SimdInvocation = isRow ? ['sumRowsOver', x, y, ...range] : ['sumColumnsOver', x, y, ...range, inner.b];
    return [...axesSetup(keptPlace, kept), ...axesSetup(reducedPlace, reduced), sum];
  });
  return [stage];
}

/** The largest or the smallest element over the reduced axes. */
function extreme(
  name: 'maxOver' | 'minOver',
  x: number,
  y: number,
  { size, shape, strides }: ReduceGeometry,
  pieces: number,
): SimdStage {
  const axes = mergedAxes(shape, rowMajorStrides(shape), strides);
  const inner = axes.pop() ?? { ...one, b: 0 };
  const [kept, reduced] = [axes.filter(axis => axis.b !== 0), axes.filter(axis => axis.b === 0)];
  const keptPlace = ownScratch();
  const reducedPlace = ownScratch(axesBytes(shape.length));
  return split(product(kept), 1, size < leastElements ? 1 : pieces).map(({ from, to }) => {
    const range = [keptPlace, reducedPlace, from, to, product(reduced), inner.size, inner.b];
    return [...axesSetup(keptPlace, kept), ...axesSetup(reducedPlace, reduced), [name, x, y, ...range] as const];
  });
}

export const reduceBindings: Bindings<'sumForward' | 'maxForward' | 'minForward'> = {
  maxForward: ({ inputs: { x }, outputs: { y }, geometry, pieces }) => [extreme('maxOver', x, y, geometry, pieces)],
  minForward: ({ inputs: { x }, outputs: { y }, geometry, pieces }) => [extreme('minOver', x, y, geometry, pieces)],
  sumForward: ({ inputs: { x }, outputs: { y }, geometry, shared, pieces }) =>
    sumForward(x, y, geometry, shared, pieces),
};

const forExtremes = ({ shape }: ReduceGeometry): SimdScratch => ({ each: 2 * axesBytes(shape.length) });

export const reduceScratch = {
  maxForward: forExtremes,
  minForward: forExtremes,
  sumForward: ({ shape, size }: ReduceGeometry): SimdScratch => ({
    shared: 8 * Math.ceil(size / chunk),
    each: 2 * axesBytes(shape.length),
  }),
};
