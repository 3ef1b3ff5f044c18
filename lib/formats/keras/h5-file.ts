/** HDF5 files of Keras: whole models as Keras 2 wrote them, and weights alone of Keras 2 and 3. */
import { FormatError, OptionError } from '../../errors.ts';
import { bytesOf } from '../../files/bytes.ts';
import { isObject } from '../../layers/options.ts';
import type { Sequential } from '../../model/sequential.ts';
import { inFile } from '../architecture.ts';
import { openHdf5 } from '../hdf5/read.ts';
import type { Hdf5Dataset, Hdf5Group } from '../hdf5/tree.ts';
import { writeHdf5 } from '../hdf5/write.ts';
import { type DecodeKerasOptions, parsed, restore, storesOf, weightsFile } from './keras-file.ts';
import type { LayerStore } from './read-model.ts';
import {
  inKerasOrder,
  nodeAt,
  setWeights,
  trainedInOrder,
  type VariablesOf,
  variablesIn,
  weightsByPath,
} from './weights.ts';

/** A model of the deepest networks has some megabytes of JSON. */
const mostConfigBytes = 2 ** 25;

/**
 * The model of an `.h5` file, as Keras 2 wrote them and Keras 3 does where a name ends so, compiled as it was when it was saved.
 * The state of an optimizer is taken over from Keras 3. Throws FormatError for a file that holds no such model.
 */
export async function decodeKerasH5(
  content: ArrayBufferLike | ArrayBufferView,
  { file = 'model.h5', ...options }: DecodeKerasOptions = {},
): Promise<Sequential> {
  const root = openHdf5(bytesOf('decodeKerasH5', content), file);
  const config = root.attribute('model_config');
  const weights = root.find('model_weights');
  if (typeof config !== 'string' || weights?.kind !== 'group') {
    throw new FormatError(
      `${file}: there is no model_config and model_weights; if the file has weights alone, make the model and use loadKerasWeights`,
    );
  }
  try {
    const compile = root.attribute('training_config');
    const saved = {
      json: jsonOf(file, 'model_config', config),
      compile: typeof compile === 'string' ? compileOf(jsonOf(file, 'training_config', compile)) : undefined,
    };
    return await restore(saved, options, {
      variablesOf: ({ name }) => listed(weights, name),
      distributed: (model, stores) => distributed(model, stores, weights),
      optimizer: optimizerIn(root),
    });
  } catch (error) {
    throw inFile(file, error);
  }
}

function jsonOf(file: string, what: string, text: string): unknown {
  if (text.length > mostConfigBytes)
    throw new FormatError(`${file}: ${what} has ${text.length} letters, which is absurd`);
  return parsed(file, what, new TextEncoder().encode(text));
}

/** Keras 2 had another name for the optimizer. */
const compileOf = (json: unknown): unknown =>
  isObject(json) ? { ...json, optimizer: json['optimizer_config'] } : undefined;

/** What a group of Keras 2 says that it has, in that order; undefined where there is no such group. */
function listed(weights: Hdf5Group, name: string): readonly Hdf5Dataset[] | undefined {
  const group = weights.find(name);
  if (group?.kind !== 'group') return undefined;
  const names = group.attribute('weight_names');
  if (!Array.isArray(names)) return [];
  return names.map(each => {
    const dataset = group.find(String(each));
    if (dataset?.kind === 'dataset') return dataset;
    throw new FormatError(`"${group.path}" has no dataset "${each}", which its weight_names has`);
  });
}

/** The variables of an optimizer of Keras 3. Those of Keras 2 have another order, and none of them is the rate. */
function optimizerIn(root: Hdf5Group): readonly Hdf5Dataset[] {
  const variables = listed(root, 'optimizer_weights') ?? [];
  return variables[0]?.path.endsWith('/iteration') === true ? variables : [];
}

/**
 * Keras 2 keeps all weights of a model within the model in one group: first those that train, layer by layer, and then the
 * others. This finds those of each layer.
 */
function distributed(model: Sequential, stores: readonly LayerStore[], weights: Hdf5Group): VariablesOf {
  const found = new Map<string, Hdf5Dataset>();
  const outer = stores.filter(({ group }) => group.split('/').length === 2);
  for (const { group, name, path: outerPath } of outer) {
    const within = stores.filter(store => store.group === group || store.group.startsWith(`${group}/`));
    const owned = within.filter(({ path }) => nodeAt(model, path).owner.path === path);
    const parameters = owned.flatMap(({ path }) => inKerasOrder(nodeAt(model, path).parameters));
    const trained = trainedInOrder(parameters);
    const inOrder = [...trained, ...parameters.filter(parameter => !trained.includes(parameter))];
    const variables = listed(weights, name) ?? [];
    if (variables.length !== inOrder.length && nodeAt(model, outerPath).className !== 'Normalization') {
      throw new FormatError(`layer "${name}" has ${variables.length} weights, expected ${inOrder.length}`);
    }
    for (const [i, { path }] of inOrder.entries()) if (variables[i] !== undefined) found.set(path, variables[i]);
  }
  return ({ path }) => inKerasOrder(nodeAt(model, path).parameters).flatMap(each => found.get(each.path) ?? []);
}

/**
 * Gives a model the weights of a `.weights.h5` file of Keras 3, or of an `.h5` file of Keras 2. Layers are known by their
 * places, as in Keras; the model has to have the same layers in the same order. Throws FormatError, and changes nothing,
 * where weights are missing or have other shapes.
 */
export async function loadKerasWeights(
  model: Sequential,
  content: ArrayBufferLike | ArrayBufferView,
  { file = 'model.weights.h5' }: { readonly file?: string } = {},
): Promise<void> {
  const root = openHdf5(bytesOf('loadKerasWeights', content), file);
  try {
    const stores = storesOf(model, await weightsByPath(model));
    await setWeights(model, stores, weightsIn(root, model, stores));
  } catch (error) {
    throw inFile(file, error);
  }
}

/** Where the weights of a file are, whichever Keras has written it. */
function weightsIn(root: Hdf5Group, model: Sequential, stores: readonly LayerStore[]): VariablesOf {
  const within = root.find('model_weights');
  const group = within?.kind === 'group' ? within : root;
  const names = group.attribute('layer_names');
  if (!Array.isArray(names)) return variablesIn(root);
  const filled = names.map(String).filter(name => (listed(group, name) ?? []).length > 0);
  const owners = stores.filter(({ path }) => nodeAt(model, path).owner.parameters.length > 0);
  if (filled.length !== owners.length) {
    throw new FormatError(`there are ${filled.length} layers with weights, but the model has ${owners.length}`);
  }
  return ({ path }) => {
    const place = owners.findIndex(owner => owner.path === path);
    return place < 0 ? undefined : listed(group, filled[place]!);
  };
}

/** The weights of a model alone, as the bytes of a `.weights.h5` file of Keras 3. Throws FormatError as `encodeKeras` does. */
export async function encodeKerasWeights(model: Sequential): Promise<Uint8Array> {
  const weights = await weightsByPath(model);
  return writeHdf5(weightsFile(model, storesOf(model, weights), weights));
}

/** What `saveModel` writes under a name that ends with .weights.h5. Throws OptionError for other names of HDF5 files. */
export async function encodeKerasH5(model: Sequential, file: string): Promise<Uint8Array> {
  if (file.toLowerCase().endsWith('.weights.h5')) return encodeKerasWeights(model);
  throw new OptionError(
    `${file}: whole models are read from .h5 files, not written; end the name with .keras, or with .weights.h5 for the weights alone`,
  );
}
