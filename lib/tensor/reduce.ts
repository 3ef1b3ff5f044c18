import { rowMajorStrides } from '../../kernels/geometry.ts';
import { ShapeError } from '../errors.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { checkedBoolean, checkedIntegers } from './arguments.ts';
import { allocate, arithmeticType, type DType, type NdArray, type TypedArray } from './dtype.ts';
import { checkedAxis, forRows, transpose } from './layout.ts';

export type Axes = number | readonly number[];
export type Reduction = 'sum' | 'mean' | 'max' | 'min' | 'variance' | 'std';
export type ArgReduction = 'argmax' | 'argmin';

/** How a tensor is reduced: element i of x goes to the result's element that `strides` give. */
interface ReductionPlan {
  readonly strides: readonly number[];
  /** The shape with the reduced axes kept as 1. */
  readonly kept: Shape;
  /** Without them. */
  readonly left: Shape;
  /** Elements of x that make one element of the result. */
  readonly count: number;
}

/**
 * Reduces over the axes given, over all if none are. Sums are taken in float64; sums of integers give int32 and wrap
 * around, means, variances and standard deviations float32, the largest and the smallest element keep their type.
 */
export function reduce(operation: Reduction, x: NdArray, axes?: Axes, keepDims = false): NdArray {
  checkedBoolean(operation, 'keepDims', keepDims);
  const plan = planOf(operation, x.shape, axes);
  const dtype = resultType(operation, x.dtype);
  const data = allocate(operation, dtype, plan.kept);
  data.set(totalsOf(operation, x, plan, dtype));
  return { shape: keepDims ? plan.kept : plan.left, dtype, data };
}

function planOf(operation: Reduction, shape: Shape, axes: Axes | undefined): ReductionPlan {
  const reduced = reducedAxes(operation, shape, axes);
  const kept = shape.map((size, axis) => (reduced.includes(axis) ? 1 : size));
  const count = sizeOf(reduced.map(axis => shape[axis]!));
  if (count === 0 && operation !== 'sum' && sizeOf(kept) > 0) {
    throw new ShapeError(`${operation}: ${formatShape(shape)} has no elements to reduce`);
  }
  const strides = rowMajorStrides(kept).map((stride, axis) => (reduced.includes(axis) ? 0 : stride));
  return { strides, kept, left: shape.filter((_, axis) => !reduced.includes(axis)), count };
}

function totalsOf(operation: Reduction, x: NdArray, plan: ReductionPlan, dtype: DType): Float64Array {
  switch (operation) {
    case 'sum':
      return accumulate(dtype === 'int32' && plan.count > mostExact ? addWrapping : add, x, plan, 0);
    case 'max':
      return accumulate(keepLargest, x, plan, Number.NEGATIVE_INFINITY);
    case 'min':
      return accumulate(keepSmallest, x, plan, Number.POSITIVE_INFINITY);
    case 'mean':
      return meansOf(x, plan);
    case 'variance':
      return variancesOf(x, plan);
    case 'std':
      return variancesOf(x, plan).map(Math.sqrt);
  }
}

/** So many int32 have a sum of at most 2^53. */
const mostExact = 2 ** 22;

/** Takes a run of elements into the totals, which lie `step` apart from `to` on. Each is a loop of its own for speed. */
type RowReduction = (
  totals: Float64Array,
  to: number,
  step: number,
  source: TypedArray,
  from: number,
  columns: number,
) => void;

const add: RowReduction = (totals, to, step, source, from, columns) => {
  for (let i = 0; i < columns; i++) totals[to + i * step] = totals[to + i * step]! + source[from + i]!;
};
/** Wrapped at every element: the sum of more int32 than `mostExact` may be larger than float64 holds exactly. */
const addWrapping: RowReduction = (totals, to, step, source, from, columns) => {
  for (let i = 0; i < columns; i++) totals[to + i * step] = (totals[to + i * step]! + source[from + i]!) | 0;
};
// NaN wins, so that it is not lost.
const keepLargest: RowReduction = (totals, to, step, source, from, columns) => {
  for (let i = 0; i < columns; i++) {
    const total = totals[to + i * step]!;
    const element = source[from + i]!;
    if (!(total >= element || Number.isNaN(total))) totals[to + i * step] = element;
  }
};
const keepSmallest: RowReduction = (totals, to, step, source, from, columns) => {
  for (let i = 0; i < columns; i++) {
    const total = totals[to + i * step]!;
    const element = source[from + i]!;
    if (!(total <= element || Number.isNaN(total))) totals[to + i * step] = element;
  }
};

