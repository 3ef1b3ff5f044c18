import { checkedFromLogits, checkedSmoothing, type Loss } from './loss.ts';

export interface BinaryCrossentropyOptions {
  /** Whether the outputs are logits, to which a sigmoid is applied; false, for probabilities, if left out. */
  readonly fromLogits?: boolean;
  /** Targets t become t (1 - s) + s / 2; 0 if left out. */
  readonly labelSmoothing?: number;
}

/**
 * The mean over the last axis of -t log(p) - (1 - t) log(1 - p). Targets and outputs: independent probabilities.
 * Throws OptionError.
 */
export function binaryCrossentropy(options: BinaryCrossentropyOptions = {}): Loss<'numbers'> {
  const name = 'binaryCrossentropy';
  const fromLogits = checkedFromLogits(name, options.fromLogits ?? false);
  const labelSmoothing = checkedSmoothing(name, options.labelSmoothing ?? 0);
  return {
    name,
    targets: 'numbers',
    config: { fromLogits, labelSmoothing },
    forward(ops, output, targets) {
      const smoothed = labelSmoothing === 0 ? targets : ops.affine(targets, 1 - labelSmoothing, labelSmoothing / 2);
      return fromLogits
        ? ops.sigmoidBinaryCrossEntropy(output, smoothed).loss
        : ops.binaryCrossEntropy(output, smoothed);
    },
  };
}
