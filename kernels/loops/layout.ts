import type { KernelFunction } from '../contract.ts';
import type { CropGeometry } from '../geometry.ts';

/** Where the element with row-major number `index` over the first `axes` axes of a shape lies, given their strides. */
export function stridedOffset(
  index: number,
  shape: readonly number[],
  strides: readonly number[],
  axes: number,
): number {
  let offset = 0;
  for (let axis = axes - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    const rest = Math.floor(index / size);
    offset += (index - rest * size) * strides[axis]!;
    index = rest;
  }
  return offset;
}

export const transposeForward: KernelFunction<'transposeForward'> = ({ y }, { x }, { size, shape, strides }) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const step = last < 0 ? 0 : strides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const from = stridedOffset(row, shape, strides, last);
    for (let i = 0; i < columns; i++) y[start + i] = x[from + i * step]!;
  }
};

export const cropForward: KernelFunction<'cropForward'> = ({ y }, { x }, { shape, begin, size }) => {
  const columns = size.at(-1) ?? 1;
  const total = y.length;
  for (let start = 0, row = 0; start < total; start += columns, row++) {
    const from = boxOffset(row, shape, begin, size);
    for (let i = 0; i < columns; i++) y[start + i] = x[from + i]!;
  }
};

export const padForward: KernelFunction<'padForward'> = ({ y }, { x }, geometry) => {
  y.fill(0);
  fillBox(y, x, geometry);
};

export const insertForward: KernelFunction<'insertForward'> = ({ y }, { base, x }, geometry) => {
  if (y.byteOffset !== base.byteOffset || y.buffer !== base.buffer) y.set(base);
  fillBox(y, x, geometry);
};

function fillBox(y: Float32Array, x: Float32Array, { shape, begin, size }: CropGeometry): void {
  const columns = size.at(-1) ?? 1;
  const total = x.length;
  for (let start = 0, row = 0; start < total; start += columns, row++) {
    const to = boxOffset(row, shape, begin, size);
    for (let i = 0; i < columns; i++) y[to + i] = x[start + i]!;
  }
}

/** Where a row of a box of `size` at `begin` starts in the tensor of `shape` that holds it. */
function boxOffset(row: number, shape: readonly number[], begin: readonly number[], size: readonly number[]): number {
  let offset = 0;
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    let position = begin[axis]!;
    if (axis < shape.length - 1) {
      const rest = Math.floor(row / size[axis]!);
      position += row - rest * size[axis]!;
      row = rest;
    }
    offset += position * stride;
    stride *= shape[axis]!;
  }
  return offset;
}
