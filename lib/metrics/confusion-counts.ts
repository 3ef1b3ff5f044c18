import { filled } from '../losses/options.ts';
import { Tensor } from '../tensor/index.ts';
import { type Counts, countsOf, emitCounts } from './counts.ts';
import { type Metric, type MetricOptions, type MetricResult, metricName, savedAs } from './metric.ts';
import { thresholdsOf } from './thresholds.ts';

export interface ConfusionCountOptions extends MetricOptions {
  /** Outputs above it are positive; a list gives a vector of counts; 0.5 if left out. */
  readonly thresholds?: number | readonly number[];
}

/** The weights of the positive targets whose outputs are above the threshold. Throws OptionError. */
export const truePositives = (options?: ConfusionCountOptions): Metric => counted('truePositives', options);
/** The weights of the targets 0 whose outputs are above the threshold. Throws OptionError. */
export const falsePositives = (options?: ConfusionCountOptions): Metric => counted('falsePositives', options);
/** The weights of the targets 0 whose outputs are not above the threshold. Throws OptionError. */
export const trueNegatives = (options?: ConfusionCountOptions): Metric => counted('trueNegatives', options);
/** The weights of the positive targets whose outputs are not above the threshold. Throws OptionError. */
export const falseNegatives = (options?: ConfusionCountOptions): Metric => counted('falseNegatives', options);

function counted(factory: keyof Counts, given: ConfusionCountOptions = {}): Metric {
  const options = filled(factory, given, { name: factory as string, thresholds: 0.5 });
  const { name } = options;
  const thresholds = thresholdsOf(factory, options.thresholds);
  return {
    name: metricName(factory, name),
    ...savedAs(factory, options),
    sums: (ops, output, targets, weights) => emitCounts(ops, output, targets, weights, { metric: name, thresholds }),
    result: sums => oneOrAll(countsOf(sums, thresholds)[factory]),
  };
}

/** The number of a single threshold, and a vector of those of several. */
export const oneOrAll = (numbers: readonly number[]): MetricResult =>
  numbers.length === 1 ? numbers[0]! : new Tensor([numbers.length], 'float32', Float32Array.from(numbers));
