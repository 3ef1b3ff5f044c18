import { OptionError, ShapeError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { formatShape, type Shape } from '../shape/shape.ts';

/** How targets are given: class numbers (int32), or numbers of the shape of the output (float32). */
export type TargetKind = 'classes' | 'numbers';

/** A loss declares its targets and emits its operations; an object with these members is a loss. */
export interface Loss<K extends TargetKind = TargetKind> {
  readonly name: string;
  /** Keras's name of the class. */
  readonly className?: string;
  readonly targets: K;
  /** The options that rebuild this loss, with the defaults filled in; one without them cannot be saved. */
  readonly config?: { readonly [option: string]: Json };
  /** What becomes of the numbers that `forward` gives; `sumOverBatchSize` if left out. */
  readonly reduction?: Reduction;
  /** A class number that targets may have besides those of the output's columns: its rows do not count. */
  readonly ignoreClass?: number;
  /**
   * Emits the losses of a batch: [N, ...], one number for each row of the output as a rule, or a single number for the
   * whole batch. `output` is the model's output with the batch axis in front, `targets` numbers of the same shape: class
   * numbers arrive here as one-hot vectors. What training lowers is made of these by `reduction`, after each is
   * multiplied with the weight of its example where there are weights.
   */
  forward(ops: Ops, output: Value, targets: Value): Value;
  /** 1 for each number of `forward` that counts, 0 for the others; all count if left out. */
  mask?(ops: Ops, output: Value, targets: Value): Value;
}

/**
 * How the losses of a batch become one number, as in Keras. `sumOverBatchSize` and `mean`: their sum over their count,
 * whatever their weights are; `sum`; `meanWithSampleWeight`: their sum over that of the weights.
 */
export type Reduction = (typeof reductions)[number];
export const reductions = ['sumOverBatchSize', 'mean', 'sum', 'meanWithSampleWeight'] as const;

/** What every loss takes. */
export interface LossOptions {
  /** `sumOverBatchSize` if left out. */
  readonly reduction?: Reduction;
}

/** The number of classes of an output; throws ShapeError or OptionError if it has no axis of two classes or more. */
export function classesOf(loss: Loss, output: Shape): number {
  const classes = output.at(-1);
  if (classes === undefined) {
    throw new ShapeError(`loss ${loss.name}: expected an output of [..., classes], got ${formatShape(output)}`);
  }
  if (classes === 1) {
    const way = "use binaryCrossentropy with an activation of 'sigmoid' and targets 0 and 1, or a unit for each class";
    throw new OptionError(`loss ${loss.name}: an output of ${formatShape(output)} has a single class; ${way}`);
  }
  return classes;
}

/** The shape of one target for a loss and the shape of one output. */
export function targetShape(loss: Loss, output: Shape): Shape {
  return loss.targets === 'classes' ? output.slice(0, -1) : output;
}

/** What Keras keeps divisors and the arguments of logarithms above. */
export const epsilon = 1e-7;

/** wrong^gamma; undefined where it is 1. Below gamma 1 the slope at 0 is infinite, so 0 counts as 1e-7 there. */
export function focalFactor(ops: Ops, wrong: Value, gamma: number): Value | undefined {
  if (gamma === 0) return undefined;
  return ops.pow(gamma < 1 ? ops.maximum(wrong, epsilon) : wrong, gamma);
}
