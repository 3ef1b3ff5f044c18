import type { Loss } from './loss.ts';

/** The mean over the last axis of the absolute differences. Targets: numbers of the shape of the output. */
export function meanAbsoluteError(): Loss<'numbers'> {
  return {
    name: 'meanAbsoluteError',
    targets: 'numbers',
    config: {},
    forward: (ops, output, targets) => ops.mean(ops.abs(ops.subtract(output, targets)), [output.shape.length - 1]),
  };
}
