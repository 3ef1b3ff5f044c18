import type { Loss, LossOptions } from './loss.ts';
import { lossOptions } from './options.ts';

/** The mean over the last axis of the squared differences. Targets: numbers of the shape of the output. */
export function meanSquaredError(given: LossOptions = {}): Loss<'numbers'> {
  const name = 'meanSquaredError';
  const { reduction } = lossOptions(name, given, {});
  return {
    name,
    className: 'MeanSquaredError',
    targets: 'numbers',
    config: { reduction },
    reduction,
    forward: (ops, output, targets) => ops.meanSquaredError(output, targets),
  };
}
