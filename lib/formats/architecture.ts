/** Models made again from what a file, or JSON, holds of them. */
import type { BackendName } from '../backend/choose.ts';
import { FormatError, InklingError } from '../errors.ts';
import { Fields } from '../files/fields.ts';
import type { LayerOptionValues } from '../layers/layer.ts';
import { type BuildLayer, ofOne } from '../layers/nested-layers.ts';
import { type CustomLayers, type LayerConfig, layerFromConfig } from '../layers/registry.ts';
import { unite } from '../layers/sharing.ts';
import { nodesOf } from '../model/layer-node.ts';
import { Sequential } from '../model/sequential.ts';
import type { Shape } from '../shape/shape.ts';

/** What makes a model again, without its numbers. */
export interface Architecture {
  readonly name: string;
  readonly seed: number;
  readonly inputShape: Shape;
  readonly layers: readonly LayerConfig[];
  /** The paths of the layers that do not train. */
  readonly frozen: readonly string[];
  /** Layers that have the parameters of another: the path of the other by their own. */
  readonly shared: { readonly [path: string]: string };
}

export interface ModelFromJsonOptions {
  /** Factories of layers that the user has defined, by class name. */
  readonly customLayers?: CustomLayers;
  /** As for `new Sequential`. */
  readonly backend?: BackendName;
}

/**
 * The model that `model.toJSON()` or `JSON.stringify(model)` describes, with its first weights and not compiled. Throws
 * FormatError for what describes no model.
 */
export function modelFromJson(json: unknown, { customLayers = {}, ...options }: ModelFromJsonOptions = {}): Sequential {
  const what = 'modelFromJson';
  const fields = new Fields(what, typeof json === 'string' ? parsed(what, json) : json);
  if (fields.text('className') !== 'Sequential') {
    throw new FormatError(`${what}: expected a Sequential, got a ${fields.text('className')}`);
  }
  const architecture = readArchitecture(fields.object('config'));
  try {
    return modelOf(architecture, customLayers, options);
  } catch (error) {
    throw inFile(what, error);
  }
}

function parsed(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Thousands of brackets within each other exhaust the stack.
    throw new FormatError(`${what}: the text ${cause instanceof RangeError ? 'is nested too deep' : 'is no JSON'}`, {
      cause,
    });
  }
}

export function readArchitecture(fields: Fields): Architecture {
  return {
    name: fields.text('name'),
    seed: fields.count('seed'),
    inputShape: fields.shape('inputShape'),
    layers: fields.list('layers').map(readLayer),
    frozen: fields.optionalTexts('frozen'),
    shared: fields.optional('shared')?.texts() ?? {},
  };
}

const readLayer = (layer: Fields): LayerConfig => ({
  className: layer.text('className'),
  name: layer.text('name'),
  config: layer.object('config').values as LayerConfig['config'],
});

/** The model of an architecture, without its numbers. Throws InklingError for one that is none. */
export function modelOf(
  { name, seed, inputShape, layers, frozen, shared }: Architecture,
  customLayers: CustomLayers,
  options: { readonly backend?: BackendName } = {},
): Sequential {
  const factories = { ...customLayers, Sequential: nestedModel };
  const made = layers.map(layer => layerFromConfig(layer, factories));
  const build = () => {
    const model: Sequential = new Sequential({ ...options, name, seed, inputShape });
    for (const layer of made) model.add(layer);
    return model;
  };
  let model = build();
  if (Object.keys(shared).length > 0) {
    for (const [path, owner] of Object.entries(shared)) unite(model.getLayer(path).layer, model.getLayer(owner).layer);
    model = build();
  }
  for (const node of nodesOf(model.layers)) node.trainable = !frozen.includes(node.path);
  return model;
}

/** Makes a model again that is a layer of another. */
function nestedModel(options: LayerOptionValues, build: BuildLayer): Sequential {
  const fields = new Fields('a model within the model', options);
  const model: Sequential = new Sequential({ name: fields.text('name'), inputShape: fields.shape('inputShape') });
  for (const layer of fields.list('layers').map(readLayer)) model.add(ofOne(layer, build));
  return model;
}

/** An error as one of a file, which its message then names. */
export function inFile(file: string, error: unknown): unknown {
  return error instanceof InklingError ? new FormatError(`${file}: ${error.message}`, { cause: error }) : error;
}
