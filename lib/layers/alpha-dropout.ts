import type { Value } from '../plan/graph.ts';
import type { Shape } from '../shape/shape.ts';
import type { DropoutOptions } from './dropout.ts';
import { checkedNoiseShape, checkNoiseFits, noiseShapeFor, type RateLayer, rateLayer } from './noise-options.ts';
import { checkedOptions } from './options.ts';

/** Where selu goes for x to -Infinity: minus the product of its constants. */
const lowest = -1.7580993408473766;

/**
 * Puts a random share of the elements to where selu goes, and moves and scales all, so that mean and variance stay what
 * they are (Klambauer et al. 2017, section 3). Throws OptionError, and ShapeError for a noiseShape that does not fit.
 */
export function alphaDropout<const I extends Shape | undefined = undefined>(
  given: number | DropoutOptions<I>,
): RateLayer<I> {
  const options = checkedOptions<DropoutOptions<I>>('alphaDropout', given, ['rate', 'noiseShape', 'seed'], 'rate');
  const noiseShape = checkedNoiseShape('alphaDropout', options.noiseShape ?? null);
  return rateLayer('alphaDropout', options.rate, {
    className: 'AlphaDropout',
    options,
    config: { noiseShape },
    outputShape(input) {
      checkNoiseFits(noiseShape, input);
      return input;
    },
    forward(ops, x) {
      const rate: Value = ops.setting('rate');
      const isKept = ops.greaterEqual(ops.randomUniform(noiseShapeFor(noiseShape, x)), rate);
      // a = ((1 - rate) (1 + rate lowest^2))^(-1/2), and the mean moves by -a lowest rate.
      const variance = ops.multiply(ops.subtract(1, rate), ops.add(ops.multiply(rate, lowest ** 2), 1));
      const a: Value = ops.divide(1, ops.sqrt(variance));
      const b: Value = ops.multiply(a, ops.multiply(ops.subtract(1, rate), lowest));
      // a (x kept + lowest (1 - kept)) - a lowest rate, with lowest taken out.
      return ops.add(ops.multiply(ops.multiply(isKept, ops.subtract(x, lowest)), a), b);
    },
  });
}
