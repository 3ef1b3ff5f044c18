import { denseStrides } from '../../kernels/geometry.ts';
import { ShapeError } from '../errors.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { allocate, arithmeticType, type DType, type NdArray, type TypedArray } from './dtype.ts';
import { checkedAxis, forRows, transpose } from './layout.ts';

export type Axes = number | readonly number[];
export type Reduction = 'sum' | 'mean' | 'max' | 'min';

/**
 * Reduces over the axes given, over all if none are. Sums are taken in float64; sums of integers give int32, means
 * float32, the largest and the smallest element keep their type.
 */
export function reduce(operation: Reduction, x: NdArray, axes?: Axes, keepDims = false): NdArray {
  const reduced = reducedAxes(operation, x.shape, axes);
  const kept = x.shape.map((size, axis) => (reduced.includes(axis) ? 1 : size));
  const strides = denseStrides(kept).map((stride, axis) => (reduced.includes(axis) ? 0 : stride));
  const count = sizeOf(reduced.map(axis => x.shape[axis]!));
  if (count === 0 && operation !== 'sum') {
    throw new ShapeError(`${operation}: ${formatShape(x.shape)} has no elements to reduce`);
  }
  const totals = new Float64Array(sizeOf(kept)).fill({ sum: 0, mean: 0, max: -Infinity, min: Infinity }[operation]);
  const step = strides.at(-1) ?? 0;
  const source: TypedArray = x.data;
  forRows(x.shape, strides, 0, (to, from, columns) => {
    if (operation === 'max') {
      for (let i = 0; i < columns; i++) totals[to + i * step] = larger(totals[to + i * step]!, source[from + i]!);
    } else if (operation === 'min') {
      for (let i = 0; i < columns; i++) totals[to + i * step] = -larger(-totals[to + i * step]!, -source[from + i]!);
    } else {
      for (let i = 0; i < columns; i++) totals[to + i * step] = totals[to + i * step]! + source[from + i]!;
    }
  });
  if (operation === 'mean') for (let i = 0; i < totals.length; i++) totals[i] = totals[i]! / count;
  const dtype = resultType(operation, x.dtype);
  const data = allocate(dtype, totals.length);
  data.set(totals);
  return { shape: keepDims ? kept : x.shape.filter((_, axis) => !reduced.includes(axis)), dtype, data };
}

/** The place of the first largest element along an axis; over all elements, in row-major order, if none is given. */
export function argmax(x: NdArray, axis?: number): NdArray<'int32'> {
  if (axis === undefined) return argmax({ ...x, shape: [x.data.length] }, 0);
  const along = checkedAxis('argmax', axis, x.shape.length);
  const length = x.shape[along]!;
  if (length === 0) throw new ShapeError(`argmax: ${formatShape(x.shape)} has no elements along axis ${along}`);
  const order = [...x.shape.keys()].filter(other => other !== along);
  const source: TypedArray = along === x.shape.length - 1 ? x.data : transpose(x, [...order, along]).data;
  const shape = order.map(other => x.shape[other]!);
  const data = new Int32Array(sizeOf(shape));
  for (let row = 0; row < data.length; row++) {
    let best = 0;
    for (let i = 1; i < length; i++) if (source[row * length + i]! > source[row * length + best]!) best = i;
    data[row] = best;
  }
  return { shape, dtype: 'int32', data };
}

/** NaN wins, so that it is not lost. */
const larger = (a: number, b: number): number => (a >= b || Number.isNaN(a) ? a : b);

function resultType(operation: Reduction, dtype: DType): DType {
  if (operation === 'mean') return 'float32';
  return operation === 'sum' ? arithmeticType(dtype, 'bool') : dtype;
}

function reducedAxes(what: string, shape: Shape, axes: Axes | undefined): number[] {
  if (axes === undefined) return [...shape.keys()];
  const list = (typeof axes === 'number' ? [axes] : axes).map(axis => checkedAxis(what, axis, shape.length));
  if (new Set(list).size !== list.length) throw new ShapeError(`${what}: the axes ${formatShape(list)} name one twice`);
  return list;
}
