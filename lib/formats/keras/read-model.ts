/** What a config of Keras, of version 2 or 3, says of a model: its architecture here, and where Keras keeps its weights. */
import { describe } from '../../describe.ts';
import { FormatError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import type { LayerOptionValues } from '../../layers/layer.ts';
import { isObject } from '../../layers/options.ts';
import { type CustomLayers, type LayerConfig, layerClasses } from '../../layers/registry.ts';
import type { Shape } from '../../shape/shape.ts';
import type { Architecture } from '../architecture.ts';
import { readGraph } from './functional.ts';
import { isKerasLayer, readOptions } from './layer-configs.ts';
import { GroupNames, optionOf } from './names.ts';
import { described } from './objects.ts';
import { inner, type Place } from './places.ts';
import { readWrapper, withVocabulary, wrapper } from './wrapped-layers.ts';

/** Where a file keeps the variables of a layer. */
export interface LayerStore {
  /** The group in Keras's file of weights: `layers/conv2d`. */
  readonly group: string;
  /** The path of the layer here: `functional/conv2d`. */
  readonly path: string;
  /** The layer's name in Keras: what files of Keras 2 keep its weights under. */
  readonly name: string;
  readonly className: string;
}

/** Mean and variance that a layer has learned, as nested lists. */
export interface Statistics {
  readonly mean: Json;
  readonly variance: Json;
}

export interface ReadOptions {
  readonly customLayers: CustomLayers;
  /** The shape of one input where the file leaves sizes open. */
  readonly inputShape: Shape | undefined;
  /** The statistics of a normalization, which are weights in Keras and options here. */
  readonly statistics: (store: LayerStore) => Statistics;
  /** The vocabulary of a layer that has found it in data, which Keras keeps in a file of its own. */
  readonly vocabulary: (store: LayerStore) => readonly number[];
}

export interface KerasModel {
  readonly architecture: Architecture;
  /** The layers that may have variables, in the order in which Keras counts these. */
  readonly stores: readonly LayerStore[];
}

const root: Place = { group: '', path: '', isFrozen: false };

/** The architecture that the config of a Sequential or Functional model describes. Throws FormatError. */
export function readModel(json: unknown, options: ReadOptions): KerasModel {
  const { className, config } = described('the model', json);
  const reading = new Reading(options);
  const fields = reading.object('the model', config);
  const given = fields['name'];
  const name = typeof given === 'string' && given !== '' ? given : 'model';
  const isFrozen = fields['trainable'] === false;
  const { inputShape, layers } =
    className === 'Sequential'
      ? reading.sequential(`model "${name}"`, json, { ...root, isFrozen })
      : reading.graphAlone(className, name, fields, { ...root, isFrozen });
  const { frozen, shared, stores } = reading;
  // The seed decides what the layers draw; that of the first weights, which the file replaces, has no meaning.
  return { architecture: { name, seed: 0, inputShape, layers, frozen, shared: Object.fromEntries(shared) }, stores };
}

/** More models within each other than any network has. */
const deepest = 50;

/** One reading of a file. */
export class Reading {
  readonly #options: ReadOptions;
  readonly frozen: string[] = [];
  readonly shared = new Map<string, string>();
  readonly stores: LayerStore[] = [];
  readonly #sharedObjects = new Map<unknown, string>();
  #depth = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
  }

  object(what: string, given: unknown): { readonly [name: string]: unknown } {
    if (isObject(given)) return given;
    throw new FormatError(`${what}: config must be an object, got ${describe(given)}`);
  }

  list(what: string, given: unknown): readonly unknown[] {
    if (Array.isArray(given)) return given;
    throw new FormatError(`${what} must be a list, got ${describe(given)}`);
  }

  /** A graph that is the whole model. */
  graphAlone(className: string, name: string, config: { readonly [option: string]: unknown }, place: Place) {
    if (className !== 'Functional' && className !== 'Model') {
      throw new FormatError(
        `the model is a ${className}, which is code; what can be read are models of the classes Sequential and Functional`,
      );
    }
    // The layer has the name of the model: there is no other beside it.
    const layer = name.replace(/[/:]/g, '_');
    const inner = { ...place, path: layer };
    if (place.isFrozen) this.frozen.push(layer);
    const graph = readGraph(this, `model "${name}"`, config, inner);
    return { inputShape: graph.inputShape, layers: [{ className: 'Graph', name: layer, config: graph.config }] };
  }

  sequential(what: string, json: unknown, place: Place): { inputShape: Shape; layers: LayerConfig[] } {
    const config = this.object(what, described(what, json).config);
    const layers = this.list(`${what}: layers`, config['layers']);
    const group = inner(place.group);
    const names = new GroupNames();
    const read = layers.flatMap(layer => {
      const { className } = described(`${what}: a layer`, layer);
      return className === 'InputLayer' ? [] : [this.layer(layer, { ...place, group: group + names.next(className) })];
    });
    if (read.length === 0) throw new FormatError(`${what} has no layers`);
    return { inputShape: this.#inputOf(what, layers, config, json), layers: read };
  }

  /** A layer; the group of `place` is its own, the path that of what it is in. */
  layer(json: unknown, place: Place): LayerConfig & { readonly name: string } {
    const { className, config: given, registeredName } = described('a layer', json);
    const config = this.object(`a ${className}`, given);
    const name = config['name'] ?? (isObject(json) ? json['name'] : undefined);
    if (typeof name !== 'string') throw new FormatError(`a ${className} has no name, but ${describe(name)}`);
    const what = `layer "${name}"`;
    const path = place.path === '' ? name : `${place.path}/${name}`;
    const isFrozen = place.isFrozen || config['trainable'] === false;
    if (isFrozen) this.frozen.push(path);
    const original = this.#original(json, path);
    if (original === undefined) this.stores.push({ group: place.group, path, name, className });
    else this.shared.set(path, original);
    if (++this.#depth > deepest) throw new FormatError(`${what} is in more than ${deepest} models within each other`);
    const own = this.#options.customLayers;
    const within = { group: place.group, path, isFrozen };
    const read = Object.hasOwn(own, className)
      ? { className, config: customOptions(config) }
      : this.#known(what, className, json, config, registeredName, within);
    this.#depth--;
    return { ...read, name };
  }

  #known(
    what: string,
    className: string,
    json: unknown,
    config: { readonly [option: string]: unknown },
    registeredName: string | undefined,
    place: Place,
  ): { className: string; config: LayerOptionValues } {
    if (className === 'Sequential') {
      const { inputShape, layers } = this.sequential(what, json, place);
      return { className, config: { name: String(config['name']), inputShape, layers: layers as object[] as Json[] } };
    }
    if (className === 'Functional' || className === 'Model') {
      return { className: 'Graph', config: readGraph(this, what, config, place).config };
    }
    if (className === 'Lambda') {
      throw new FormatError(
        `${what} is a Lambda, which holds Python code; code of files is never run: write it as a layer and give its factory in customLayers: { Lambda: options => ... }`,
      );
    }
    const isOfUser = registeredName?.includes('>') === true;
    if (isOfUser || !isKerasLayer(className)) {
      const reason =
        !isOfUser && layerClasses.includes(className) ? 'is not read from files of Keras' : 'Inkling does not have';
      throw new FormatError(
        `${what} is a ${className}, which ${reason}; give its factory in customLayers: { ${className}: options => ... }`,
      );
    }
    if (className === wrapper) return { className, config: readWrapper(what, config) };
    const options = readOptions(what, className, config);
    const store = { ...place, name: String(config['name']), className };
    if (className === 'IntegerLookup') {
      return { className, config: withVocabulary(options, () => this.#options.vocabulary(store)) };
    }
    return { className, config: className === 'Normalization' ? this.#withStatistics(options, store) : options };
  }

  /** Older objects that one object was saved as the same with: its path, where it was read before. */
  #original(json: unknown, path: string): string | undefined {
    const id = isObject(json) ? json['shared_object_id'] : undefined;
    if (id === undefined) return undefined;
    const original = this.#sharedObjects.get(id);
    if (original === undefined) this.#sharedObjects.set(id, path);
    return original;
  }

  #withStatistics(options: LayerOptionValues, store: LayerStore): LayerOptionValues {
    const { axis, mean, variance, ...others } = options;
    const axes = Array.isArray(axis) && axis.length === 0 ? null : (axis ?? null);
    const isGiven = mean !== null && mean !== undefined && variance !== undefined;
    const found = isGiven ? { mean, variance: variance as Json } : this.#options.statistics(store);
    return { axis: axes, ...others, ...found };
  }

  /** The shape of one input, from the input layer, or from what the model was built for. */
  #inputOf(
    what: string,
    layers: readonly unknown[],
    config: { readonly [option: string]: unknown },
    json: unknown,
  ): Shape {
    const [first] = layers;
    const ofLayer = this.object(what, described(`${what}: a layer`, first).config);
    const built = isObject(json) && isObject(json['build_config']) ? json['build_config']['input_shape'] : undefined;
    const layerBuilt = isObject(first) && isObject(first['build_config']) ? first['build_config'] : {};
    const batch =
      ofLayer['batch_shape'] ??
      ofLayer['batch_input_shape'] ??
      config['build_input_shape'] ??
      built ??
      layerBuilt['input_shape'];
    return this.inputShape(what, batch);
  }

  /** The shape of one input from that of a batch. Throws FormatError for open sizes, unless they are given. */
  inputShape(what: string, batch: unknown): Shape {
    const given = this.#depth === 0 ? this.#options.inputShape : undefined;
    if (given !== undefined) return given;
    const isShape = Array.isArray(batch) && batch.length >= 1;
    const shape: readonly unknown[] = isShape ? batch.slice(1) : [];
    if (isShape && shape.every(size => Number.isSafeInteger(size) && (size as number) > 0)) {
      return shape as readonly number[];
    }
    throw new FormatError(
      `${what} has inputs of ${describe(batch)}; the sizes of all axes behind the batch must be known: give inputShape`,
    );
  }
}

/** The options of a user's own layer, under the names that factories here use. */
function customOptions(config: { readonly [option: string]: unknown }): LayerOptionValues {
  const own = Object.entries(config).filter(([option]) => !['name', 'trainable', 'dtype'].includes(option));
  return Object.fromEntries(own.map(([option, value]) => [optionOf(option), value as Json]));
}
