import { loops, loopsScratchBytes } from '../../kernels/loops/index.ts';
import { ShapeError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import { broadcastShape, formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { floats } from './arithmetic.ts';
import type { NdArray } from './dtype.ts';
import { broadcastTo } from './layout.ts';

/**
 * Product of matrices, [..., m, k] x [..., k, n] -> [..., m, n], computed and returned as float32. The axes in front
 * are broadcast. Throws ShapeError if the inner axes differ.
 */
export function matmul(a: NdArray, b: NdArray): NdArray<'float32'> {
  const [m, k] = matrix(a.shape, b.shape, a.shape);
  const [kb, n] = matrix(a.shape, b.shape, b.shape);
  if (k !== kb) {
    const shapes = { a: formatShape(a.shape), b: formatShape(b.shape) };
    throw new ShapeError(sentence('matmul', { ...shapes, columns: k, rows: kb }));
  }
  const batch = broadcastShape('matmul', a.shape.slice(0, -2), b.shape.slice(0, -2));
  const left = floats(broadcastTo(a, [...batch, m, k]));
  const right = floats(broadcastTo(b, [...batch, k, n]));
  const data = new Float32Array(sizeOf(batch) * m * n);
  const geometry = { m, n, k, transposeA: false, transposeB: false };
  const scratch = new Float64Array(Math.ceil((loopsScratchBytes.matmulForward?.(geometry) ?? 0) / 8));
  for (let i = 0; i < sizeOf(batch); i++) {
    const c = data.subarray(i * m * n, (i + 1) * m * n);
    const operands = { a: left.subarray(i * m * k, (i + 1) * m * k), b: right.subarray(i * k * n, (i + 1) * k * n) };
    loops.matmulForward({ c }, operands, geometry, scratch);
  }
  return { shape: [...batch, m, n], dtype: 'float32', data };
}

function matrix(a: Shape, b: Shape, shape: Shape): [number, number] {
  const [rows, columns] = shape.slice(-2);
  if (rows === undefined || columns === undefined) {
    throw new ShapeError(sentence('matmulRank', { a: formatShape(a), b: formatShape(b) }));
  }
  return [rows, columns];
}
