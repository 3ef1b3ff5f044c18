import { describe } from '../describe.ts';
import { FormatError, OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Loss } from '../losses/loss.ts';
import { unknownName } from '../nearest-name.ts';
import { accuracy, binaryAccuracy, categoricalAccuracy, exactAccuracy, sparseCategoricalAccuracy } from './accuracy.ts';
import {
  precisionAtRecall,
  recallAtPrecision,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
} from './at-operating-point.ts';
import { auc } from './auc.ts';
import { falseNegatives, falsePositives, trueNegatives, truePositives } from './confusion-counts.ts';
import { cohenKappa, confusionMatrix, matthewsCorrelation } from './confusion-matrix.ts';
import { f1Score, fBetaScore } from './f-score.ts';
import { binaryIoU, iou, meanIoU, oneHotIoU, oneHotMeanIoU } from './iou.ts';
import { classNameOf, type Metric } from './metric.ts';
import { logCoshError, lossMetrics } from './of-loss.ts';
import { precision, recall } from './precision-recall.ts';
import { r2Score } from './r2-score.ts';
import { concordanceCorrelation, cosineSimilarity, pearsonCorrelation, rootMeanSquaredError } from './regression.ts';
import { sparseTopKCategoricalAccuracy, topKCategoricalAccuracy } from './top-k-categorical-accuracy.ts';

/** By the names from which those of their classes follow. */
const byWholeName = {
  ...lossMetrics,
  accuracy,
  exactAccuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  truePositives,
  falsePositives,
  trueNegatives,
  falseNegatives,
  precision,
  recall,
  f1Score,
  fBetaScore,
  auc,
  precisionAtRecall,
  recallAtPrecision,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
  confusionMatrix,
  cohenKappa,
  matthewsCorrelation,
  iou,
  meanIoU,
  binaryIoU,
  oneHotIoU,
  oneHotMeanIoU,
  rootMeanSquaredError,
  cosineSimilarity,
  logCoshError,
  r2Score,
  pearsonCorrelation,
  concordanceCorrelation,
};

/** The metrics that Inkling brings, by name; the short names are those of Keras. */
export const metrics = {
  ...byWholeName,
  acc: accuracy,
  bce: lossMetrics.binaryCrossentropy,
  mse: lossMetrics.meanSquaredError,
  mae: lossMetrics.meanAbsoluteError,
  mape: lossMetrics.meanAbsolutePercentageError,
  msle: lossMetrics.meanSquaredLogarithmicError,
  kld: lossMetrics.klDivergence,
};

/** Metrics that can be given by name: those that need no options. */
export type MetricName = {
  [N in keyof typeof metrics]: (typeof metrics)[N] extends () => Metric ? N : never;
}[keyof typeof metrics];

/** A metric by its name, which its log keeps, or the one given. Throws OptionError for what is neither. */
export function metricOf(given: MetricName | Metric): Metric {
  if (typeof given === 'string') {
    if (!Object.hasOwn(metrics, given)) throw unknownName('metric', given, Object.keys(metrics));
    const metric = metrics[given]();
    return { ...metric, name: given, config: { ...metric.config, name: given } };
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

/** Throws OptionError for a metric that needs class numbers as targets, if the loss has others. */
export function checkMetricTargets(metrics: readonly Metric[], { name: loss, targets }: Loss): void {
  for (const { name, targets: needed } of metrics) {
    if (needed === undefined || needed === targets) continue;
    const what = { classes: 'class numbers', numbers: 'numbers like the output' };
    throw new OptionError(
      `compile: the metric ${name} needs ${what[needed]} as targets, but those of the loss ${loss} are ${what[targets]}`,
    );
  }
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

/** A metric as it is saved. */
export interface MetricConfig {
  readonly className: string;
  readonly config: { readonly [option: string]: Json };
}

/** Makes a metric again. Throws FormatError for an unknown class, OptionError for options that it does not take. */
export function metricFromConfig({ className, config }: MetricConfig): Metric {
  const factory: unknown = Object.entries(byWholeName).find(([name]) => classNameOf(name) === className)?.[1];
  if (factory === undefined) {
    const names = Object.keys(byWholeName).map(classNameOf).join(', ');
    throw new FormatError(`the metric ${className} is not known; known are ${names}`);
  }
  // Every factory checks its options itself, so what comes from a file is as safe as what a user writes.
  return (factory as (options: object) => Metric)(config);
}
