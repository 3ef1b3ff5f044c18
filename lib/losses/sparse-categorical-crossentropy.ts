import { checkedFromLogits, type Loss } from './loss.ts';

export interface SparseCategoricalCrossentropyOptions {
  /** Whether the outputs are logits, to which a softmax is applied; false, for probabilities, if left out. */
  readonly fromLogits?: boolean;
}

/**
 * -log of the probability of the right class. Targets: class numbers 0 ... classes - 1, of the shape of the output
 * without its last axis. Throws OptionError.
 */
export function sparseCategoricalCrossentropy(options: SparseCategoricalCrossentropyOptions = {}): Loss<'classes'> {
  const name = 'sparseCategoricalCrossentropy';
  const fromLogits = checkedFromLogits(name, options.fromLogits ?? false);
  return {
    name,
    targets: 'classes',
    config: { fromLogits },
    forward: (ops, output, targets) =>
      fromLogits ? ops.softmaxCrossEntropy(output, targets).loss : ops.crossEntropy(output, targets),
  };
}
