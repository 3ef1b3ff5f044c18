import { broadcastStrides, rowMajorStrides } from '../../kernels/geometry.ts';
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import { checkedIntegers, checkedNumber, checkedShape, checkedTensors } from './arguments.ts';
import { allocate, cast, commonType, converted, type DType, type NdArray, type TypedArray } from './dtype.ts';

/** The same data under another shape; one axis may be -1 and takes what is left. */
export function reshape<D extends DType>(x: NdArray<D>, shape: Shape): NdArray<D> {
  checkedIntegers('reshape', 'the shape', shape);
  const free = shape.filter(axis => axis === -1).length;
  const known = sizeOf(shape.filter(axis => axis !== -1));
  const size = x.data.length;
  if (free > 1 || !shape.every(axis => axis >= -1)) {
    throw new ShapeError(`reshape: a shape has integers of 0 or more and at most one -1, got ${formatShape(shape)}`);
  }
  if (free === 1 ? known === 0 || size % known !== 0 : known !== size) {
    const target = free === 1 ? formatShape(shape) : `${formatShape(shape)} with ${known}`;
    throw new ShapeError(sentence('tensorReshape', { shape: formatShape(x.shape), size, target }));
  }
  return { ...x, shape: shape.map(axis => (axis === -1 ? size / known : axis)) };
}

/** The axes in another order; reversed if none is given. */
export function transpose<D extends DType>(x: NdArray<D>, permutation?: readonly number[]): NdArray<D> {
  const rank = x.shape.length;
  if (permutation !== undefined) checkedIntegers('transpose', 'the permutation', permutation);
  const order = permutation?.map(axis => checkedAxis('transpose', axis, rank)) ?? x.shape.map((_, i) => rank - 1 - i);
  if (order.length !== rank || new Set(order).size !== rank) {
    throw new ShapeError(sentence('permutation', { permutation: formatShape(order), rank }));
  }
  const strides = rowMajorStrides(x.shape);
  const shape = order.map(axis => x.shape[axis]!);
  return strided(
    'transpose',
    x,
    shape,
    order.map(axis => strides[axis]!),
    0,
  );
}

/**
 * The box that begins at `begin` and has `size` elements along each axis; -1, or a size left out, takes the rest of
 * the axis. A negative beginning counts from the end. Axes that `begin` leaves out are taken whole.
 */
export function slice<D extends DType>(
  x: NdArray<D>,
  begin: readonly number[],
  size: readonly number[] = [],
): NdArray<D> {
  const { shape } = x;
  checkedIntegers('slice', 'begin', begin);
  checkedIntegers('slice', 'size', size);
  if (begin.length > shape.length || size.length > shape.length) {
    const given = { begin: formatShape(begin), size: formatShape(size) };
    throw new ShapeError(sentence('sliceRank', { shape: formatShape(shape), rank: shape.length, ...given }));
  }
  const from = shape.map((length, axis) => firstOfSlice(axis, length, begin[axis] ?? 0));
  const box = shape.map((length, axis) => ((size[axis] ?? -1) === -1 ? length - from[axis]! : size[axis]!));
  for (const [axis, count] of box.entries()) {
    const length = shape[axis]!;
    if (count >= 0 && from[axis]! + count <= length) continue;
    throw new ShapeError(sentence('slice', { axis, length, count, begin: begin[axis] ?? 0 }));
  }
  const strides = rowMajorStrides(shape);
  const start = from.reduce((sum, first, axis) => sum + first * strides[axis]!, 0);
  if (sameShape(box.slice(1), shape.slice(1))) {
    // Whole rows lie in one piece.
    return { ...x, shape: box, data: x.data.slice(start, start + sizeOf(box)) as NdArray<D>['data'] };
  }
  return strided('slice', x, box, strides, start);
}

/** The place that a beginning names; one behind the last element begins an empty slice. */
function firstOfSlice(axis: number, length: number, begin: number): number {
  if (begin >= -length && begin <= length) return begin < 0 ? begin + length : begin;
  throw new ShapeError(sentence('sliceBegin', { axis, length, begin }));
}

/** Tensors one behind the other along an axis; their other axes must agree. */
export function concat(parts: readonly NdArray[], axis = 0): NdArray {
  const [head] = checkedTensors('concat', parts);
  const along = checkedAxis('concat', axis, head.shape.length);
  for (const { shape } of parts) {
    if (shape.length === head.shape.length && shape.every((length, i) => i === along || length === head.shape[i]))
      continue;
    throw new ShapeError(sentence('concat', { b: formatShape(shape), a: formatShape(head.shape), axis: along }));
  }
  const dtype = parts.reduce((type, part) => commonType(type, part.dtype), head.dtype);
  const total = parts.reduce((sum, { shape }) => sum + shape[along]!, 0);
  const shape = head.shape.map((length, i) => (i === along ? total : length));
  const data = allocate('concat', dtype, shape);
  const inner = sizeOf(shape.slice(along + 1));
  const outer = sizeOf(shape.slice(0, along));
  let column = 0;
  for (const part of parts) {
    const source = part.dtype === dtype ? part.data : cast(part, dtype).data;
    const run = part.shape[along]! * inner;
    for (let row = 0; row < outer; row++) {
      data.set(source.subarray(row * run, (row + 1) * run), row * total * inner + column);
    }
    column += run;
  }
  return { shape, dtype, data };
}

