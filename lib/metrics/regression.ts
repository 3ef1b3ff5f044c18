import { cosine } from '../losses/cosine-similarity.ts';
import { epsilon } from '../losses/loss.ts';
import { checkedAxisOption, filled } from '../losses/options.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { type Metric, type MetricOptions, meanMetric, metricName, ratio, savedAs } from './metric.ts';

export interface AxisMetricOptions extends MetricOptions {
  /** The axis of the vectors; -1, the last one, if left out. */
  readonly axis?: number;
}

/** The root of the mean of the squared differences, over all batches. Throws OptionError. */
export function rootMeanSquaredError(given: MetricOptions = {}): Metric {
  const factory = 'rootMeanSquaredError';
  const options = filled(factory, given, { name: factory });
  const squared = meanMetric(metricName(factory, options.name), (ops, output, targets) =>
    ops.meanSquaredError(output, targets),
  );
  return {
    ...squared,
    ...savedAs(factory, options),
    result: ({ total, count }) => Math.sqrt(ratio(total![0]!, count![0]!)),
  };
}

/** The mean of the cosines of the angles between outputs and targets: the loss with the other sign. Throws OptionError. */
export const cosineSimilarity = (given?: AxisMetricOptions): Metric => alongAxis('cosineSimilarity', given, cosine);

/** The mean of the correlations of outputs and targets along an axis (Pearson 1895). Throws OptionError. */
export const pearsonCorrelation = (given?: AxisMetricOptions): Metric =>
  alongAxis('pearsonCorrelation', given, (_, ops, output, targets, axis) => {
    const [y, t] = [output, targets].map(value => {
      const centered = ops.subtract(value, ops.mean(value, axis, true)) as Value;
      return ops.divide(centered, ops.sqrt(ops.mean(ops.square(centered), axis, true)));
    });
    return ops.mean(ops.multiply(y!, t!), axis);
  });

/**
 * The mean of 2 cov(t, y) / (var(t) + var(y) + (mean(t) - mean(y))^2 + 1e-7) along an axis (Lin 1989, equation 2).
 * Throws OptionError.
 */
export const concordanceCorrelation = (given?: AxisMetricOptions): Metric =>
  alongAxis('concordanceCorrelation', given, (_, ops, output, targets, axis) => {
    const [y, t] = [output, targets].map(value => {
      const mean = ops.mean(value, axis, true) as Value;
      return { mean, centered: ops.subtract(value, mean) as Value };
    });
    const variance = (centered: Value): Value => ops.mean(ops.square(centered), axis, true);
    const apart = ops.square(ops.subtract(t!.mean, y!.mean));
    const all = ops.add(ops.add(variance(t!.centered), variance(y!.centered)), apart);
    const shared = ops.divide(ops.multiply(t!.centered, y!.centered), ops.affine(all, 1, epsilon));
    return ops.affine(ops.mean(shared, axis), 2);
  });

function alongAxis(
  factory: string,
  given: AxisMetricOptions = {},
  rows: (what: string, ops: Ops, output: Value, targets: Value, axis: number) => Value,
): Metric {
  const options = filled(factory, given, { name: factory, axis: -1 });
  const { name, axis } = options;
  checkedAxisOption(factory, axis);
  const mean = meanMetric(metricName(factory, name), (ops, output, targets) =>
    rows(`metric ${factory}`, ops, output, targets, axis),
  );
  return { ...mean, ...savedAs(factory, options) };
}
