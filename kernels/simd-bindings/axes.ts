/** Kernels whose operands have strides: arithmetic with broadcasting, sums over axes, transposition, crop and pad. */
import { type BroadcastGeometry, denseStrides, type ReduceGeometry } from '../geometry.ts';
import {
  type Binding,
  type Bindings,
  elements,
  leastElements,
  rowRanges,
  type SimdInvocation,
  type SimdScratch,
  type SimdStage,
  split,
} from './binding.ts';
import { type OwnScratch, ownScratch } from './own-scratch.ts';

type Arithmetic = 'addForward' | 'subtractForward' | 'multiplyForward' | 'divideForward';
type Layout = 'sumForward' | 'broadcastForward' | 'transposeForward' | 'cropForward' | 'padForward';

/** An axis and the element strides of two operands along it. */
interface Axis {
  readonly size: number;
  readonly a: number;
  readonly b: number;
}

/** As few axes as visit the same elements in the same order: neighbours that both operands go through as one are one. */
function mergedAxes(shape: readonly number[], a: readonly number[], b: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  for (let i = shape.length - 1; i >= 0; i--) {
    const axis = { size: shape[i]!, a: a[i]!, b: b[i]! };
    const inner = axes[0];
    if (axis.size === 1) continue;
    if (inner !== undefined && axis.a === inner.a * inner.size && axis.b === inner.b * inner.size) {
      axes[0] = { ...inner, size: inner.size * axis.size };
    } else {
      axes.unshift(axis);
    }
  }
  return axes;
}

const product = (axes: readonly Axis[]): number => axes.reduce((size, axis) => size * axis.size, 1);
const one: Axis = { size: 1, a: 1, b: 1 };

/** What writes axes to where a kernel looks them up. */
const axesSetup = (place: OwnScratch, axes: readonly Axis[]): SimdInvocation[] =>
  (axes.length === 0 ? [one] : axes).map(({ size, a, b }, i) => ['setAxis', place, i, size, a, b] as const);

/** Memory for the axes of a shape, of which none may be left. */
const axesBytes = (shape: readonly number[]): number => 16 * (shape.length + 2);

const arithmetic =
  (name: Arithmetic): Binding<Arithmetic> =>
  ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => {
    const { size, shape, aStrides, bStrides }: BroadcastGeometry = geometry;
    const axes = mergedAxes(shape, aStrides, bStrides);
    const inner = axes.pop() ?? one;
    const scratch = ownScratch();
    if (axes.length === 0) {
      const stage = elements(size, pieces).map(({ from, to }) => {
        const places = [a + 4 * from * inner.a, b + 4 * from * inner.b, y + 4 * from, scratch];
        return [...axesSetup(scratch, axes), [name, ...places, 0, 1, to - from, inner.a, inner.b] as const];
      });
      return [stage];
    }
    const stage = rowRanges(product(axes), inner.size, pieces).map(({ from, to }) => {
      const range = [scratch, from, to - from, inner.size, inner.a, inner.b];
      return [...axesSetup(scratch, axes), [name, a, b, y, ...range] as const];
    });
    return [stage];
  };

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
    const blocks = product(planes) * Math.ceil(next.size / blockRows);
    return rowRanges(blocks, blockRows * inner.size, pieces).map(({ from, to }) => {
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

/** Rows of a plane that are transposed at a time; the same number stands in layout.ts. */
const blockRows = 16;

/** Elements of a long sum that are summed by themselves, whatever the number of pieces. */
const chunk = 16384;

function sumForward(x: number, y: number, g: ReduceGeometry, shared: number, pieces: number): SimdStage[] {
  const axes = mergedAxes(g.shape, denseStrides(g.shape), g.strides);
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
  const reducedPlace = ownScratch(axesBytes(g.shape));
  const stage = split(places, 1, most).map(({ from, to }) => {
    const range = [keptPlace, reducedPlace, from, to, product(reduced), inner.size];
    const sum: SimdInvocation = isRow ? ['sumRowsOver', x, y, ...range] : ['sumColumnsOver', x, y, ...range, inner.b];
    return [...axesSetup(keptPlace, kept), ...axesSetup(reducedPlace, reduced), sum];
  });
  return [stage];
}

/** The axes of a box in a dense tensor, and the element at which it begins. */
function boxOf(shape: readonly number[], begin: readonly number[], size: readonly number[]) {
  const strides = denseStrides(shape);
  const start = begin.reduce((sum, position, axis) => sum + position * strides[axis]!, 0);
  return { start, axes: mergedAxes(size, strides, strides) };
}

export const axesBindings: Bindings<Arithmetic | Layout> = {
  addForward: arithmetic('addForward'),
  subtractForward: arithmetic('subtractForward'),
  multiplyForward: arithmetic('multiplyForward'),
  divideForward: arithmetic('divideForward'),
  sumForward: ({ inputs: { x }, outputs: { y }, geometry, shared, pieces }) =>
    sumForward(x, y, geometry, shared, pieces),
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
  padForward({ inputs: { x }, outputs: { y }, geometry: { shape, begin, size }, pieces }) {
    const { start, axes } = boxOf(shape, begin, size);
    // Rows are scattered as they lie.
    const inner = axes.at(-1)?.a === 1 ? axes.pop()! : one;
    const total = shape.reduce((count, axis) => count * axis, 1);
    const zeros = elements(total, pieces).map(({ from, to }) => [['fill', y + 4 * from, to - from, 0] as const]);
    const rows = rowRanges(product(axes), inner.size, pieces).map(({ from, to }) => {
      const scratch = ownScratch();
      const range = [scratch, from, to - from, inner.size];
      return [...axesSetup(scratch, axes), ['scatterRows', x, y + 4 * start, ...range] as const];
    });
    return [zeros, rows];
  },
};

type AxesScratch = (geometry: { readonly shape: readonly number[] }) => SimdScratch;
const forAxes: AxesScratch = ({ shape }) => ({ each: axesBytes(shape) });

/** Scratch memory of the kernels above. */
export const axesScratch = {
  addForward: forAxes,
  subtractForward: forAxes,
  multiplyForward: forAxes,
  divideForward: forAxes,
  sumForward: ({ shape, size }: ReduceGeometry): SimdScratch => ({
    shared: 8 * Math.ceil(size / chunk),
    each: 2 * axesBytes(shape),
  }),
  broadcastForward: forAxes,
  transposeForward: forAxes,
  cropForward: forAxes,
  padForward: forAxes,
};
