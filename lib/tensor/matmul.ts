import { loops, loopsScratchBytes } from '../../kernels/loops/index.ts';
import { ShapeError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import { broadcastShape, formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { allocate, floats, type NdArray } from './dtype.ts';
import { broadcastTo } from './layout.ts';

/**
 * Product of matrices, [..., m, k] x [..., k, n] -> [..., m, n], computed and returned as float32. The axes in front
 * are broadcast. As in NumPy a vector on the left is a row and one on the right a column, whose axis the result has
 * not. Throws ShapeError if the inner axes differ.
 */
export function matmul(a: NdArray, b: NdArray): NdArray<'float32'> {
  const shapes = { a: formatShape(a.shape), b: formatShape(b.shape) };
  if (a.shape.length === 0 || b.shape.length === 0) throw new ShapeError(sentence('matmulRank', shapes));
  const [m, k] = lastTwo(a.shape.length === 1 ? [1, ...a.shape] : a.shape);
  const [rows, n] = lastTwo(b.shape.length === 1 ? [...b.shape, 1] : b.shape);
  if (k !== rows) throw new ShapeError(sentence('matmul', { ...shapes, columns: k, rows }));
  const batch = broadcastShape('matmul', a.shape.slice(0, -2), b.shape.slice(0, -2));
  const left = floats(broadcastTo({ ...a, shape: [...a.shape.slice(0, -2), m, k] }, [...batch, m, k]));
  const right = floats(broadcastTo({ ...b, shape: [...b.shape.slice(0, -2), k, n] }, [...batch, k, n]));
  const shape = [...batch, ...(a.shape.length === 1 ? [] : [m]), ...(b.shape.length === 1 ? [] : [n])];
  const data = allocate('matmul', 'float32', shape);
  const geometry = { m, n, k, transposeA: false, transposeB: false };
  const scratch = new Float64Array(Math.ceil((loopsScratchBytes.matmulForward?.(geometry) ?? 0) / 8));
  for (let i = 0; i < sizeOf(batch); i++) {
    const c = data.subarray(i * m * n, (i + 1) * m * n);
    const operands = { a: left.subarray(i * m * k, (i + 1) * m * k), b: right.subarray(i * k * n, (i + 1) * k * n) };
    loops.matmulForward({ c }, operands, geometry, scratch);
  }
  return { shape, dtype: 'float32', data };
}

/** Rows and columns of a shape with two axes or more. */
const lastTwo = (shape: Shape): [number, number] => [shape.at(-2)!, shape.at(-1)!];
