import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { flag } from '../layers/options.ts';
import { filled, oneOf } from '../losses/options.ts';
import { type Counts, countsOf, countsOfColumns, emitCounts, precisions, recalls } from './counts.ts';
import { type Metric, type MetricOptions, metricName, ratio, savedAs } from './metric.ts';
import { steps, thresholdsOf, thresholdsWithMargins } from './thresholds.ts';

export interface AucOptions extends MetricOptions {
  /** How many thresholds the curve is drawn by, evenly from 0 to 1; 200 if left out. */
  readonly numThresholds?: number;
  /** Thresholds of one's own between 0 and 1, which those two are added to; null, for even ones, if left out. */
  readonly thresholds?: readonly number[] | null;
  /**
   * `ROC`: the share of positives found over that of false alarms; `PR`: precision over recall; `PRGAIN`: the gains of
   * both (Flach and Kull 2015). `ROC` if left out.
   */
  readonly curve?: 'ROC' | 'PR' | 'PRGAIN';
  /** What lies between two points: `interpolation` (Davis and Goadrich 2006 for PR) if left out. */
  readonly summationMethod?: 'interpolation' | 'minoring' | 'majoring';
  /** Whether each column has a curve of its own, whose areas are averaged; false if left out. */
  readonly multiLabel?: boolean;
  /** How many columns there are, with multiLabel; null, for those that there are, if left out. */
  readonly numLabels?: number | null;
  /** The weight of each column; null, for all alike, if left out. */
  readonly labelWeights?: readonly number[] | null;
  /** Whether the outputs are logits, to which a sigmoid is applied; false if left out. */
  readonly fromLogits?: boolean;
}

/** The area under a curve that is drawn by moving a threshold over the outputs. Throws OptionError. */
export function auc(given: AucOptions = {}): Metric {
  const factory = 'auc';
  const options = checked(factory, given);
  const { name, thresholds: own, numThresholds, multiLabel, labelWeights, fromLogits } = options;
  const between = own === null ? steps(numThresholds).slice(1, -1) : [...own].sort((a, b) => a - b);
  const thresholds = thresholdsWithMargins(between);
  const counting = { metric: name, thresholds, multiLabel, labelWeights: multiLabel ? null : labelWeights };
  return {
    name: metricName(factory, name),
    ...savedAs(factory, options),
    sums(ops, output, targets, weights) {
      checkLabels(name, output.shape.at(-1)!, options);
      return emitCounts(ops, fromLogits ? ops.sigmoid(output) : output, targets, weights, counting);
    },
    result(sums) {
      if (!multiLabel) return area(countsOf(sums, thresholds), options);
      const areas = countsOfColumns(sums, thresholds).map(counts => area(counts, options));
      const shares = labelWeights ?? areas.map(() => 1);
      return ratio(sum(areas.map((each, column) => each * shares[column]!)), sum(shares));
    },
  };
}

type Settings = ReturnType<typeof checked>;

function checked(factory: string, given: AucOptions) {
  const defaults = {
    name: factory,
    numThresholds: 200,
    thresholds: null as readonly number[] | null,
    curve: 'ROC' as const,
    summationMethod: 'interpolation' as const,
    multiLabel: false,
    numLabels: null as number | null,
    labelWeights: null as readonly number[] | null,
    fromLogits: false,
  };
  const options: Required<AucOptions> = filled(factory, given, defaults);
  const { numThresholds, thresholds, labelWeights, numLabels, multiLabel } = options;
  if (!Number.isInteger(numThresholds) || numThresholds < 2) {
    throw new OptionError(`${factory}: numThresholds must be an integer of 2 or more, got ${describe(numThresholds)}`);
  }
  if (thresholds !== null) thresholdsOf(factory, thresholds);
  oneOf(factory, 'curve', options.curve, ['ROC', 'PR', 'PRGAIN']);
  oneOf(factory, 'summationMethod', options.summationMethod, ['interpolation', 'minoring', 'majoring']);
  flag(factory, 'multiLabel', multiLabel);
  flag(factory, 'fromLogits', options.fromLogits);
  if (numLabels !== null && !multiLabel) {
    throw new OptionError(`${factory}: numLabels is for multiLabel: true; leave one of them out or set the other`);
  }
  const areNumbers = Array.isArray(labelWeights) && labelWeights.every(each => Number.isFinite(each));
  if (labelWeights !== null && !areNumbers) {
    throw new OptionError(`${factory}: labelWeights must be a list of finite numbers, got ${describe(labelWeights)}`);
  }
  return options;
}

function checkLabels(metric: string, columns: number, { numLabels, labelWeights }: Settings): void {
  const expected = numLabels ?? labelWeights?.length ?? columns;
  if (expected === columns) return;
  const asked = numLabels === null ? `${expected} labelWeights` : `numLabels ${expected}`;
  throw new OptionError(`metric ${metric}: ${asked} for an output of ${columns} columns; there must be as many`);
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);

function area(counts: Counts, { curve, summationMethod }: Settings): number {
  if (curve === 'PR' && summationMethod === 'interpolation') return interpolatedPrecision(counts);
  const [x, y] = curveOf(counts, curve);
  const height = { interpolation: (a: number, b: number) => (a + b) / 2, minoring: Math.min, majoring: Math.max };
  return sum(x.slice(1).map((right, i) => (x[i]! - right) * height[summationMethod](y[i]!, y[i + 1]!)));
}

function curveOf(counts: Counts, curve: 'ROC' | 'PR' | 'PRGAIN'): readonly [number[], number[]] {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = counts;
  if (curve === 'PR') return [recalls(counts), precisions(counts)];
  if (curve === 'ROC') {
    return [falsePositives.map((wrong, i) => ratio(wrong, wrong + trueNegatives[i]!)), recalls(counts)];
  }
  const gain = (wrong: readonly number[], none: number) =>
    truePositives.map((right, i) => {
      const odds = ratio(right + falseNegatives[i]!, trueNegatives[i]! + falsePositives[i]!);
      return right === 0 ? none : 1 - odds * ratio(wrong[i]!, right);
    });
  return [gain(falseNegatives, 0).map(each => Math.max(each, 0)), gain(falsePositives, 1)];
}

/** Between two thresholds the precision follows TP / (TP + FP) with both growing evenly (Davis and Goadrich 2006). */
function interpolatedPrecision({ truePositives, falsePositives, falseNegatives }: Counts): number {
  const taken = truePositives.map((right, i) => right + falsePositives[i]!);
  const parts = truePositives.slice(1).map((right, i) => {
    const [gained, from, to] = [truePositives[i]! - right, taken[i + 1]!, taken[i]!];
    const slope = ratio(gained, Math.max(to - from, 0));
    const intercept = right - slope * from;
    const growth = to > 0 && from > 0 ? to / from : 1;
    return ratio(slope * (gained + intercept * Math.log(growth)), Math.max(right + falseNegatives[i + 1]!, 0));
  });
  return sum(parts);
}
