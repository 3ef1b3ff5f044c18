import { finiteNumber } from '../layers/options.ts';
import { filled } from '../losses/options.ts';
import { type Metric, type MetricOptions, meanMetric, metricName, savedAs } from './metric.ts';

export interface BinaryAccuracyOptions extends MetricOptions {
  /** Outputs above it stand for 1, all others for 0; 0.5 if left out. */
  readonly threshold?: number;
}

/** The share of rows whose first largest column is that of the targets; a row of zeros has none. Throws OptionError. */
export const categoricalAccuracy = (given: MetricOptions = {}): Metric =>
  named('categoricalAccuracy', given, (ops, output, targets) => ops.categoricalAccuracy(output, targets));

/** The share of rows whose first largest column is the class number. Throws OptionError. */
export const sparseCategoricalAccuracy = (given: MetricOptions = {}): Metric => ({
  ...named('sparseCategoricalAccuracy', given, (ops, output, targets) => ops.categoricalAccuracy(output, targets)),
  targets: 'classes',
});

/** The share of numbers on the side of the threshold that the target, 0 or 1, is: others are never right. */
export function binaryAccuracy(given: BinaryAccuracyOptions = {}): Metric {
  const options = filled('binaryAccuracy', given, { name: 'binaryAccuracy', threshold: 0.5 });
  const { name, threshold } = options;
  finiteNumber('binaryAccuracy', 'threshold', threshold);
  const mean = meanMetric(metricName('binaryAccuracy', name), (ops, output, targets) =>
    threshold === 0.5 ? ops.binaryAccuracy(output, targets) : ops.equal(targets, ops.greater(output, threshold)),
  );
  return { ...mean, ...savedAs('binaryAccuracy', options) };
}

/** The binary accuracy for an output with one column and the categorical one for all others, as in Keras. */
export const accuracy = (given: MetricOptions = {}): Metric =>
  named('accuracy', given, (ops, output, targets) =>
    output.shape.at(-1) === 1 ? ops.binaryAccuracy(output, targets) : ops.categoricalAccuracy(output, targets),
  );

/**
 * The share of numbers that equal their targets, for outputs that are classes themselves: Keras's `Accuracy`, whose name
 * `accuracy` stands for others here as there. Throws OptionError.
 */
export const exactAccuracy = (given: MetricOptions = {}): Metric => ({
  ...named('exactAccuracy', given, (ops, output, targets) => ops.equal(output, targets)),
  targets: 'numbers',
});

function named(factory: string, given: MetricOptions, rows: Parameters<typeof meanMetric>[1]): Metric {
  const options = filled(factory, given, { name: factory });
  return { ...meanMetric(metricName(factory, options.name), rows), ...savedAs(factory, options) };
}
