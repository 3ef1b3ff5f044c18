import { OptionError } from '../errors.ts';
import { l1l2 } from '../regularizers/regularizers.ts';
import type { Shape } from '../shape/shape.ts';
import { common, type LayerOptions, type SameShape } from './layer.ts';
import { checkedOptions, finiteNumber } from './options.ts';

export interface ActivityRegularizationOptions<I extends Shape | undefined = Shape | undefined>
  extends LayerOptions<I> {
  /** The factor of the sum of |x|; 0 if left out. */
  readonly l1?: number;
  /** The factor of the sum of x^2; 0 if left out. */
  readonly l2?: number;
}

/**
 * Hands its input on, and adds a penalty for it to the loss: l1 times the sum of |x| and l2 times the sum of x^2, divided by
 * the size of the batch. Throws OptionError for factors out of range.
 */
export function activityRegularization<const I extends Shape | undefined = undefined>(
  options: ActivityRegularizationOptions<I> = {},
): SameShape<I> {
  checkedOptions('activityRegularization', options, ['l1', 'l2']);
  const factor = (option: 'l1' | 'l2') => {
    const value = finiteNumber('activityRegularization', option, options[option] ?? 0);
    if (value >= 0) return value;
    throw new OptionError(`activityRegularization: ${option} must be at least 0, got ${value}`);
  };
  const config = { l1: factor('l1'), l2: factor('l2') };
  return {
    className: 'ActivityRegularization',
    ...common(options),
    config,
    activityRegularizer: l1l2(config),
    outputShape: input => input,
    forward: (_, x) => x,
  };
}
