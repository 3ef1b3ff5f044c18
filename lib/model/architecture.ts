import { OptionError } from '../errors.ts';
import type { LayerOptionValues } from '../layers/layer.ts';
import type { Shape } from '../shape/shape.ts';
import { frozenLayers } from './forward.ts';
import { type LayerNode, nodesOf } from './layer-node.ts';

/** What makes a model again, without its numbers. Throws OptionError for a layer without className or config. */
export function architectureOf(model: {
  readonly name: string;
  readonly seed: number;
  readonly inputShape: Shape;
  readonly layers: readonly LayerNode[];
}): LayerOptionValues {
  const { name, seed, inputShape, layers } = model;
  const sharing = [...nodesOf(layers)].filter(node => node.owner !== node && node.parameters.length > 0);
  return {
    name,
    seed,
    inputShape,
    layers: layers.map(layerConfig),
    frozen: [...frozenLayers(layers)],
    shared: Object.fromEntries(sharing.map(({ path, owner }) => [path, owner.path])),
  };
}

/** A layer as a model file holds it. */
export type SavedLayer = { readonly className: string; readonly name: string; readonly config: LayerOptionValues };

/** A layer as a model file holds it. Throws OptionError if it has no `className` or `config`. */
export function layerConfig({ layer, name, path }: LayerNode): SavedLayer {
  const { className, config } = layer;
  if (className !== undefined && config === undefined) {
    throw new OptionError(
      `layer "${path}" cannot be saved: it has no config, or one of its options is a function or an object without a config; name what the library has, or give the object a name and a config`,
    );
  }
  if (className === undefined || config === undefined) {
    throw new OptionError(
      `layer "${path}" cannot be saved: give it a className, a config of JSON, and its factory as customLayers when the file is loaded`,
    );
  }
  return { className, name, config };
}
