import { checkedFromLogits, checkedSmoothing, type Loss } from './loss.ts';

export interface CategoricalCrossentropyOptions {
  /** Whether the outputs are logits, to which a softmax is applied; false, for probabilities, if left out. */
  readonly fromLogits?: boolean;
  /** Targets t become t (1 - s) + s / classes (Szegedy et al. 2016, section 7); 0 if left out. */
  readonly labelSmoothing?: number;
}

/** -sum of targets log(probabilities) over the last axis. Targets: one probability a class. Throws OptionError. */
export function categoricalCrossentropy(options: CategoricalCrossentropyOptions = {}): Loss<'numbers'> {
  const name = 'categoricalCrossentropy';
  const fromLogits = checkedFromLogits(name, options.fromLogits ?? false);
  const labelSmoothing = checkedSmoothing(name, options.labelSmoothing ?? 0);
  return {
    name,
    targets: 'numbers',
    config: { fromLogits, labelSmoothing },
    forward(ops, output, targets) {
      const classes = output.shape.at(-1) ?? 1;
      const smoothed =
        labelSmoothing === 0 ? targets : ops.affine(targets, 1 - labelSmoothing, labelSmoothing / classes);
      return fromLogits ? ops.softmaxCrossEntropy(output, smoothed).loss : ops.crossEntropy(output, smoothed);
    },
  };
}
