import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Shape } from '../shape/shape.ts';
import { common, type LayerOptions, type SameShape } from './layer.ts';
import { checkedOptions } from './options.ts';

export interface DropoutOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  /** The share of elements that is zeroed while training: 0 <= rate < 1. */
  readonly rate: number;
}

/** Zeroes a random share of the elements while training and scales the others by 1 / (1 - rate). */
export function dropout<const I extends Shape | undefined = undefined>(
  given: number | DropoutOptions<I>,
): SameShape<I> {
  const options = checkedOptions<DropoutOptions<I>>('dropout', given, ['rate'], 'rate');
  const { rate } = options;
  if (!(typeof rate === 'number' && rate >= 0 && rate < 1))
    throw new OptionError(`dropout: rate must be at least 0 and less than 1, got ${describe(rate)}`);
  return {
    className: 'Dropout',
    ...common(options),
    config: { rate },
    outputShape: input => input,
    forward: (ops, x) => ops.dropout(x, rate),
  };
}
