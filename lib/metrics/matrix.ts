import { ShapeError } from '../errors.ts';
import { weighted } from '../losses/reduction.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { formatShape, sizeOf } from '../shape/shape.ts';
import type { Sums } from './metric.ts';

/** Class numbers [N, ...] that are compared, as float32 or int32. */
export interface Compared {
  /** Begins every message. */
  readonly metric: string;
  readonly right: Value;
  readonly predicted: Value;
  /** One number for each example: [N]. */
  readonly weights: Value | undefined;
}

/**
 * Emits `matrix`: the weights of what has a class (rows) and is taken for a class (columns), row by row. What has another
 * class number than 0 ... count - 1, or the one that is ignored, does not count.
 */
export function emitMatrix(
  ops: Ops,
  { metric, right, predicted, weights }: Compared,
  count: number,
  ignoreClass: number | null = null,
): { readonly matrix: Value } {
  if (sizeOf(right.shape) !== sizeOf(predicted.shape)) {
    const shapes = [right, predicted].map(({ shape }) => formatShape(shape));
    throw new ShapeError(`metric ${metric}: classes ${shapes[0]} and predictions ${shapes[1]} must be as many`);
  }
  const examples = predicted.shape[0]!;
  const flat = (value: Value): Value =>
    ops.floor(ops.reshape(ops.cast(value, 'float32'), [examples, sizeOf(predicted.shape) / examples]));
  const [t, y] = [flat(right), flat(predicted)];
  const isClass = (value: Value): Value => ops.multiply(ops.greaterEqual(value, 0), ops.less(value, count));
  const known: Value = ops.multiply(isClass(t), isClass(y));
  const counted: Value = ignoreClass === null ? known : ops.multiply(known, ops.notEqual(t, ignoreClass));
  const place = ops.cast(ops.add(ops.affine(t, count), y), 'int32');
  const parts = weights === undefined ? counted : weighted(ops, counted, weights);
  return { matrix: ops.segmentSum(parts, place, count * count) };
}

/** The matrix of all batches as rows of numbers. */
export function matrixOf({ matrix }: Sums): number[][] {
  const count = Math.sqrt(matrix!.length);
  return Array.from({ length: count }, (_, row) => [...matrix!.slice(row * count, (row + 1) * count)]);
}

/** The sums of the rows, those of the columns, and of all. */
export function margins(matrix: readonly (readonly number[])[]) {
  const rows = matrix.map(row => row.reduce((sum, each) => sum + each, 0));
  const columns = matrix.map((_, j) => matrix.reduce((sum, row) => sum + row[j]!, 0));
  return { rows, columns, total: rows.reduce((sum, each) => sum + each, 0) };
}
