import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Loss, LossOptions } from './loss.ts';
import { lossOptions } from './options.ts';

export interface CategoricalGeneralizedCrossEntropyOptions extends LossOptions {
  /** 0 < q < 1: near to 0 it is the cross-entropy, near to 1 the absolute error; 0.5 if left out. */
  readonly q?: number;
}

/** The smallest number of float32 that keeps all its digits. */
const least = 2 ** -126;

/**
 * (1 - p^q) / q, p being the probability of the right class: forgives wrong labels (Zhang and Sabuncu 2018, equation 6).
 * Targets: class numbers, of the shape of the output without its last axis. Throws OptionError.
 */
export function categoricalGeneralizedCrossEntropy(
  given: CategoricalGeneralizedCrossEntropyOptions = {},
): Loss<'classes'> {
  const name = 'categoricalGeneralizedCrossEntropy';
  const { reduction, q } = lossOptions(name, given, { q: 0.5 });
  if (!(q > 0 && q < 1)) throw new OptionError(`${name}: q must be above 0 and below 1, got ${describe(q)}`);
  return {
    name,
    className: 'CategoricalGeneralizedCrossEntropy',
    targets: 'classes',
    config: { q, reduction },
    reduction,
    forward(ops, output, targets) {
      const p = ops.sum(ops.multiply(output, targets), -1);
      // The slope at 0 is infinite; there it counts as 0, so that no NaN comes of it.
      const power = ops.where(ops.greater(p, 0), ops.pow(ops.maximum(p, least), q), 0);
      return ops.affine(power, -1 / q, 1 / q);
    },
  };
}
