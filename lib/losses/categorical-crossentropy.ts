import { flag } from '../layers/options.ts';
import { axisLast, smoothed } from './axis.ts';
import type { Loss, LossOptions } from './loss.ts';
import { checkedAxisOption, lossOptions, within } from './options.ts';

export interface CategoricalCrossentropyOptions extends LossOptions {
  /** Whether the outputs are logits, to which a softmax is applied; false, for probabilities, if left out. */
  readonly fromLogits?: boolean;
  /** Targets t become t (1 - s) + s / classes (Szegedy et al. 2016, section 7); 0 if left out. */
  readonly labelSmoothing?: number;
  /** The axis of the classes; -1, the last one, if left out. */
  readonly axis?: number;
}

/**
 * -sum of targets log(probabilities) over the classes. Targets: one probability a class. Outputs that are no softmax are
 * divided by their sum and kept within 1e-7 ... 1 - 1e-7, as in Keras. Throws OptionError.
 */
export function categoricalCrossentropy(given: CategoricalCrossentropyOptions = {}): Loss<'numbers'> {
  const name = 'categoricalCrossentropy';
  const { reduction, ...config } = lossOptions(name, given, { fromLogits: false, labelSmoothing: 0, axis: -1 });
  const { fromLogits, labelSmoothing, axis } = config;
  flag(name, 'fromLogits', fromLogits);
  within(name, 'labelSmoothing', labelSmoothing, 0, 1);
  checkedAxisOption(name, axis);
  return {
    name,
    className: 'CategoricalCrossentropy',
    targets: 'numbers',
    config: { ...config, reduction },
    reduction,
    forward(ops, output, targets) {
      const x = axisLast(name, ops, output, axis);
      const t = smoothed(ops, axisLast(name, ops, targets, axis), labelSmoothing);
      return fromLogits ? ops.softmaxCrossEntropy(x, t).loss : ops.crossEntropy(x, t);
    },
  };
}
