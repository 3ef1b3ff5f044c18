import type { Json } from '../json.ts';
import { checkedText } from '../layers/options.ts';
import type { TargetKind } from '../losses/loss.ts';
import { checkedExamples, weighted } from '../losses/reduction.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { sizeOf } from '../shape/shape.ts';
import type { Tensor } from '../tensor/index.ts';

/** Sums over all batches, added in float64, each with the elements of what the metric emitted. */
export interface Sums {
  readonly [sum: string]: Float64Array;
}

/** What a metric makes of its sums: a number, which logs have, or a tensor, which `model.results` has. */
export type MetricResult = number | Tensor;

/**
 * A metric emits sums over the examples of a batch and makes its result of the sums over all batches: it is exact over
 * batches of different sizes. An object with these members is a metric.
 */
export interface Metric {
  /** The name of its log; not `loss`. */
  readonly name: string;
  /** Keras's name of the class, where Keras has one. */
  readonly className?: string;
  /** The options that rebuild this metric, its name among them, with the defaults filled in; one without them cannot be saved. */
  readonly config?: { readonly [option: string]: Json };
  /** The kind of targets without which it makes no sense; any if left out. */
  readonly targets?: TargetKind;
  /**
   * Emits the sums of a batch, of any shapes. `targets` are numbers of the shape of `output`, as in a loss; `weights`,
   * where there are any, has one number for each example: [N]. Where targets are class numbers, `classes` has them too.
   */
  sums(ops: Ops, output: Value, targets: Value, weights?: Value, classes?: Value): { readonly [sum: string]: Value };
  /** The metric of all batches. */
  result(sums: Sums): MetricResult;
}

/** What every metric takes. */
export interface MetricOptions {
  /** The name of its log; that of the factory if left out. */
  readonly name?: string;
}

/**
 * A metric that is the mean of one number for each row, the rows being the elements of the output without its last
 * axis as a rule; with weights their weighted mean, and 0 where these add up to 0.
 */
export function meanMetric(
  name: string,
  rows: (ops: Ops, output: Value, targets: Value, classes?: Value) => Value,
): Metric {
  return {
    name,
    sums(ops, output, targets, weights, classes) {
      const values = checkedExamples(`metric ${name}`, rows(ops, output, targets, classes), output);
      const perExample = sizeOf(values.shape) / values.shape[0]!;
      if (weights === undefined) return { total: ops.sum(values), count: ops.fill([], sizeOf(values.shape)) };
      const total = ops.sum(weighted(ops, values, weights));
      return { total, count: ops.affine(ops.sum(weights), perExample) };
    },
    result: ({ total, count }) => ratio(total![0]!, count![0]!),
  };
}

/** A metric that is the sum of numbers for each example, [N, ...], over all batches; each times the weight of its example. */
export function sumMetric(
  name: string,
  values: (ops: Ops, output: Value, targets: Value, classes?: Value) => Value,
): Metric {
  return {
    name,
    sums(ops, output, targets, weights, classes) {
      const given = checkedExamples(`metric ${name}`, values(ops, output, targets, classes), output);
      return { total: ops.sum(weights === undefined ? given : weighted(ops, given, weights)) };
    },
    result: ({ total }) => total![0]!,
  };
}

/** a / b, and 0 where b is 0. */
export const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);

/** Throws OptionError unless the name of a metric is a text. */
export const metricName = (factory: string, name: string): string => checkedText(factory, 'name', name);

/** What is saved of a metric that a factory makes with these options, which are checked and filled in. */
export function savedAs(factory: string, options: object): Required<Pick<Metric, 'className' | 'config'>> {
  return { className: classNameOf(factory), config: { ...options } as { readonly [option: string]: Json } };
}

/** Class names that are not the factory's name with a capital letter. */
const classNames: { readonly [factory: string]: string } = {
  // Keras calls this one by the name alone: it stands for one of three classes, by the shapes.
  accuracy: 'AutomaticAccuracy',
  auc: 'AUC',
  exactAccuracy: 'Accuracy',
  iou: 'IoU',
  klDivergence: 'KLDivergence',
};

/** Keras's name of the class that a factory of metrics makes. */
export const classNameOf = (factory: string): string =>
  Object.hasOwn(classNames, factory) ? classNames[factory]! : factory.charAt(0).toUpperCase() + factory.slice(1);
