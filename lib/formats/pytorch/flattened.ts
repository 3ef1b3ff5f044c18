import { OptionError } from '../../errors.ts';
import { isMerging } from '../../layers/layer.ts';
import type { LayerNode } from '../../model/layer-node.ts';
import { formatShape, type Shape } from '../../shape/shape.ts';

/** The layers that treat every feature by itself, whatever their order, and have no parameters. */
const orderless = new Set([
  ...['Activation', 'ActivityRegularization', 'AlphaDropout', 'Dropout', 'ELU', 'GaussianDropout', 'GaussianNoise'],
  ...['Identity', 'LeakyReLU', 'ReLU', 'Softmax', 'SpatialDropout2D', 'UnitNormalization'],
]);
/** The layers with parameters whose features may come in PyTorch's order. */
const reordered = new Set(['BatchNormalization', 'Dense', 'LayerNormalization']);

/**
 * PyTorch flattens [C, H, W] and Inkling [H, W, C], so the layers behind a flatten have their features in another order:
 * these layers, each with the shape that was flattened. Throws OptionError where the order cannot be followed.
 */
export function flattenedInputs(layers: readonly LayerNode[]): ReadonlyMap<LayerNode, Shape> {
  const found = new Map<LayerNode, Shape>();
  follow(layers, undefined, found);
  return found;
}

/** Follows the order of features through a stack of layers; `flattened` is the shape behind them, as it was. */
function follow(layers: readonly LayerNode[], flattened: Shape | undefined, found: Map<LayerNode, Shape>) {
  let order = flattened;
  for (const node of layers) {
    if (node.className === 'Sequential') order = follow(node.children, order, found);
    else if (order === undefined) order = startOf(node);
    else order = afterLayer(node, order, found);
  }
  return order;
}

/** The shape that the layer flattens, where that makes a difference. */
function startOf(node: LayerNode): Shape | undefined {
  const { inputShape, outputShape, className } = node;
  const [height = 1, width = 1, channels = 1] = inputShape;
  const mixes = inputShape.length === 3 && height * width > 1 && channels > 1;
  if (mixes && className === 'Flatten') return inputShape;
  const isKnown = outputShape.length === 3 || className.startsWith('Global');
  if (mixes && (['Reshape', 'Permute'].includes(className) || !isKnown)) throw unknownOrder(node);
  // A composite is one step here, so that a flatten within it is not followed.
  for (const child of node.children) if (startOf(child) !== undefined) throw unknownOrder(child);
  return undefined;
}

function afterLayer(node: LayerNode, order: Shape, found: Map<LayerNode, Shape>): Shape | undefined {
  if (reordered.has(node.className)) found.set(node, order);
  else if (!orderless.has(node.className) || isMerging(node.layer)) throw unknownOrder(node);
  return node.className === 'Dense' ? undefined : order;
}

function unknownOrder({ path, className, inputShape }: LayerNode): OptionError {
  return new OptionError(
    `layer "${path}" (${className}) on ${formatShape(inputShape)}: PyTorch has channels first, and in which order the features come out of this layer there is not known; flatten by flatten() in the outermost stack, or pass flattenOrder: 'channelsLast' if the PyTorch program flattens with channels last`,
  );
}
