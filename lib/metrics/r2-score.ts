import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { filled, natural } from '../losses/options.ts';
import { weighted } from '../losses/reduction.ts';
import { unknownName } from '../nearest-name.ts';
import { sizeOf } from '../shape/shape.ts';
import { Tensor } from '../tensor/index.ts';
import { type Metric, type MetricOptions, metricName, type Sums, savedAs } from './metric.ts';

export interface R2ScoreOptions extends MetricOptions {
  /** How the scores of the columns become one; null gives them all; `uniformAverage` if left out. */
  readonly classAggregation?: 'uniformAverage' | 'varianceWeightedAverage' | null;
  /** Independent regressors, for the adjusted score; 0, for the score as it is, if left out. */
  readonly numRegressors?: number;
}

const aggregations = ['uniformAverage', 'varianceWeightedAverage'] as const;

/**
 * Coefficient of determination: 1 - (sum of squared errors) / (sum of squared distances of the targets from their mean)
 * of each column. A column whose targets are all equal counts 0. The adjusted score is 1 - (1 - R2) (n - 1) / (n - p - 1)
 * with n numbers, as Keras counts them, and p regressors; with too few numbers it is the score as it is. Throws OptionError.
 */
export function r2Score(given: R2ScoreOptions = {}): Metric {
  const factory = 'r2Score';
  const defaults = { name: factory, classAggregation: 'uniformAverage' as const, numRegressors: 0 };
  const options: typeof defaults & R2ScoreOptions = filled(factory, given, defaults);
  const aggregation: R2ScoreOptions['classAggregation'] = options.classAggregation;
  if (aggregation !== null && !aggregations.some(known => known === aggregation)) {
    throw typeof aggregation === 'string'
      ? unknownName(`classAggregation of ${factory}`, aggregation, aggregations)
      : new OptionError(
          `${factory}: classAggregation must be null, ${aggregations.join(', ')}, got ${describe(aggregation)}`,
        );
  }
  natural(factory, 'numRegressors', options.numRegressors);
  return {
    name: metricName(factory, options.name),
    ...savedAs(factory, options),
    sums(ops, output, targets, weights) {
      const axes = output.shape.slice(0, -1).map((_, axis) => axis);
      const columns = (value: typeof output) =>
        ops.sum(weights === undefined ? value : weighted(ops, value, weights), axes);
      const difference = ops.subtract(output, targets);
      const rows = sizeOf(output.shape.slice(0, -1));
      const perExample = rows / output.shape[0]!;
      return {
        squaredErrors: columns(ops.multiply(difference, difference)),
        squaredTargets: columns(ops.multiply(targets, targets)),
        targets: columns(targets),
        count: weights === undefined ? ops.fill([], rows) : ops.affine(ops.sum(weights), perExample),
        numbers: ops.fill([], sizeOf(output.shape)),
      };
    },
    result(sums) {
      const { scores, spreads } = scoresOf(sums);
      const adjusted = scores.map(score => adjust(score, sums['numbers']![0]!, options.numRegressors));
      if (aggregation === null) return new Tensor([scores.length], 'float32', Float32Array.from(adjusted));
      const weights = aggregation === 'uniformAverage' ? scores.map(() => 1) : spreads;
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return adjusted.reduce((sum, score, i) => sum + score * weights[i]!, 0) / total;
    },
  };
}

function scoresOf({ squaredErrors, squaredTargets, targets, count }: Sums): { scores: number[]; spreads: number[] } {
  const spreads = Array.from(squaredTargets!, (squares, column) => squares - targets![column]! ** 2 / count![0]!);
  const scores = spreads.map((spread, column) => (spread === 0 ? 0 : 1 - squaredErrors![column]! / spread));
  return { scores, spreads };
}

function adjust(score: number, numbers: number, regressors: number): number {
  if (regressors === 0 || regressors >= numbers - 1) return score;
  return 1 - ((1 - score) * (numbers - 1)) / (numbers - regressors - 1);
}
