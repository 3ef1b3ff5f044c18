import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { epsilon } from '../losses/loss.ts';
import { filled, positiveNumber } from '../losses/options.ts';
import { weighted } from '../losses/reduction.ts';
import { unknownName } from '../nearest-name.ts';
import type { Value } from '../plan/graph.ts';
import { Tensor } from '../tensor/index.ts';
import { type Metric, type MetricOptions, type MetricResult, metricName, type Sums, savedAs } from './metric.ts';

export interface F1ScoreOptions extends MetricOptions {
  /**
   * Null, which it is if left out: a vector with the score of each column. `macro`: their mean. `weighted`: their mean by
   * the weight of their targets. `micro`: the score of all columns together.
   */
  readonly average?: 'micro' | 'macro' | 'weighted' | null;
  /** Outputs above it are positive; null, for the largest of each row, if left out. */
  readonly threshold?: number | null;
}

export interface FBetaScoreOptions extends F1ScoreOptions {
  /** How much more recall counts than precision; 1 if left out. */
  readonly beta?: number;
}

/** The harmonic mean of precision and recall. Targets: zeros and ones. Throws OptionError. */
export const f1Score = (given: F1ScoreOptions = {}): Metric =>
  score('f1Score', filled('f1Score', given, { ...defaults, name: 'f1Score' }));

/** (1 + b^2) P R / (b^2 P + R) of precision P and recall R. Targets: zeros and ones. Throws OptionError. */
export const fBetaScore = (given: FBetaScoreOptions = {}): Metric =>
  score('fBetaScore', filled('fBetaScore', given, { ...defaults, beta: 1, name: 'fBetaScore' }));

const averages = ['micro', 'macro', 'weighted'] as const;
type Average = (typeof averages)[number] | null;
const defaults = { average: null as Average, threshold: null as number | null };

interface Settings {
  readonly name: string;
  readonly average: Average;
  readonly threshold: number | null;
  /** 1 if left out. */
  readonly beta?: number;
}

function score(factory: string, options: Settings): Metric {
  const { name, average, threshold, beta = 1 } = options;
  if (average !== null && !averages.includes(average)) {
    throw typeof average === 'string'
      ? unknownName(`average of ${factory}`, average, averages)
      : new OptionError(`${factory}: average must be null, ${averages.join(', ')}, got ${describe(average)}`);
  }
  if (threshold !== null && !(threshold > 0 && threshold <= 1)) {
    throw new OptionError(`${factory}: threshold must be null, or above 0 and at most 1, got ${describe(threshold)}`);
  }
  positiveNumber(factory, 'beta', beta);
  return {
    name: metricName(factory, name),
    ...savedAs(factory, options),
    sums(ops, output, targets, weights) {
      const isLargest = () =>
        ops.multiply(ops.equal(output, ops.max(output, -1, true)), ops.greater(ops.abs(output), 1e-9));
      const taken: Value = threshold === null ? isLargest() : ops.greater(output, threshold);
      const axes = output.shape.slice(0, -1).map((_, axis) => axis);
      const summed = (value: Value) => ops.sum(weights === undefined ? value : weighted(ops, value, weights), axes);
      return {
        both: summed(ops.multiply(taken, targets)),
        taken: summed(taken),
        wanted: summed(targets),
      };
    },
    result: sums => averaged(sums, average, beta),
  };
}

function averaged({ both, taken, wanted }: Sums, average: Average, beta: number): MetricResult {
  const total = (sums: Float64Array) => sums.reduce((sum, each) => sum + each, 0);
  const of = (hits: number, positives: number, targets: number) => {
    const [p, r] = [hits / (positives + epsilon), hits / (targets + epsilon)];
    return ((1 + beta ** 2) * (p * r)) / (beta ** 2 * p + r + epsilon);
  };
  if (average === 'micro') return of(total(both!), total(taken!), total(wanted!));
  const scores = both!.map((hits, column) => of(hits, taken![column]!, wanted![column]!));
  if (average === null) return new Tensor([scores.length], 'float32', Float32Array.from(scores));
  if (average === 'macro') return total(scores) / scores.length;
  return total(scores.map((each, column) => each * wanted![column]!)) / (total(wanted!) + epsilon);
}