function accumulate(
  reduceRow: RowReduction,
  x: NdArray,
  { strides, kept }: ReductionPlan,
  start: number,
): Float64Array {
  const totals = new Float64Array(sizeOf(kept)).fill(start);
  const step = strides.at(-1) ?? 0;
  forRows(x.shape, strides, 0, (to, from, columns) => reduceRow(totals, to, step, x.data, from, columns));
  return totals;
}

function meansOf(x: NdArray, plan: ReductionPlan): Float64Array {
  const means = accumulate(add, x, plan, 0);
  for (let i = 0; i < means.length; i++) means[i] = means[i]! / plan.count;
  return means;
}

/** The mean square of the distances from the mean, in two passes, which loses nothing for elements far from 0. */
function variancesOf(x: NdArray, plan: ReductionPlan): Float64Array {
  const means = meansOf(x, plan);
  const squares = new Float64Array(means.length);
  const { strides } = plan;
  const step = strides.at(-1) ?? 0;
  const source: TypedArray = x.data;
  forRows(x.shape, strides, 0, (to, from, columns) => {
    for (let i = 0; i < columns; i++) {
      const at = to + i * step;
      const distance = source[from + i]! - means[at]!;
      squares[at] = squares[at]! + distance * distance;
    }
  });
  return squares.map(square => square / plan.count);
}

/**
 * The place of the first largest or smallest element along an axis; over all elements, in row-major order, if none is
 * given. As in NumPy the first NaN wins.
 */
export function argReduce(operation: ArgReduction, x: NdArray, axis?: number): NdArray<'int32'> {
  if (axis === undefined) return argReduce(operation, { ...x, shape: [x.data.length] }, 0);
  const along = checkedAxis(operation, axis, x.shape.length);
  const length = x.shape[along]!;
  if (length === 0) throw new ShapeError(`${operation}: ${formatShape(x.shape)} has no elements along axis ${along}`);
  const order = [...x.shape.keys()].filter(other => other !== along);
  const source: TypedArray = along === x.shape.length - 1 ? x.data : transpose(x, [...order, along]).data;
  const shape = order.map(other => x.shape[other]!);
  const data = allocate(operation, 'int32', shape);
  const isBetter = operation === 'argmax' ? isLarger : isSmaller;
  for (let row = 0; row < data.length; row++) data[row] = bestPlace(source, row * length, length, isBetter);
  return { shape, dtype: 'int32', data };
}

function bestPlace(
  source: TypedArray,
  start: number,
  length: number,
  isBetter: (a: number, b: number) => boolean,
): number {
  let best = 0;
  for (let i = 0; i < length; i++) {
    const element = source[start + i]!;
    if (Number.isNaN(element)) return i;
    if (isBetter(element, source[start + best]!)) best = i;
  }
  return best;
}

const isLarger = (a: number, b: number): boolean => a > b;
const isSmaller = (a: number, b: number): boolean => a < b;

function resultType(operation: Reduction, dtype: DType): DType {
  if (operation === 'max' || operation === 'min') return dtype;
  return operation === 'sum' ? arithmeticType(dtype, 'bool') : 'float32';
}

function reducedAxes(what: string, shape: Shape, axes: Axes | undefined): number[] {
  if (axes === undefined) return [...shape.keys()];
  const given = typeof axes === 'number' ? [axes] : checkedIntegers(what, 'axes', axes);
  const list = given.map(axis => checkedAxis(what, axis, shape.length));
  if (new Set(list).size !== list.length) throw new ShapeError(`${what}: the axes ${formatShape(list)} name one twice`);
  return list;
}