/** Tensors of one shape along a new axis. */
export function stack(parts: readonly NdArray[], axis = 0): NdArray {
  const [head] = checkedTensors('stack', parts);
  const at = checkedAxis('stack', axis, head.shape.length + 1);
  for (const { shape } of parts) {
    if (!sameShape(shape, head.shape)) {
      throw new ShapeError(sentence('stack', { b: formatShape(shape), a: formatShape(head.shape) }));
    }
  }
  return concat(
    parts.map(part => expandDims(part, at)),
    at,
  );
}

/** Adds elements of `value` before and after each axis: one [before, after] for each. */
export function pad<D extends DType>(
  x: NdArray<D>,
  padding: readonly (readonly [number, number])[],
  value = 0,
): NdArray<D> {
  if (!Array.isArray(padding)) {
    throw new OptionError(`pad: expected a list of [before, after], one for each axis, got ${describe(padding)}`);
  }
  if (padding.length !== x.shape.length) {
    throw new ShapeError(sentence('padRank', { rank: x.shape.length, count: padding.length }));
  }
  for (const amounts of padding) {
    if (
      Array.isArray(amounts) &&
      amounts.length === 2 &&
      amounts.every(each => Number.isSafeInteger(each) && each >= 0)
    )
      continue;
    throw new OptionError(`pad: [before, after] must be two integers of 0 or more, got ${describe(amounts)}`);
  }
  const shape = x.shape.map((length, axis) => length + padding[axis]![0] + padding[axis]![1]);
  const data = allocate('pad', x.dtype, shape);
  data.fill(converted(checkedNumber('pad', 'value', value), x.dtype));
  const strides = rowMajorStrides(shape);
  const start = padding.reduce((sum, [before], axis) => sum + before * strides[axis]!, 0);
  forRows(x.shape, strides, start, (to, from, columns) => data.set(x.data.subarray(from, from + columns), to));
  return { shape, dtype: x.dtype, data };
}

/** A new axis of size 1. */
export function expandDims<D extends DType>(x: NdArray<D>, axis: number): NdArray<D> {
  const at = checkedAxis('expandDims', axis, x.shape.length + 1);
  return { ...x, shape: [...x.shape.slice(0, at), 1, ...x.shape.slice(at)] };
}

/** Without the axes given, which must have size 1; without all such axes if none are given. */
export function squeeze<D extends DType>(x: NdArray<D>, axes?: readonly number[]): NdArray<D> {
  if (axes !== undefined) checkedIntegers('squeeze', 'axes', axes);
  const gone = axes?.map(axis => checkedAxis('squeeze', axis, x.shape.length));
  for (const axis of gone ?? []) {
    const length = x.shape[axis]!;
    if (length !== 1) throw new ShapeError(sentence('squeeze', { axis, shape: formatShape(x.shape), length }));
  }
  return { ...x, shape: x.shape.filter((length, axis) => (gone === undefined ? length !== 1 : !gone.includes(axis))) };
}

/** Repeats along axes of size 1, and along new axes in front, until the shape is the one given. */
export function broadcastTo<D extends DType>(x: NdArray<D>, shape: Shape): NdArray<D> {
  const missing = checkedShape('broadcastTo', shape).length - x.shape.length;
  if (missing < 0 || !x.shape.every((length, axis) => length === 1 || length === shape[axis + missing])) {
    throw new ShapeError(sentence('broadcastTo', { shape: formatShape(x.shape), target: formatShape(shape) }));
  }
  return strided('broadcastTo', x, shape, broadcastStrides(x.shape, shape), 0);
}

/** The axis counted from the front; negative ones count from the back. */
export function checkedAxis(what: string, axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  const axes = rank === 1 ? '1 axis' : `${rank} axes`;
  throw new ShapeError(sentence('axis', { operation: what, axis: describe(axis), axes }));
}

/** A copy, in row-major order, of the elements of x that lie `strides` apart, from `start` on. */
function strided<D extends DType>(
  what: string,
  x: NdArray<D>,
  shape: Shape,
  strides: readonly number[],
  start: number,
): NdArray<D> {
  const data = allocate(what, x.dtype, shape);
  const source: TypedArray = x.data;
  const step = strides.at(-1) ?? 0;
  forRows(shape, strides, start, (from, to, columns) => {
    for (let i = 0; i < columns; i++) data[to + i] = source[from + i * step]!;
  });
  return { shape, dtype: x.dtype, data };
}

/** Calls back for each run along the last axis: where it begins by `strides`, where in row-major order, and its length. */
export function forRows(
  shape: Shape,
  strides: readonly number[],
  start: number,
  run: (byStrides: number, rowMajor: number, columns: number) => void,
): void {
  const size = sizeOf(shape);
  const columns = shape.at(-1) ?? 1;
  const position = new Array<number>(Math.max(shape.length - 1, 0)).fill(0);
  let byStrides = start;
  for (let rowMajor = 0; rowMajor < size; rowMajor += columns) {
    run(byStrides, rowMajor, columns);
    for (let axis = position.length - 1; axis >= 0; axis--) {
      byStrides += strides[axis]!;
      position[axis] = position[axis]! + 1;
      if (position[axis]! < shape[axis]!) break;
      byStrides -= strides[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
}
