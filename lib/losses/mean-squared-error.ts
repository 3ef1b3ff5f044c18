import type { Loss } from './loss.ts';

/** The mean over the last axis of the squared differences. Targets: numbers of the shape of the output. */
export function meanSquaredError(): Loss<'numbers'> {
  return {
    name: 'meanSquaredError',
    targets: 'numbers',
    config: {},
    forward: (ops, output, targets) => ops.meanSquaredError(output, targets),
  };
}
