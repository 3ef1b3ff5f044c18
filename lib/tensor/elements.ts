import { describe } from '../describe.ts';
import { DataError, ShapeError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { checkedShape } from './arguments.ts';
import { checkedDType, type DType, type NdArray, sameMemory, type TypedArrayOf } from './dtype.ts';

/** Nested arrays of numbers, or of booleans for a bool tensor, as deep as the tensor has axes. */
export type Nested = number | boolean | Nested[];

/** The data of a tensor of that shape and type. Throws if shape, type and data do not belong together. */
export function checkedData<D extends DType>(shape: Shape, dtype: D, data: TypedArrayOf<D>): TypedArrayOf<D> {
  checkedShape('Tensor', shape);
  checkedDType(dtype);
  const same = ArrayBuffer.isView(data) ? sameMemory(data, dtype) : undefined;
  if (same === undefined) {
    const array = { float32: 'a Float32Array', int32: 'an Int32Array', uint8: 'a Uint8Array', bool: 'a Uint8Array' };
    const advice = `tensor(values, shape, '${dtype}') converts`;
    throw new DataError(`Tensor: the data of ${dtype} is ${array[dtype]}, got ${describe(data)}; ${advice}`);
  }
  const size = sizeOf(shape);
  if (size !== same.length) {
    throw new ShapeError(sentence('fill', { count: same.length, shape: formatShape(shape), size }));
  }
  return same;
}

/** The only element. Throws ShapeError if there are more, or none. */
export function onlyElement({ shape, data }: NdArray): number {
  if (data.length === 1) return data[0]!;
  throw new ShapeError(`item: expected one element, ${formatShape(shape)} has ${data.length}`);
}

/** The element at a position; negative places count from the end. Throws ShapeError if there is none. */
export function elementAt({ shape, data }: NdArray, position: readonly number[]): number {
  if (position.length !== shape.length) {
    const axes = `${formatShape(shape)} has ${shape.length} axes`;
    throw new ShapeError(`at: ${axes}, got the position ${describe(position)}`);
  }
  const index = position.reduce((sum, place, axis) => {
    const length = shape[axis]!;
    if (!Number.isInteger(place) || place < -length || place >= length) {
      throw new ShapeError(`at: axis ${axis} has ${length} elements, there is none at ${describe(place)}`);
    }
    return sum * length + (place < 0 ? place + length : place);
  }, 0);
  return data[index]!;
}

/** Nested arrays, as deep as there are axes. */
export function nestedArrays({ shape, dtype, data }: NdArray): Nested {
  const nested = (axis: number, start: number, size: number): Nested => {
    const length = shape[axis];
    if (length === undefined) return dtype === 'bool' ? data[start] !== 0 : data[start]!;
    const inner = size / Math.max(length, 1);
    return Array.from({ length }, (_, i) => nested(axis + 1, start + i * inner, inner));
  };
  return nested(0, 0, data.length);
}
