import { epsilon, type Loss, type LossOptions } from './loss.ts';
import { lossOptions } from './options.ts';

/** The mean over the last axis of y - t log(y + 1e-7). Targets t: counts; outputs y: their expected numbers. */
export function poisson(given: LossOptions = {}): Loss<'numbers'> {
  const name = 'poisson';
  const { reduction } = lossOptions(name, given, {});
  return {
    name,
    className: 'Poisson',
    targets: 'numbers',
    config: { reduction },
    reduction,
    forward(ops, output, targets) {
      const logarithm = ops.log(ops.affine(output, 1, epsilon));
      return ops.mean(ops.subtract(output, ops.multiply(targets, logarithm)), -1);
    },
  };
}
