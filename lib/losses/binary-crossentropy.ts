import { flag } from '../layers/options.ts';
import { axisLast } from './axis.ts';
import type { Loss, LossOptions } from './loss.ts';
import { checkedAxisOption, lossOptions, within } from './options.ts';

export interface BinaryCrossentropyOptions extends LossOptions {
  /** Whether the outputs are logits, to which a sigmoid is applied; false, for probabilities, if left out. */
  readonly fromLogits?: boolean;
  /** Targets t become t (1 - s) + s / 2; 0 if left out. */
  readonly labelSmoothing?: number;
  /** The axis over which the mean is taken; -1, the last one, if left out. */
  readonly axis?: number;
}

/**
 * The mean over an axis of -t log(p) - (1 - t) log(1 - p). Targets and outputs: independent probabilities.
 * Throws OptionError.
 */
export function binaryCrossentropy(given: BinaryCrossentropyOptions = {}): Loss<'numbers'> {
  const name = 'binaryCrossentropy';
  const { reduction, ...config } = lossOptions(name, given, { fromLogits: false, labelSmoothing: 0, axis: -1 });
  const { fromLogits, labelSmoothing, axis } = config;
  flag(name, 'fromLogits', fromLogits);
  within(name, 'labelSmoothing', labelSmoothing, 0, 1);
  checkedAxisOption(name, axis);
  return {
    name,
    className: 'BinaryCrossentropy',
    targets: 'numbers',
    config: { ...config, reduction },
    reduction,
    forward(ops, output, targets) {
      const x = axisLast(name, ops, output, axis);
      const t = axisLast(name, ops, targets, axis);
      const smoothed = labelSmoothing === 0 ? t : ops.affine(t, 1 - labelSmoothing, labelSmoothing / 2);
      return fromLogits ? ops.sigmoidBinaryCrossEntropy(x, smoothed).loss : ops.binaryCrossEntropy(x, smoothed);
    },
  };
}
