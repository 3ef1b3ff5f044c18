import { OptionError, ShapeError } from '../errors.ts';
import { unknownName } from '../nearest-name.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import { formatShape, type Shape } from '../shape/shape.ts';

/** How targets are given: class numbers (int32), or numbers of the shape of the output (float32). */
export type TargetKind = 'classes' | 'dense';

/** A loss declares its targets and emits its operations; an object with these members is a loss. */
export interface Loss {
  readonly name: string;
  readonly targets: TargetKind;
  /**
   * Emits the loss of each row. `output` is the model's output with the batch axis in front, `targets` dense of the
   * same shape: class numbers arrive here as one-hot vectors.
   */
  forward(ops: Ops, output: Value, targets: Value): Value;
}

const losses = {
  /** Targets: class numbers 0 ... classes - 1. Outputs: probabilities. */
  sparseCategoricalCrossentropy: {
    targets: 'classes',
    forward: (ops, output, targets) => ops.crossEntropy(output, targets),
  },
  /** Targets: one probability a class. Outputs: probabilities. */
  categoricalCrossentropy: { targets: 'dense', forward: (ops, output, targets) => ops.crossEntropy(output, targets) },
  /** Targets and outputs: independent probabilities; the mean over the last axis. */
  binaryCrossentropy: { targets: 'dense', forward: (ops, output, targets) => ops.binaryCrossEntropy(output, targets) },
  /** The mean over the last axis of the squared differences. */
  meanSquaredError: { targets: 'dense', forward: (ops, output, targets) => ops.meanSquaredError(output, targets) },
} satisfies { readonly [name: string]: Omit<Loss, 'name'> };

export type LossName = keyof typeof losses;

/** A loss by its name, or the one given. Throws OptionError for an unknown name. */
export function lossOf(given: LossName | Loss): Loss {
  if (typeof given !== 'string') return given;
  if (!Object.hasOwn(losses, given)) throw unknownName('loss', given, Object.keys(losses));
  return { name: given, ...losses[given] };
}

/** The number of classes of an output; throws ShapeError if it has no axis of classes. */
export function classesOf(loss: Loss, output: Shape): number {
  const classes = output.at(-1);
  if (classes === undefined) {
    throw new ShapeError(`loss ${loss.name}: expected an output of [..., classes], got ${formatShape(output)}`);
  }
  if (classes === 1) {
    throw new OptionError(
      `loss ${loss.name}: an output of ${formatShape(output)} has a single class; use binaryCrossentropy`,
    );
  }
  return classes;
}

/** The shape of one target for a loss and the shape of one output. */
export function targetShape(loss: Loss, output: Shape): Shape {
  return loss.targets === 'classes' ? output.slice(0, -1) : output;
}
