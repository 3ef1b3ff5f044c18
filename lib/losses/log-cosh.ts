import type { Loss, LossOptions } from './loss.ts';
import { lossOptions } from './options.ts';

/**
 * The mean over the last axis of log(cosh(e)) of the errors e, as |e| + log(1 + e^(-2 |e|)) - log 2, which does not
 * overflow. Targets: numbers of the shape of the output.
 */
export function logCosh(given: LossOptions = {}): Loss<'numbers'> {
  const name = 'logCosh';
  const { reduction } = lossOptions(name, given, {});
  return {
    name,
    className: 'LogCosh',
    targets: 'numbers',
    config: { reduction },
    reduction,
    forward(ops, output, targets) {
      const error = ops.abs(ops.subtract(output, targets));
      const curved = ops.affine(ops.softplus(ops.affine(error, -2)), 1, -Math.LN2);
      return ops.mean(ops.add(error, curved), -1);
    },
  };
}
