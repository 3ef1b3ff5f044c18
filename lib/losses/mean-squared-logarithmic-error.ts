import { epsilon, type Loss, type LossOptions } from './loss.ts';
import { lossOptions } from './options.ts';

/**
 * The mean over the last axis of (log(y + 1) - log(t + 1))^2, numbers below 1e-7 counting as that. Targets t: numbers of
 * the shape of the output y.
 */
export function meanSquaredLogarithmicError(given: LossOptions = {}): Loss<'numbers'> {
  const name = 'meanSquaredLogarithmicError';
  const { reduction } = lossOptions(name, given, {});
  return {
    name,
    className: 'MeanSquaredLogarithmicError',
    targets: 'numbers',
    config: { reduction },
    reduction,
    forward(ops, output, targets) {
      const [y, t] = [output, targets].map(value => ops.log(ops.affine(ops.maximum(value, epsilon), 1, 1)));
      return ops.mean(ops.square(ops.subtract(y!, t!)), -1);
    },
  };
}
