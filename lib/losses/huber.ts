import type { Loss, LossOptions } from './loss.ts';
import { lossOptions, positiveNumber } from './options.ts';

export interface HuberOptions extends LossOptions {
  /** The error from which on the loss grows linearly; 1 if left out. */
  readonly delta?: number;
}

/**
 * The mean over the last axis of e^2 / 2 for errors |e| <= delta, and of delta |e| - delta^2 / 2 for larger ones (Huber
 * 1964). Targets: numbers of the shape of the output. Throws OptionError.
 */
export function huber(given: HuberOptions = {}): Loss<'numbers'> {
  const name = 'huber';
  const { reduction, delta } = lossOptions(name, given, { delta: 1 });
  positiveNumber(name, 'delta', delta);
  return {
    name,
    className: 'Huber',
    targets: 'numbers',
    config: { delta, reduction },
    reduction,
    forward(ops, output, targets) {
      const error = ops.abs(ops.subtract(output, targets));
      const linear = ops.affine(error, delta, -0.5 * delta * delta);
      // Where the error is large its square is not needed, and may overflow.
      const small = ops.minimum(error, delta);
      return ops.mean(ops.where(ops.lessEqual(error, delta), ops.affine(ops.square(small), 0.5), linear), -1);
    },
  };
}
