import type { Loss, LossOptions } from './loss.ts';
import { lossOptions } from './options.ts';

/** The mean over the last axis of the absolute differences. Targets: numbers of the shape of the output. */
export function meanAbsoluteError(given: LossOptions = {}): Loss<'numbers'> {
  const name = 'meanAbsoluteError';
  const { reduction } = lossOptions(name, given, {});
  return {
    name,
    className: 'MeanAbsoluteError',
    targets: 'numbers',
    config: { reduction },
    reduction,
    forward: (ops, output, targets) => ops.mean(ops.abs(ops.subtract(output, targets)), -1),
  };
}
