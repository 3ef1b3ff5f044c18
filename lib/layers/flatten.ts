import type { FlattenOutput } from '../shape/rules.ts';
import { type Shape, sizeOf } from '../shape/shape.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions } from './options.ts';

/** All axes in one: [a, b, c] -> [a b c]. */
export interface Flatten<I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: FlattenOutput<this['~in']>;
}

/** All axes in one: [a, b, c] -> [a b c]. */
export function flatten<const I extends Shape | undefined = undefined>(options: LayerOptions<I> = {}): Flatten<I> {
  return {
    className: 'Flatten',
    ...common(checkedOptions('flatten', options, [])),
    config: {},
    outputShape: input => [sizeOf(input)],
    forward: (ops, x) => ops.reshape(x, [x.shape[0]!, sizeOf(x.shape.slice(1))]),
  };
}
