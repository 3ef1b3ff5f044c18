import { ShapeError } from '../errors.ts';
import { formatShape, sizeOf } from '../shape/shape.ts';
import { allocate, type DType, type NdArray } from './dtype.ts';
import { checkedAxis } from './layout.ts';

/**
 * The slices of x along an axis that the indices name, as `numpy.take`: the indices' shape stands in the place of the
 * axis. Negative indices count from the end. Throws ShapeError for one that does not exist.
 */
export function gather<D extends DType>(x: NdArray<D>, indices: NdArray, axis = 0): NdArray<D> {
  const along = checkedAxis('gather', axis, x.shape.length);
  const length = x.shape[along]!;
  const places = Array.from(indices.data, (index, i) => place(indices, i, index, length, along));
  const outer = sizeOf(x.shape.slice(0, along));
  const inner = sizeOf(x.shape.slice(along + 1));
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)];
  const data = allocate('gather', x.dtype, shape);
  let to = 0;
  for (let row = 0; row < outer; row++) {
    for (const at of places) {
      const from = (row * length + at) * inner;
      data.set(x.data.subarray(from, from + inner), to);
      to += inner;
    }
  }
  return { shape, dtype: x.dtype, data };
}

function place({ shape, dtype }: NdArray, i: number, index: number, length: number, axis: number): number {
  if (dtype !== 'bool' && Number.isInteger(index) && index >= -length && index < length) {
    return index < 0 ? index + length : index;
  }
  const what = dtype === 'bool' ? `${index !== 0}, expected an integer` : `${index}`;
  const position = shape.length === 0 ? 'the index' : `index ${i} of ${formatShape(shape)}`;
  throw new ShapeError(`gather: ${position} is ${what}, but axis ${axis} has ${length} elements`);
}
