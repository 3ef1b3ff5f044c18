import { ShapeError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { formatShape, sameShape, sizeOf } from '../shape/shape.ts';

/** Sums over all batches, added in float64, each with the elements of what the metric emitted. */
export interface Sums {
  readonly [sum: string]: Float64Array;
}

/**
 * A metric emits sums over the examples of a batch and makes one number of the sums over all batches: it is exact over
 * batches of different sizes. An object with these members is a metric.
 */
export interface Metric {
  /** The name of its log; not `loss`. */
  readonly name: string;
  /**
   * Emits the sums of a batch, of any shapes. `targets` are numbers of the shape of `output`, as in a loss; `weights`,
   * where there are any, has one number for each example: [N].
   */
  sums(ops: Ops, output: Value, targets: Value, weights?: Value): { readonly [sum: string]: Value };
  /** The metric of all batches. */
  result(sums: Sums): number;
}

/**
 * A metric that is the mean of one number for each row, the rows being the elements of the output without its last
 * axis; with weights their weighted mean.
 */
export function meanMetric(name: string, rows: (ops: Ops, output: Value, targets: Value) => Value): Metric {
  return {
    name,
    sums(ops, output, targets, weights) {
      const values = checkedRows(`metric ${name}`, rows(ops, output, targets), output);
      const perExample = sizeOf(values.shape) / values.shape[0]!;
      if (weights === undefined) return { total: ops.sum(values), count: ops.fill([], sizeOf(values.shape)) };
      const total = ops.sum(weighted(ops, values, weights));
      return { total, count: ops.affine(ops.sum(weights), perExample) };
    },
    result: ({ total, count }) => total![0]! / count![0]!,
  };
}

/** Throws ShapeError unless there is one number for each row of the output. */
export function checkedRows(what: string, rows: Value, output: Value): Value {
  const expected = output.shape.slice(0, -1);
  if (sameShape(rows.shape, expected)) return rows;
  const shapes = `forward gives ${formatShape(rows.shape)}, expected one number for each row: ${formatShape(expected)}`;
  throw new ShapeError(`${what}: ${shapes}`);
}

/** Numbers for each row [N, ...], each multiplied with the weight of its example [N]. */
export function weighted(ops: Ops, rows: Value, weights: Value): Value {
  return ops.multiply(rows, ops.reshape(weights, [weights.shape[0]!, ...rows.shape.slice(1).map(() => 1)]));
}
