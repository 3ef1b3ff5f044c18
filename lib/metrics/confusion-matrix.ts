import { finiteNumber, positiveInteger } from '../layers/options.ts';
import { filled, oneOf } from '../losses/options.ts';
import { Tensor } from '../tensor/index.ts';
import { emitMatrix, margins, matrixOf } from './matrix.ts';
import { type Metric, type MetricOptions, type MetricResult, metricName, ratio, savedAs } from './metric.ts';

export interface ConfusionMatrixOptions extends MetricOptions {
  /** How many classes there are; the columns of the output, or 2 for a single one, if left out. */
  readonly numClasses?: number;
  /** A single column above it is class 1; 0.5 if left out. */
  readonly threshold?: number;
}

export interface CohenKappaOptions extends ConfusionMatrixOptions {
  /**
   * How much a wrong class counts: `none`, all alike, if left out; `linear` and `quadratic`, by its distance from the right
   * one.
   */
  readonly weightage?: 'none' | 'linear' | 'quadratic';
}

/**
 * The weights of the examples of each class (rows) that are taken for each class (columns): a tensor [classes, classes].
 * Throws OptionError.
 */
export const confusionMatrix = (given: ConfusionMatrixOptions = {}): Metric =>
  ofMatrix(
    'confusionMatrix',
    filled('confusionMatrix', given, { name: 'confusionMatrix', threshold: 0.5 }, counted),
    m => new Tensor([m.length, m.length], 'float32', Float32Array.from(m.flat())),
  );

/**
 * How much better classes agree with targets than by chance: 1 - sum(w O) / sum(w E), with the observed shares O and those
 * E that the sums of rows and columns let expect (Cohen 1960, 1968). 0 where both know a single class. Throws OptionError.
 */
export function cohenKappa(given: CohenKappaOptions = {}): Metric {
  const defaults = { name: 'cohenKappa', threshold: 0.5, weightage: 'none' as const };
  const options: typeof defaults & CohenKappaOptions = filled('cohenKappa', given, defaults, counted);
  const { weightage } = options;
  oneOf('cohenKappa', 'weightage', weightage, ['none', 'linear', 'quadratic']);
  const distance = { none: (d: number) => Number(d !== 0), linear: (d: number) => d, quadratic: (d: number) => d * d };
  return ofMatrix('cohenKappa', options, matrix => {
    const { rows, columns, total } = margins(matrix);
    let [observed, expected] = [0, 0];
    for (const [i, row] of matrix.entries()) {
      for (const [j, count] of row.entries()) {
        const cost = distance[weightage](Math.abs(i - j));
        observed += cost * count;
        expected += (cost * rows[i]! * columns[j]!) / total;
      }
    }
    return expected === 0 ? 0 : 1 - observed / expected;
  });
}

/** The correlation of classes and targets (Gorodkin 2004, equation 8); 0 where one of them knows a single class. */
export const matthewsCorrelation = (given: ConfusionMatrixOptions = {}): Metric =>
  ofMatrix(
    'matthewsCorrelation',
    filled('matthewsCorrelation', given, { name: 'matthewsCorrelation', threshold: 0.5 }, counted),
    matrix => {
      const { rows, columns, total } = margins(matrix);
      const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, each, i) => sum + each * b[i]!, 0);
      const right = matrix.reduce((sum, row, i) => sum + row[i]!, 0);
      const spread = (total ** 2 - dot(columns, columns)) * (total ** 2 - dot(rows, rows));
      return ratio(right * total - dot(rows, columns), Math.sqrt(Math.max(spread, 0)));
    },
  );

const counted = ['numClasses'];

function ofMatrix(
  factory: string,
  options: ConfusionMatrixOptions & { readonly name: string; readonly threshold: number },
  of: (matrix: readonly (readonly number[])[]) => MetricResult,
): Metric {
  const { name, threshold, numClasses } = options;
  if (numClasses !== undefined) positiveInteger(factory, 'numClasses', numClasses);
  finiteNumber(factory, 'threshold', threshold);
  return {
    name: metricName(factory, name),
    ...savedAs(factory, options),
    sums(ops, output, targets, weights, classes) {
      const columns = output.shape.at(-1)!;
      const isBinary = columns === 1;
      const predicted = isBinary ? ops.greater(output, threshold) : ops.argmax(output, -1);
      const right = isBinary ? targets : (classes ?? ops.argmax(targets, -1));
      const count = numClasses ?? Math.max(columns, 2);
      return emitMatrix(ops, { metric: name, right, predicted, weights }, count);
    },
    result: sums => of(matrixOf(sums)),
  };
}
