import { type Metric, meanMetric } from './metric.ts';

/** The share of rows whose largest column is that of the targets. */
export function categoricalAccuracy(): Metric {
  return meanMetric('categoricalAccuracy', (ops, output, targets) => ops.categoricalAccuracy(output, targets));
}

/** The share of numbers that lie on the same side of 0.5 as the targets. */
export function binaryAccuracy(): Metric {
  return meanMetric('binaryAccuracy', (ops, output, targets) => ops.binaryAccuracy(output, targets));
}

/** The binary accuracy for an output with one unit and the categorical one for all others, as in Keras. */
export function accuracy(): Metric {
  return meanMetric('accuracy', (ops, output, targets) =>
    output.shape.at(-1) === 1 ? ops.binaryAccuracy(output, targets) : ops.categoricalAccuracy(output, targets),
  );
}
