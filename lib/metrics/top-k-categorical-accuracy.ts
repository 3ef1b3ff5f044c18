import { positiveInteger } from '../layers/options.ts';
import { filled } from '../losses/options.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { type Metric, type MetricOptions, meanMetric, metricName, savedAs } from './metric.ts';

export interface TopKCategoricalAccuracyOptions extends MetricOptions {
  /** 5 if left out. */
  readonly k?: number;
}

/**
 * The share of rows in which less than k columns are larger than that of the target, which is the largest column of the
 * targets. So equal numbers count for the row, and a row with NaN or an infinity never counts, as in TensorFlow's
 * `in_top_k`. Throws OptionError.
 */
export function topKCategoricalAccuracy(given: TopKCategoricalAccuracyOptions = {}): Metric {
  const factory = 'topKCategoricalAccuracy';
  const options = checked(factory, given);
  const { name, k } = options;
  const rows = meanMetric(name, (ops, output, targets) => isInTopK(ops, output, ops.argmax(targets, -1), k));
  return { ...rows, ...savedAs(factory, options) };
}

/** The same with class numbers as targets; a number that is no column is never among them. Throws OptionError. */
export function sparseTopKCategoricalAccuracy(given: TopKCategoricalAccuracyOptions = {}): Metric {
  const factory = 'sparseTopKCategoricalAccuracy';
  const options = checked(factory, given);
  const { name, k } = options;
  const rows = meanMetric(name, (ops, output, _, classes) => isInTopK(ops, output, classes!, k));
  return { ...rows, ...savedAs(factory, options), targets: 'classes' };
}

function checked(factory: string, given: TopKCategoricalAccuracyOptions): { name: string; k: number } {
  const { name, k } = filled(factory, given, { name: factory, k: 5 });
  return { name: metricName(factory, name), k: positiveInteger(factory, 'k', k) };
}

function isInTopK(ops: Ops, output: Value, classes: Value, k: number): Value {
  const isTarget: Value = ops.oneHot(classes, output.shape.at(-1)!);
  const ofTarget = ops.sum(ops.multiply(output, isTarget), -1, true);
  const larger = ops.sum(ops.greater(output, ofTarget), -1);
  // 0 times NaN or an infinity is NaN, which equals nothing.
  const hasOnlyFinite = ops.equal(ops.sum(ops.affine(output, 0), -1), 0);
  return ops.multiply(ops.multiply(ops.less(larger, k), hasOnlyFinite), ops.sum(isTarget, -1));
}
