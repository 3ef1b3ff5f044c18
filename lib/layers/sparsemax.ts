import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { sizeOf } from '../shape/shape.ts';

/**
 * The nearest point of the probability simplex, along an axis: max(x - level, 0), where the level is such that the sum is
 * 1 (Martins and Astudillo 2016, algorithm 1). Which elements are inside follows from how many are at least as large and
 * from their sum: no sorting, but n^2 comparisons along an axis of n.
 */
export function sparsemaxOf(ops: Ops, x: Value, axis: number): Value {
  const order = axisLast(x.shape.length, axis);
  const moved: Value = ops.transpose(x, order);
  const columns = moved.shape.at(-1)!;
  const rows = sizeOf(moved.shape) / columns;
  const given = ops.reshape(moved, [rows, columns]);
  // The result is the same for all elements less a number; less the largest of them, sums keep their digits.
  const flat: Value = ops.subtract(given, ops.stopGradient(ops.max(given, 1, true)));
  const others = ops.reshape(flat, [rows, 1, columns]);
  const isAtLeast: Value = ops.greaterEqual(others, ops.reshape(flat, [rows, columns, 1]));
  const count: Value = ops.sum(isAtLeast, 2);
  const sum: Value = ops.sum(ops.multiply(isAtLeast, others), 2);
  const isInside: Value = ops.greater(ops.add(ops.multiply(count, flat), 1), sum);
  const total: Value = ops.sum(ops.multiply(isInside, flat), 1, true);
  const level: Value = ops.divide(ops.subtract(total, 1), ops.sum(isInside, 1, true));
  const y: Value = ops.relu(ops.subtract(flat, level));
  const back = order.map((_, place) => order.indexOf(place));
  return ops.transpose(ops.reshape(y, moved.shape), back);
}

/** All axes, the one given as the last. */
function axisLast(rank: number, axis: number): number[] {
  const along = axis < 0 ? axis + rank : axis;
  return [...Array.from({ length: rank }, (_, i) => i).filter(each => each !== along), along];
}
