import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import type { Loss, LossOptions } from './loss.ts';
import { lossOptions } from './options.ts';

/** The mean over the last axis of max(1 - t y, 0). Targets t: -1 and 1, or 0 and 1, which are taken as those. */
export const hinge = (given: LossOptions = {}): Loss<'numbers'> =>
  hingeLoss('hinge', 'Hinge', given, (ops, output, targets) => ops.mean(margins(ops, output, targets), -1));

/** The mean over the last axis of max(1 - t y, 0)^2. Targets t: -1 and 1, or 0 and 1, which are taken as those. */
export const squaredHinge = (given: LossOptions = {}): Loss<'numbers'> =>
  hingeLoss('squaredHinge', 'SquaredHinge', given, (ops, output, targets) =>
    ops.mean(ops.square(margins(ops, output, targets)), -1),
  );

/**
 * max(1 + the largest output of the wrong classes - the output of the right one, 0), as in Keras, where the wrong ones
 * include a 0. Targets: one-hot vectors.
 */
export const categoricalHinge = (given: LossOptions = {}): Loss<'numbers'> =>
  hingeLoss('categoricalHinge', 'CategoricalHinge', given, (ops, output, targets) => {
    const right = ops.sum(ops.multiply(targets, output), -1);
    const wrong = ops.max(ops.multiply(ops.subtract(1, targets), output), -1);
    return ops.maximum(ops.affine(ops.subtract(wrong, right), 1, 1), 0);
  });

function hingeLoss(name: string, className: string, given: LossOptions, forward: Loss['forward']): Loss<'numbers'> {
  const { reduction } = lossOptions(name, given, {});
  return { name, className, targets: 'numbers', config: { reduction }, reduction, forward };
}

/** max(1 - t y, 0). As in Keras, targets are taken as 0 and 1 where all of the batch are that. */
function margins(ops: Ops, output: Value, targets: Value): Value {
  const isBinary = ops.min(ops.add(ops.equal(targets, 0), ops.equal(targets, 1)));
  const signs = ops.add(targets, ops.multiply(ops.affine(targets, 1, -1), isBinary));
  return ops.maximum(ops.subtract(1, ops.multiply(signs, output)), 0);
}
