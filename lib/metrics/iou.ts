import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { finiteNumber, flag, positiveInteger } from '../layers/options.ts';
import { epsilon } from '../losses/loss.ts';
import { filled } from '../losses/options.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { emitMatrix, margins, matrixOf } from './matrix.ts';
import { type Metric, type MetricOptions, metricName, savedAs } from './metric.ts';

export interface MeanIoUOptions extends MetricOptions {
  /** How many classes there are. */
  readonly numClasses: number;
  /** A class whose pixels do not count; null, for none, if left out. */
  readonly ignoreClass?: number | null;
  /** Whether targets are class numbers and no columns of classes; if left out, where they have no `numClasses` columns. */
  readonly sparseYTrue?: boolean;
  /** Whether outputs are class numbers and no columns of classes; if left out, where they have no `numClasses` columns. */
  readonly sparseYPred?: boolean;
  /** The axis of the columns of classes, which is the last one: -1, also if left out. */
  readonly axis?: -1;
}

export interface IoUOptions extends MeanIoUOptions {
  /** The classes whose mean is taken. */
  readonly targetClassIds: readonly number[];
}

export interface BinaryIoUOptions extends MetricOptions {
  /** The classes whose mean is taken; `[0, 1]` if left out. */
  readonly targetClassIds?: readonly number[];
  /** Outputs of at least this are class 1; 0.5 if left out. */
  readonly threshold?: number;
}

export type OneHotMeanIoUOptions = Omit<MeanIoUOptions, 'sparseYTrue'>;
export type OneHotIoUOptions = Omit<IoUOptions, 'sparseYTrue'>;

/**
 * The mean over some classes of intersection over union: TP / (TP + FP + FN) over all pixels (Everingham et al. 2010,
 * section 4.1); classes that neither targets nor outputs have are left out. Throws OptionError.
 */
export const iou = (given: IoUOptions): Metric => overlap('iou', given);

/** The same for all classes. Throws OptionError. */
export const meanIoU = (given: MeanIoUOptions): Metric => overlap('meanIoU', given);

/** `iou` of targets that are columns of classes, and outputs too unless `sparseYPred` says otherwise. */
export const oneHotIoU = (given: OneHotIoUOptions): Metric => overlap('oneHotIoU', given);

/** `meanIoU` of targets that are columns of classes, and outputs too unless `sparseYPred` says otherwise. */
export const oneHotMeanIoU = (given: OneHotMeanIoUOptions): Metric => overlap('oneHotMeanIoU', given);

/** `iou` of the classes 0 and 1, each number of the output being one of them by a threshold. Throws OptionError. */
export function binaryIoU(given: BinaryIoUOptions = {}): Metric {
  const defaults = { name: 'binaryIoU', targetClassIds: [0, 1] as readonly number[], threshold: 0.5 };
  const options = filled('binaryIoU', given, defaults);
  const { name, targetClassIds, threshold } = options;
  checkIds('binaryIoU', targetClassIds, 2);
  finiteNumber('binaryIoU', 'threshold', threshold);
  return {
    name: metricName('binaryIoU', name),
    ...savedAs('binaryIoU', options),
    sums(ops, output, targets, weights) {
      const predicted = ops.greaterEqual(output, threshold);
      return emitMatrix(ops, { metric: name, right: targets, predicted, weights }, 2);
    },
    result: sums => meanOverlap(matrixOf(sums), targetClassIds),
  };
}

function overlap(factory: string, given: MeanIoUOptions | IoUOptions): Metric {
  const isOneHot = factory.startsWith('oneHot');
  const ofSome = factory === 'iou' || factory === 'oneHotIoU';
  const optional = ['numClasses', 'sparseYPred', ...(isOneHot ? [] : ['sparseYTrue'])];
  const options: MeanIoUOptions & Partial<IoUOptions> & { readonly name: string } = filled(
    factory,
    given,
    { name: factory, ignoreClass: null, axis: -1 as const, ...(isOneHot ? { sparseYPred: false } : {}) },
    ofSome ? [...optional, 'targetClassIds'] : optional,
  );
  const { name, numClasses, ignoreClass = null, axis, sparseYTrue, sparseYPred } = options;
  positiveInteger(factory, 'numClasses', numClasses);
  if (axis !== -1) {
    throw new OptionError(`${factory}: axis must be -1, the last axis; got ${describe(axis)}; transpose the outputs`);
  }
  if (sparseYTrue !== undefined) flag(factory, 'sparseYTrue', sparseYTrue);
  if (sparseYPred !== undefined) flag(factory, 'sparseYPred', sparseYPred);
  const ids = ofSome ? options.targetClassIds! : Array.from({ length: numClasses }, (_, id) => id);
  checkIds(factory, ids, numClasses);
  return {
    name: metricName(factory, name),
    ...savedAs(factory, options),
    sums(ops, output, targets, weights, classes) {
      const isSparse = (value: Value) => value.shape.at(-1) !== numClasses;
      const predicted = classNumbers(ops, output, sparseYPred ?? isSparse(output));
      const isTargetSparse = isOneHot ? false : (sparseYTrue ?? isSparse(targets));
      const right = classes ?? classNumbers(ops, targets, isTargetSparse);
      return emitMatrix(ops, { metric: name, right, predicted, weights }, numClasses, ignoreClass);
    },
    result: sums => meanOverlap(matrixOf(sums), ids),
  };
}

const classNumbers = (ops: Ops, value: Value, isSparse: boolean): Value => (isSparse ? value : ops.argmax(value, -1));

function meanOverlap(matrix: readonly (readonly number[])[], ids: readonly number[]): number {
  const { rows, columns } = margins(matrix);
  let [sum, count] = [0, 0];
  for (const id of ids) {
    const hits = matrix[id]![id]!;
    const union = rows[id]! + columns[id]! - hits;
    if (union <= 1e-9) continue;
    sum += hits / (union + epsilon);
    count++;
  }
  return sum / (count + epsilon);
}

function checkIds(factory: string, ids: readonly number[], classes: number): void {
  const fits = Array.isArray(ids) && ids.length > 0 && ids.every(id => Number.isInteger(id) && id >= 0 && id < classes);
  if (fits) return;
  throw new OptionError(
    `${factory}: targetClassIds must be a list of integers from 0 to ${classes - 1}, got ${describe(ids)}`,
  );
}
