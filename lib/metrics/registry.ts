import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { unknownName } from '../nearest-name.ts';
import { accuracy, binaryAccuracy, categoricalAccuracy } from './accuracy.ts';
import type { Metric } from './metric.ts';
import { r2Score } from './r2-score.ts';
import { meanAbsoluteError, meanSquaredError, rootMeanSquaredError } from './regression.ts';
import { topKCategoricalAccuracy } from './top-k-categorical-accuracy.ts';

/** The metrics that Inkling brings, by name; the short names are those of Keras. */
export const metrics = {
  accuracy,
  categoricalAccuracy,
  binaryAccuracy,
  meanSquaredError,
  meanAbsoluteError,
  rootMeanSquaredError,
  r2Score,
  topKCategoricalAccuracy,
  acc: accuracy,
  mse: meanSquaredError,
  mae: meanAbsoluteError,
};

export type MetricName = keyof typeof metrics;

/** A metric by its name, which its log keeps, or the one given. Throws OptionError for what is neither. */
export function metricOf(given: MetricName | Metric): Metric {
  if (typeof given === 'string') {
    if (!Object.hasOwn(metrics, given)) throw unknownName('metric', given, Object.keys(metrics));
    return { ...metrics[given](), name: given };
  }
  if (isMetric(given)) return given;
  const known = Object.keys(metrics).join(', ');
  throw new OptionError(
    `compile: a metric must be a name (${known}) or an object { name, sums, result }, got ${describe(given)}`,
  );
}

/** The metrics that `compile` is given. Throws OptionError if they are no list, or if one is no metric. */
export function metricsOf(option: string, given: readonly (MetricName | Metric)[]): Metric[] {
  if (!Array.isArray(given)) {
    throw new OptionError(`compile: ${option} must be a list such as ['accuracy'], got ${describe(given)}`);
  }
  return given.map((each: MetricName | Metric) => metricOf(each));
}

/** Throws OptionError for a metric named `loss` and for two of one name, since logs have one number for each name. */
export function checkMetricNames(metrics: readonly Metric[]): void {
  const seen = new Set(['loss']);
  for (const { name } of metrics) {
    if (name === 'loss') throw new OptionError('compile: a metric must not be named "loss", the name of the loss');
    if (seen.has(name)) {
      throw new OptionError(`compile: there are two metrics named "${name}"; give one another name`);
    }
    seen.add(name);
  }
}

function isMetric(given: unknown): given is Metric {
  if (typeof given !== 'object' || given === null) return false;
  const { name, sums, result } = given as { readonly [member: string]: unknown };
  return typeof name === 'string' && typeof sums === 'function' && typeof result === 'function';
}
