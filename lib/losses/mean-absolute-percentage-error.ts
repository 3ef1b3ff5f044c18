import { epsilon, type Loss, type LossOptions } from './loss.ts';
import { lossOptions } from './options.ts';

/**
 * 100 times the mean over the last axis of |t - y| / max(|t|, 1e-7). Targets t: numbers of the shape of the output y.
 */
export function meanAbsolutePercentageError(given: LossOptions = {}): Loss<'numbers'> {
  const name = 'meanAbsolutePercentageError';
  const { reduction } = lossOptions(name, given, {});
  return {
    name,
    className: 'MeanAbsolutePercentageError',
    targets: 'numbers',
    config: { reduction },
    reduction,
    forward(ops, output, targets) {
      const size = ops.maximum(ops.abs(targets), epsilon);
      const shares = ops.abs(ops.divide(ops.subtract(targets, output), size));
      return ops.affine(ops.mean(shares, -1), 100);
    },
  };
}
