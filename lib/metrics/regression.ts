import { type Metric, meanMetric } from './metric.ts';

/** The mean of the squared differences. */
export function meanSquaredError(): Metric {
  return meanMetric('meanSquaredError', (ops, output, targets) => ops.meanSquaredError(output, targets));
}

/** The mean of the absolute differences. */
export function meanAbsoluteError(): Metric {
  return meanMetric('meanAbsoluteError', (ops, output, targets) => {
    const difference = ops.abs(ops.subtract(output, targets));
    return ops.mean(difference, [difference.shape.length - 1]);
  });
}

/** The root of the mean of the squared differences, over all batches. */
export function rootMeanSquaredError(): Metric {
  const squared = meanSquaredError();
  return { ...squared, name: 'rootMeanSquaredError', result: sums => Math.sqrt(squared.result(sums)) };
}
