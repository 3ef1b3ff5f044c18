import { positiveInteger } from '../layers/options.ts';
import { filled, natural } from '../losses/options.ts';
import { oneOrAll } from './confusion-counts.ts';
import { type Counting, type Counts, countsOf, emitCounts, precisions, recalls } from './counts.ts';
import { type Metric, type MetricOptions, metricName, savedAs } from './metric.ts';
import { type Thresholds, thresholdsOf } from './thresholds.ts';

export interface PrecisionOptions extends MetricOptions {
  /** Outputs above it are positive; a list gives a vector; 0.5 if left out, and none where there is topK. */
  readonly thresholds?: number | readonly number[] | null;
  /** Only the k largest outputs of a row may be positive; all if left out. */
  readonly topK?: number | null;
  /** The only column that counts; all if left out. */
  readonly classId?: number | null;
}

/** The share of right ones among the outputs above the threshold; 0 where there are none. Throws OptionError. */
export const precision = (options?: PrecisionOptions): Metric => share('precision', options, precisions);

/** The share of the positive targets whose outputs are above the threshold; 0 where there are none. Throws OptionError. */
export const recall = (options?: PrecisionOptions): Metric => share('recall', options, recalls);

/** What every output among the k largest exceeds. */
const none: Thresholds = { values: [-1e10], isEven: false, hasMargins: false };

function share(factory: string, given: PrecisionOptions = {}, of: (counts: Counts) => number[]): Metric {
  const defaults = { name: factory, thresholds: null, topK: null, classId: null };
  const options = filled(factory, given, defaults);
  const { name, thresholds: asked, topK, classId } = options;
  if (topK !== null) positiveInteger(factory, 'topK', topK);
  if (classId !== null) natural(factory, 'classId', classId);
  const thresholds = asked === null && topK !== null ? none : thresholdsOf(factory, asked ?? 0.5);
  const counting: Counting = { metric: name, thresholds, topK, classId };
  return {
    name: metricName(factory, name),
    ...savedAs(factory, options),
    sums: (ops, output, targets, weights) => emitCounts(ops, output, targets, weights, counting),
    result: sums => oneOrAll(of(countsOf(sums, thresholds))),
  };
}
