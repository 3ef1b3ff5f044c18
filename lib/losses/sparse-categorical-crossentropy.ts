import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { flag } from '../layers/options.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import type { Loss, LossOptions } from './loss.ts';
import { lossOptions } from './options.ts';

export interface SparseCategoricalCrossentropyOptions extends LossOptions {
  /** Whether the outputs are logits, to which a softmax is applied; false, for probabilities, if left out. */
  readonly fromLogits?: boolean;
  /** A class number whose rows do not count, such as 255 for "no class"; none, or null, if left out. */
  readonly ignoreClass?: number | null;
  /** The axis of the classes, which is the last one: -1, also if left out. */
  readonly axis?: -1;
}

/**
 * -log of the probability of the right class. Targets: class numbers 0 ... classes - 1, of the shape of the output
 * without its last axis. Outputs that are no softmax are divided by their sum and kept within 1e-7 ... 1 - 1e-7, as in
 * Keras. Throws OptionError.
 */
export function sparseCategoricalCrossentropy(given: SparseCategoricalCrossentropyOptions = {}): Loss<'classes'> {
  const name = 'sparseCategoricalCrossentropy';
  const defaults = { fromLogits: false, ignoreClass: null, axis: -1 as const };
  const { reduction, ...config } = lossOptions(name, given, defaults);
  const { fromLogits, ignoreClass, axis } = config;
  flag(name, 'fromLogits', fromLogits);
  if (axis !== -1) {
    throw new OptionError(
      `${name}: axis must be -1, for class numbers stand for the last axis; got ${describe(axis)}; transpose the outputs`,
    );
  }
  const loss: Loss<'classes'> = {
    name,
    className: 'SparseCategoricalCrossentropy',
    targets: 'classes',
    config: { ...config, reduction },
    reduction,
    forward(ops, output, targets) {
      const counted = ignoreClass === null ? targets : withoutClass(ops, targets, ignoreClass);
      return fromLogits ? ops.softmaxCrossEntropy(output, counted).loss : ops.crossEntropy(output, counted);
    },
  };
  if (ignoreClass === null) return loss;
  if (!Number.isInteger(ignoreClass)) {
    throw new OptionError(`${name}: ignoreClass must be an integer or null, got ${describe(ignoreClass)}`);
  }
  const mask = (ops: Ops, _: Value, targets: Value) => ops.sum(withoutClass(ops, targets, ignoreClass), -1);
  return { ...loss, ignoreClass, mask };
}

/** One-hot rows, those of the class all zeros; those of a class that is no column are that already. */
function withoutClass(ops: Ops, targets: Value, ignored: number): Value {
  const classes = targets.shape.at(-1)!;
  if (ignored < 0 || ignored >= classes) return targets;
  const isIgnored = ops.oneHot(ops.cast(ops.fill([], ignored), 'int32'), classes);
  return ops.multiply(targets, ops.subtract(1, isIgnored));
}
