import { sizeOf } from '../shape/shape.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';

/** All axes in one: [a, b, c] -> [a b c]. */
export function flatten(options: LayerOptions = {}): Layer {
  return {
    className: 'Flatten',
    ...common(options),
    config: {},
    outputShape: input => [sizeOf(input)],
    forward: (ops, x) => ops.reshape(x, [x.shape[0]!, sizeOf(x.shape.slice(1))]),
  };
}
