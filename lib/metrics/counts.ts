import { OptionError, ShapeError } from '../errors.ts';
import { weighted } from '../losses/reduction.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { formatShape } from '../shape/shape.ts';
import { ratio, type Sums } from './metric.ts';
import type { Thresholds } from './thresholds.ts';

/** What is counted, and how. */
export interface Counting {
  /** Begins every message. */
  readonly metric: string;
  readonly thresholds: Thresholds;
  /** Only the k largest outputs of a row may be positive. */
  readonly topK?: number | null;
  /** The only column that is counted. */
  readonly classId?: number | null;
  /** Whether each column is counted by itself. */
  readonly multiLabel?: boolean;
  /** The weight of each column. */
  readonly labelWeights?: readonly number[] | null;
}

/** How many positive and negative targets there are on each side of each threshold, all weighted. */
export interface Counts {
  readonly truePositives: readonly number[];
  readonly falsePositives: readonly number[];
  readonly trueNegatives: readonly number[];
  readonly falseNegatives: readonly number[];
}

/** The name of a sum where there is one for each column. */
const ofColumn = (sum: string, column: number): string => `${sum} ${column}`;

/**
 * Emits `positives` and `negatives`: the weights of the targets that are not 0, and of those that are 0, by the number of
 * thresholds that their outputs exceed.
 */
export function emitCounts(
  ops: Ops,
  output: Value,
  targets: Value,
  weights: Value | undefined,
  counting: Counting,
): { [sum: string]: Value } {
  const { metric, thresholds, topK = null, classId = null, multiLabel = false, labelWeights = null } = counting;
  checkColumns(metric, output, counting);
  const kept = topK === null ? output : keptOf(ops, output, topK);
  const [x, t] = classId === null ? [kept, targets] : [columnOf(ops, kept, classId), columnOf(ops, targets, classId)];
  const exceeded = exceededBy(ops, x, thresholds);
  let counted = ops.fill(x.shape, 1);
  if (labelWeights !== null) counted = ops.multiply(counted, ops.concat(labelWeights.map(each => ops.fill([1], each))));
  if (weights !== undefined) counted = weighted(ops, counted, weights);
  const parts = { positives: ops.notEqual(t, 0), negatives: ops.equal(t, 0) };
  const sums = Object.entries(parts).flatMap(([name, isPart]) => {
    const part: Value = ops.multiply(counted, isPart);
    if (!multiLabel) return [[name, sumOfGroups(ops, part, exceeded, thresholds)] as const];
    return Array.from({ length: x.shape.at(-1)! }, (_, column) => {
      const [own, by] = [columnOf(ops, part, column), columnOf(ops, exceeded, column)];
      return [ofColumn(name, column), sumOfGroups(ops, own, by, thresholds)] as const;
    });
  });
  return Object.fromEntries(sums);
}

/** The sums of what exceeds so many thresholds. */
const sumOfGroups = (ops: Ops, x: Value, exceeded: Value, { values }: Thresholds): Value =>
  ops.segmentSum(x, ops.cast(exceeded, 'int32'), values.length + 1);

/** The counts of each threshold, in the order in which these were given. */
export const countsOf = (sums: Sums, thresholds: Thresholds): Counts =>
  counts(sums['positives']!, sums['negatives']!, thresholds);

/** The counts of each column. */
export function countsOfColumns(sums: Sums, thresholds: Thresholds): Counts[] {
  const columns = Object.keys(sums).length / 2;
  return Array.from({ length: columns }, (_, column) =>
    counts(sums[ofColumn('positives', column)]!, sums[ofColumn('negatives', column)]!, thresholds),
  );
}

/** The share of right ones among what is taken for positive, for each threshold; 0 where there is nothing. */
export const precisions = ({ truePositives, falsePositives }: Counts): number[] =>
  truePositives.map((right, i) => ratio(right, right + falsePositives[i]!));
/** The share of the positive ones that is found: the sensitivity. */
export const recalls = ({ truePositives, falseNegatives }: Counts): number[] =>
  truePositives.map((found, i) => ratio(found, found + falseNegatives[i]!));
/** The share of the negative ones that is left alone. */
export const specificities = ({ trueNegatives, falsePositives }: Counts): number[] =>
  trueNegatives.map((right, i) => ratio(right, right + falsePositives[i]!));

function counts(positives: Float64Array, negatives: Float64Array, { values }: Thresholds): Counts {
  const ascending = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const place = new Map(ascending.map((threshold, i) => [threshold, i]));
  const above = (sums: Float64Array) => {
    let sum = 0;
    const from = Array.from(sums, () => 0);
    for (let i = sums.length - 1; i > 0; i--) {
      sum += sums[i]!;
      from[i - 1] = sum;
    }
    return { of: values.map((_, i) => from[place.get(i)!]!), all: sum + sums[0]! };
  };
  const [p, n] = [above(positives), above(negatives)];
  return {
    truePositives: p.of,
    falsePositives: n.of,
    trueNegatives: n.of.map(each => n.all - each),
    falseNegatives: p.of.map(each => p.all - each),
  };
}

/** How many thresholds each number exceeds, as float32. */
function exceededBy(ops: Ops, x: Value, { values, isEven, hasMargins }: Thresholds): Value {
  if (!isEven) {
    return values.map(threshold => ops.greater(x, threshold) as Value).reduce((sum, each) => ops.add(sum, each));
  }
  const steps = ops.affine(ops.clip(x, 0, 1), values.length - 1);
  const above = ops.negate(ops.floor(ops.negate(steps)));
  return hasMargins ? ops.maximum(above, 1) : above;
}

/** x where it is among the k largest of its row, the first ones of equal ones, and -1e10 elsewhere, as in Keras. */
function keptOf(ops: Ops, x: Value, k: number): Value {
  const columns = x.shape.at(-1)!;
  let rest = x;
  let isKept: Value = ops.fill(x.shape, 0);
  for (let i = 0; i < Math.min(k, columns); i++) {
    const largest: Value = ops.oneHot(ops.argmax(rest, -1), columns);
    isKept = ops.add(isKept, largest);
    rest = ops.where(largest, Number.NEGATIVE_INFINITY, rest);
  }
  return ops.where(isKept, x, -1e10);
}

const columnOf = (ops: Ops, x: Value, column: number): Value =>
  ops.slice(x, [...x.shape.slice(1).map(() => 0), column], [...x.shape.slice(1).map(() => -1), 1]);

function checkColumns(metric: string, { shape }: Value, { classId = null, multiLabel }: Counting) {
  const columns = shape.at(-1)!;
  if (classId !== null && classId >= columns) {
    throw new OptionError(`metric ${metric}: classId must be an integer from 0 to ${columns - 1}, got ${classId}`);
  }
  if (multiLabel && shape.length !== 2) {
    throw new ShapeError(
      `metric ${metric}: multiLabel needs an output of [labels], got ${formatShape(shape.slice(1))}`,
    );
  }
}
