import { OptionError } from '../errors.ts';
import type { LayerConfig } from '../layers/registry.ts';
import type { LayerNode } from './layer-node.ts';

/** A layer as a model file holds it. Throws OptionError if it has no `className` or `config`. */
export function layerConfig({ layer, name, path }: LayerNode): LayerConfig {
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
