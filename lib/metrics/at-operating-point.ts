import { positiveInteger } from '../layers/options.ts';
import { filled, natural, within } from '../losses/options.ts';
import { type Counts, countsOf, emitCounts, precisions, recalls, specificities } from './counts.ts';
import { type Metric, type MetricOptions, metricName, savedAs } from './metric.ts';
import { evenThresholds } from './thresholds.ts';

export interface OperatingPointOptions extends MetricOptions {
  /** Thresholds from 0 to 1 among which the best one is sought; 200 if left out. */
  readonly numThresholds?: number;
  /** The only column that counts; all if left out. */
  readonly classId?: number | null;
}

/** The largest precision among the thresholds with at least that recall; 0 if there is none. Throws OptionError. */
export const precisionAtRecall = (given: OperatingPointOptions & { readonly recall: number }): Metric =>
  best('precisionAtRecall', 'recall', given, recalls, precisions);
/** The largest recall among the thresholds with at least that precision; 0 if there is none. Throws OptionError. */
export const recallAtPrecision = (given: OperatingPointOptions & { readonly precision: number }): Metric =>
  best('recallAtPrecision', 'precision', given, precisions, recalls);
/** The largest sensitivity among the thresholds with at least that specificity; 0 if there is none. Throws OptionError. */
export const sensitivityAtSpecificity = (given: OperatingPointOptions & { readonly specificity: number }): Metric =>
  best('sensitivityAtSpecificity', 'specificity', given, specificities, recalls);
/** The largest specificity among the thresholds with at least that sensitivity; 0 if there is none. Throws OptionError. */
export const specificityAtSensitivity = (given: OperatingPointOptions & { readonly sensitivity: number }): Metric =>
  best('specificityAtSensitivity', 'sensitivity', given, recalls, specificities);

type Rates = (counts: Counts) => number[];

function best(factory: string, bound: string, given: OperatingPointOptions, held: Rates, sought: Rates): Metric {
  const defaults = { name: factory, numThresholds: 200, classId: null };
  const options = filled(factory, given, defaults, [bound]);
  const { name, numThresholds, classId } = options;
  const stated: { readonly [option: string]: unknown } = { ...options };
  const least = within(factory, bound, stated[bound], 0, 1);
  const thresholds = evenThresholds(positiveInteger(factory, 'numThresholds', numThresholds));
  if (classId !== null) natural(factory, 'classId', classId);
  return {
    name: metricName(factory, name),
    ...savedAs(factory, options),
    sums: (ops, output, targets, weights) =>
      emitCounts(ops, output, targets, weights, { metric: name, thresholds, classId }),
    result(sums) {
      const counts = countsOf(sums, thresholds);
      const rates = sought(counts);
      return held(counts).reduce((largest, rate, i) => (rate >= least ? Math.max(largest, rates[i]!) : largest), 0);
    },
  };
}
