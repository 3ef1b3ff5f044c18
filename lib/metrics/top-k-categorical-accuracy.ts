import { positiveInteger } from '../layers/options.ts';
import { type Metric, meanMetric } from './metric.ts';

export interface TopKCategoricalAccuracyOptions {
  /** 5 if left out. */
  readonly k?: number;
}

/**
 * The share of rows in which less than k columns are larger than that of the target, which is the largest column of the
 * targets. So equal numbers count for the row, and a row with NaN or an infinity never counts, as in TensorFlow's
 * `in_top_k`. Throws OptionError.
 */
export function topKCategoricalAccuracy({ k = 5 }: TopKCategoricalAccuracyOptions = {}): Metric {
  positiveInteger('topKCategoricalAccuracy', 'k', k);
  return meanMetric('topKCategoricalAccuracy', (ops, output, targets) => {
    const last = output.shape.length - 1;
    const isTarget = ops.oneHot(ops.argmax(targets, last), output.shape[last]!);
    const ofTarget = ops.sum(ops.multiply(output, isTarget), last, true);
    const larger = ops.sum(ops.greater(output, ofTarget), last);
    // 0 times NaN or an infinity is NaN, which equals nothing.
    const hasOnlyFinite = ops.equal(ops.sum(ops.affine(output, 0), last), 0);
    return ops.multiply(ops.less(larger, k), hasOnlyFinite);
  });
}
