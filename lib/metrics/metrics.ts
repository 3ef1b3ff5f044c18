import { unknownName } from '../nearest-name.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import type { Shape } from '../shape/shape.ts';

/** A metric emits one number for each row; its mean is reported. An object with these members is a metric. */
export interface Metric {
  readonly name: string;
  /** `targets` is dense, of the shape of `output`, as in a loss. */
  forward(ops: Ops, output: Value, targets: Value): Value;
}

const metrics = {
  categoricalAccuracy: (ops: Ops, output: Value, targets: Value) => ops.categoricalAccuracy(output, targets),
  binaryAccuracy: (ops: Ops, output: Value, targets: Value) => ops.binaryAccuracy(output, targets),
  meanSquaredError: (ops: Ops, output: Value, targets: Value) => ops.meanSquaredError(output, targets),
  meanAbsoluteError: (ops: Ops, output: Value, targets: Value) => {
    const difference = ops.abs(ops.subtract(output, targets));
    return ops.mean(difference, [difference.shape.length - 1]);
  },
};

export type MetricName = 'accuracy' | keyof typeof metrics;

/**
 * A metric by its name, or the one given. `accuracy` is the binary accuracy for an output with one unit and the
 * categorical one for all others, as in Keras. Throws OptionError for an unknown name.
 */
export function metricOf(given: MetricName | Metric, output: Shape): Metric {
  if (typeof given !== 'string') return given;
  if (given === 'accuracy') {
    return { name: given, forward: output.at(-1) === 1 ? metrics.binaryAccuracy : metrics.categoricalAccuracy };
  }
  if (!Object.hasOwn(metrics, given)) throw unknownName('metric', given, ['accuracy', ...Object.keys(metrics)]);
  return { name: given, forward: metrics[given] };
}
