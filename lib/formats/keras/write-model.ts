/** A model as Keras's JSON: a Sequential where its layers are a list, else a Functional model. */
import type { Json } from '../../json.ts';
import { freeName, snakeCase } from '../../layers/names.ts';
import { type LayerNode, nodesOf } from '../../model/layer-node.ts';
import type { Sequential } from '../../model/sequential.ts';
import type { Shape } from '../../shape/shape.ts';
import { byDepth, type GraphLayer, graphLayers } from './flatten.ts';
import { GroupNames } from './names.ts';
import type { LayerStore } from './read-model.ts';
import { type Weights, type WrittenLayer, writtenLayers } from './written-layers.ts';

/** A model for Keras. */
export interface WrittenModel {
  readonly json: { readonly [name: string]: Json };
  /** Where its layers have their variables, in the order in which Keras counts these. */
  readonly stores: readonly LayerStore[];
}

const composites = ['Graph', 'Residual', 'Branches', 'Augmentation'];

/**
 * Throws FormatError that names the layer for one that files of Keras cannot hold. With `isFlat` no model is within the model,
 * so that no two layers have one name.
 */
export function writeModel(model: Sequential, weights: Weights, { isFlat = false } = {}): WrittenModel {
  const nodes = [...nodesOf(model.layers)];
  const parts = isFlat ? [...composites, 'Sequential'] : composites;
  const isList = nodes.every(node => node.owner === node && !parts.includes(node.className));
  return isList ? writeSequential(model, weights) : writeFunctional(model, weights);
}

const batchOf = (shape: Shape): Json => [null, ...shape];

const inputLayer = (name: string, shape: Shape): Json => ({
  module: 'keras.layers',
  class_name: 'InputLayer',
  config: { batch_shape: batchOf(shape), dtype: 'float32', sparse: false, name },
  registered_name: null,
});

/** A layer's JSON, without what a Functional model has of it. */
function layerJson(layer: WrittenLayer, name: string): { readonly [name: string]: Json } {
  const { className, module, config, trainable } = layer;
  // Not every layer of Keras takes the option, and those without weights do not need it.
  const isFrozen = !trainable && layer.node !== undefined && layer.node.owner.parameters.length > 0;
  return {
    module: module ?? null,
    class_name: className,
    config: { name, ...(isFrozen ? { trainable } : {}), dtype: 'float32', ...config },
    registered_name: module === undefined ? `Custom>${className}` : null,
  };
}

function writeSequential(model: Sequential, weights: Weights): WrittenModel {
  const stores: LayerStore[] = [];
  const { name, inputShape, layers } = model;
  const to = { weights, stores, models: new Set([name]) };
  const json = sequentialJson({ name, inputShape, layers, trainable: true }, '', to);
  return { json: { ...json, build_config: { input_shape: batchOf(inputShape) } }, stores };
}

interface ListOfLayers {
  readonly name: string;
  readonly inputShape: Shape;
  readonly layers: readonly LayerNode[];
  readonly trainable: boolean;
}

/** What the writing of models within models needs and adds to. */
interface Writing {
  readonly weights: Weights;
  readonly stores: LayerStore[];
  /** The names of models: Keras over PyTorch loses parameters of models of one name (docs/keras-files.md). */
  readonly models: Set<string>;
}

/** A Sequential, and those within it. */
function sequentialJson(
  { name, inputShape, layers, trainable }: ListOfLayers,
  group: string,
  to: Writing,
): { readonly [name: string]: Json } {
  const names = new GroupNames();
  const taken = new Set(layers.map(layer => layer.name));
  const written = layers.flatMap((node): Json[] => {
    if (node.className === 'Sequential') {
      const inner = `${group}layers/${names.next('Sequential')}/`;
      const { inputShape, children, trainable } = node;
      const others = new Set(layers.flatMap(layer => (layer === node ? [] : [layer.name])));
      const name = freeName(node.name, new Set([...to.models, ...others]));
      to.models.add(name);
      taken.add(name);
      return [sequentialJson({ name, inputShape, layers: children, trainable }, inner, to)];
    }
    return writtenLayers(node, to.weights).map(layer => {
      const own = layer.suffix === '' ? node.name : freeName(node.name + layer.suffix, taken);
      taken.add(own);
      const place = `${group}layers/${names.next(layer.className)}`;
      if (layer.node !== undefined) {
        to.stores.push({ group: place, path: layer.node.path, name: own, className: layer.className });
      }
      return layerJson(layer, own);
    });
  });
  const input = freeName('input_layer', taken);
  const config = {
    ...{ name, trainable, dtype: 'float32' },
    layers: [inputLayer(input, inputShape), ...written],
    build_input_shape: batchOf(inputShape),
  };
  return { module: 'keras', class_name: 'Sequential', config, registered_name: null };
}

function writeFunctional(model: Sequential, weights: Weights): WrittenModel {
  const { inputShape, name } = model;
  const { layers, output } = graphLayers(model, weights);
  const names = namesOf(layers);
  const ordered = byDepth(layers, output);
  const groups = new GroupNames();
  const stores: LayerStore[] = [];
  const written = ordered.map((layer): Json => {
    const own = names.get(layer)!;
    const group = `layers/${groups.next(layer.written?.className ?? 'InputLayer')}`;
    if (layer.written === undefined) {
      return { ...(inputLayer(own, inputShape) as object), name: own, inbound_nodes: [] };
    }
    const { node } = layer.written;
    if (node !== undefined) stores.push({ group, path: node.path, name: own, className: layer.written.className });
    return {
      ...layerJson(layer.written, own),
      name: own,
      inbound_nodes: layer.calls.map(call => callJson(call, names)),
    };
  });
  const [input] = layers;
  const config = {
    ...{ name, trainable: true, layers: written },
    input_layers: [[names.get(input!)!, 0, 0]],
    output_layers: [[names.get(output.layer)!, output.call, 0]],
  };
  const json = { module: 'keras.src.models.functional', class_name: 'Functional', config };
  return { json: { ...json, registered_name: 'Functional', build_config: { input_shape: null } }, stores };
}

function callJson({ inputs, isMerging }: GraphLayer['calls'][number], names: ReadonlyMap<GraphLayer, string>): Json {
  const tensors = inputs.map(({ layer, call, shape }) => ({
    class_name: '__keras_tensor__',
    config: { shape: batchOf(shape), dtype: 'float32', keras_history: [names.get(layer)!, call, 0] },
  }));
  return { args: isMerging ? [tensors] : tensors, kwargs: {} };
}

/** Names that are unique in the whole model, which has no layers within layers any more. */
function namesOf(layers: readonly GraphLayer[]): ReadonlyMap<GraphLayer, string> {
  const taken = new Set<string>();
  const names = new Map<GraphLayer, string>();
  for (const layer of layers) {
    const { written, path } = layer;
    const base = path.replaceAll('/', '_') + (written?.suffix ?? '');
    const name = freeName(base === '' ? snakeCase(written?.className ?? 'InputLayer') : base, taken);
    taken.add(name);
    names.set(layer, name);
  }
  return names;
}
