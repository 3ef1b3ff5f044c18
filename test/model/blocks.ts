/** A composite layer, and where layers are found, for the tests of trees. */
import { conv2d, type Layer, type LayerNode, type Sequential } from '../../lib/index.ts';

/** x + convolution(relu(convolution(x))), as in a residual network. */
export function residual(filters: number): Layer {
  const first = conv2d(filters, 3, { padding: 'same', activation: 'relu' });
  const second = conv2d(filters, 3, { padding: 'same', name: 'second' });
  return {
    className: 'Residual',
    config: { filters },
    outputShape: input => input,
    forward: (ops, x) => ops.relu(ops.add(ops.apply(second, ops.apply(first, x)), x)),
  };
}

export const pathsOf = (model: Sequential): string[] => {
  const below = (layers: readonly LayerNode[]): string[] =>
    layers.flatMap(({ path, children }) => [path, ...below(children)]);
  return below(model.layers);
};
