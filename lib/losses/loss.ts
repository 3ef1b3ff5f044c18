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
  readonly targets: K;
  /** The options that rebuild this loss, with the defaults filled in. */
  readonly config?: { readonly [option: string]: Json };
  /**
   * Emits the loss of each row. `output` is the model's output with the batch axis in front, `targets` numbers of the
   * same shape: class numbers arrive here as one-hot vectors. Training lowers the mean over all rows, each multiplied
   * with the weight of its example where there are weights (Keras's `sum_over_batch_size`).
   */
  forward(ops: Ops, output: Value, targets: Value): Value;
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

/** The share of a target that is spread over all classes: 0 <= smoothing <= 1. Throws OptionError. */
export function checkedSmoothing(loss: string, smoothing: number): number {
  if (!(smoothing >= 0 && smoothing <= 1)) {
    throw new OptionError(`${loss}: labelSmoothing must be at least 0 and at most 1, got ${smoothing}`);
  }
  return smoothing;
}

/** Throws OptionError unless `fromLogits` is a boolean. */
export function checkedFromLogits(loss: string, fromLogits: boolean): boolean {
  if (typeof fromLogits !== 'boolean') {
    throw new OptionError(`${loss}: fromLogits must be true or false, got ${JSON.stringify(fromLogits)}`);
  }
  return fromLogits;
}
