import { sizeOf } from '../shape/shape.ts';
import { type Metric, weighted } from './metric.ts';

/**
 * Coefficient of determination: 1 - (sum of squared errors) / (sum of squared distances of the targets from their
 * mean), averaged over the columns (Keras's `R2Score` with `uniform_average`). A column whose targets are all equal
 * counts 0.
 */
export function r2Score(): Metric {
  return {
    name: 'r2Score',
    sums(ops, output, targets, weights) {
      const axes = output.shape.slice(0, -1).map((_, axis) => axis);
      const columns = (value: typeof output) =>
        ops.sum(weights === undefined ? value : weighted(ops, value, weights), axes);
      const difference = ops.subtract(output, targets);
      const rows = sizeOf(output.shape.slice(0, -1));
      const perExample = rows / output.shape[0]!;
      return {
        squaredErrors: columns(ops.multiply(difference, difference)),
        squaredTargets: columns(ops.multiply(targets, targets)),
        targets: columns(targets),
        count: weights === undefined ? ops.fill([], rows) : ops.affine(ops.sum(weights), perExample),
      };
    },
    result({ squaredErrors, squaredTargets, targets, count }) {
      const scores = Array.from(squaredErrors!, (error, column) => {
        const sum = targets![column]!;
        const spread = squaredTargets![column]! - (sum * sum) / count![0]!;
        return spread === 0 ? 0 : 1 - error / spread;
      });
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    },
  };
}
