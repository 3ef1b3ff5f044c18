import type { Value } from '../plan/graph.ts';
import type { Shape } from '../shape/shape.ts';
import { type DeviationLayer, deviationLayer, type RateLayer, rateLayer, type SeedOptions } from './noise-options.ts';
import { checkedOptions } from './options.ts';

export interface GaussianNoiseOptions<I extends Shape | undefined = Shape | undefined> extends SeedOptions<I> {
  /** Standard deviation of the noise: 0 or more. */
  readonly stddev: number;
}

/** Adds normal noise of mean 0 while training. `gaussianNoise(0.1)` or `gaussianNoise({ stddev: 0.1 })`. Throws OptionError. */
export function gaussianNoise<const I extends Shape | undefined = undefined>(
  given: number | GaussianNoiseOptions<I>,
): DeviationLayer<I> {
  const options = checkedOptions<GaussianNoiseOptions<I>>('gaussianNoise', given, ['stddev', 'seed'], 'stddev');
  return deviationLayer('gaussianNoise', options.stddev, {
    className: 'GaussianNoise',
    options,
    forward: (ops, x) => ops.add(x, ops.multiply(ops.randomNormal(x.shape), ops.setting('stddev'))),
  });
}

export interface GaussianDropoutOptions<I extends Shape | undefined = Shape | undefined> extends SeedOptions<I> {
  /** The noise is as strong as that of a dropout with this rate: 0 <= rate < 1. */
  readonly rate: number;
}

/**
 * Multiplies by normal noise of mean 1 and standard deviation sqrt(rate / (1 - rate)) while training (Srivastava et al.
 * 2014, section 10). Throws OptionError.
 */
export function gaussianDropout<const I extends Shape | undefined = undefined>(
  given: number | GaussianDropoutOptions<I>,
): RateLayer<I> {
  const options = checkedOptions<GaussianDropoutOptions<I>>('gaussianDropout', given, ['rate', 'seed'], 'rate');
  return rateLayer('gaussianDropout', options.rate, {
    className: 'GaussianDropout',
    options,
    forward(ops, x) {
      const rate: Value = ops.setting('rate');
      const deviation: Value = ops.sqrt(ops.divide(rate, ops.subtract(1, rate)));
      return ops.multiply(x, ops.add(ops.multiply(ops.randomNormal(x.shape), deviation), 1));
    },
  });
}
