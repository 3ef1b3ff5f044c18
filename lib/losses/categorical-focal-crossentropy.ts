import { flag } from '../layers/options.ts';
import { axisLast, smoothed } from './axis.ts';
import { epsilon, focalFactor, type Loss, type LossOptions } from './loss.ts';
import { checkedAxisOption, lossOptions, notNegative, within } from './options.ts';

export interface CategoricalFocalCrossentropyOptions extends LossOptions {
  /** The weight of all classes; 0.25 if left out. */
  readonly alpha?: number;
  /** How much less an example counts the better it is: (1 - p)^gamma; 2 if left out. */
  readonly gamma?: number;
  /** Whether the outputs are logits, to which a softmax is applied; false, for probabilities, if left out. */
  readonly fromLogits?: boolean;
  /** Targets t become t (1 - s) + s / classes; 0 if left out. */
  readonly labelSmoothing?: number;
  /** The axis of the classes; -1, the last one, if left out. */
  readonly axis?: number;
}

/**
 * -sum of alpha (1 - p)^gamma t log(p) over the classes (Lin et al. 2017, equation 5). Targets t: one probability a class;
 * outputs are divided by their sum and kept within 1e-7 ... 1 - 1e-7. Throws OptionError.
 */
export function categoricalFocalCrossentropy(given: CategoricalFocalCrossentropyOptions = {}): Loss<'numbers'> {
  const name = 'categoricalFocalCrossentropy';
  const defaults = { alpha: 0.25, gamma: 2, fromLogits: false, labelSmoothing: 0, axis: -1 };
  const { reduction, ...config } = lossOptions(name, given, defaults);
  const { alpha, gamma, fromLogits, labelSmoothing, axis } = config;
  notNegative(name, 'alpha', alpha);
  notNegative(name, 'gamma', gamma);
  flag(name, 'fromLogits', fromLogits);
  within(name, 'labelSmoothing', labelSmoothing, 0, 1);
  checkedAxisOption(name, axis);
  return {
    name,
    className: 'CategoricalFocalCrossentropy',
    targets: 'numbers',
    config: { ...config, reduction },
    reduction,
    forward(ops, output, targets) {
      const x = axisLast(name, ops, output, axis);
      const t = smoothed(ops, axisLast(name, ops, targets, axis), labelSmoothing);
      const y = fromLogits ? ops.softmax(x) : x;
      const p = ops.clip(ops.divide(y, ops.sum(y, -1, true)), epsilon, 1 - epsilon);
      const entropy = ops.multiply(t, ops.log(p));
      const focal = focalFactor(ops, ops.subtract(1, p), gamma);
      return ops.affine(ops.sum(focal === undefined ? entropy : ops.multiply(focal, entropy), -1), -alpha);
    },
  };
}
