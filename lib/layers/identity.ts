import type { Shape } from '../shape/shape.ts';
import { common, type LayerOptions, type SameShape } from './layer.ts';
import { checkedOptions } from './options.ts';

/** Hands its input on as it is. */
export function identity<const I extends Shape | undefined = undefined>(options: LayerOptions<I> = {}): SameShape<I> {
  checkedOptions('identity', options, []);
  return {
    className: 'Identity',
    ...common(options),
    config: {},
    outputShape: input => input,
    forward: (_, x) => x,
  };
}
