import { finiteNumber } from '../layers/options.ts';
import { filled } from '../losses/options.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { type Metric, type MetricOptions, meanMetric, metricName } from './metric.ts';

export interface BinaryAccuracyOptions extends MetricOptions {
  /** Outputs above it stand for 1, all others for 0; 0.5 if left out. */
  readonly threshold?: number;
}

/** The share of rows whose first largest column is that of the targets. Throws OptionError. */
export const categoricalAccuracy = (given: MetricOptions = {}): Metric =>
  named('categoricalAccuracy', given, (ops, output, targets) => ops.categoricalAccuracy(output, targets));

/** The share of rows whose first largest column is the class number. Throws OptionError. */
export const sparseCategoricalAccuracy = (given: MetricOptions = {}): Metric => ({
  ...named('sparseCategoricalAccuracy', given, (ops, output, _, classes) => isClass(ops, output, classes!)),
  targets: 'classes',
});

/** The share of numbers on the side of the threshold that the target, 0 or 1, is: others are never right. */
export function binaryAccuracy(given: BinaryAccuracyOptions = {}): Metric {
  const { name, threshold } = filled('binaryAccuracy', given, { name: 'binaryAccuracy', threshold: 0.5 });
  finiteNumber('binaryAccuracy', 'threshold', threshold);
  return meanMetric(metricName('binaryAccuracy', name), (ops, output, targets) =>
    isOnSide(ops, output, targets, threshold),
  );
}

/** The binary accuracy for an output with one column, the sparse one for class numbers, else the categorical one, as in Keras. */
export const accuracy = (given: MetricOptions = {}): Metric =>
  named('accuracy', given, (ops, output, targets, classes) => {
    if (output.shape.at(-1) === 1) return isOnSide(ops, output, targets, 0.5);
    return classes === undefined ? ops.categoricalAccuracy(output, targets) : isClass(ops, output, classes);
  });

const named = (factory: string, given: MetricOptions, rows: Parameters<typeof meanMetric>[1]): Metric =>
  meanMetric(metricName(factory, filled(factory, given, { name: factory }).name), rows);

const isOnSide = (ops: Ops, output: Value, targets: Value, threshold: number): Value =>
  ops.equal(targets, ops.greater(output, threshold));

const isClass = (ops: Ops, output: Value, classes: Value): Value =>
  ops.equal(ops.cast(ops.argmax(output, -1), 'float32'), ops.cast(classes, 'float32'));
