/** The weights of a model in Keras 3's groups of an HDF5 file: `layers/conv2d/vars/0`. */
import { FormatError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { type LayerNode, type PlacedParameter, parametersOf } from '../../model/layer-node.ts';
import type { Sequential } from '../../model/sequential.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../../shape/shape.ts';
import { Tensor } from '../../tensor/index.ts';
import type { Hdf5Dataset, Hdf5Group } from '../hdf5/tree.ts';
import { setWeights as setAllWeights } from '../set-weights.ts';
import type { LayerStore, Statistics } from './read-model.ts';
import { wrapper } from './wrapped-layers.ts';

/** A variable in a file; `path` is its name there. */
export type StoredVariable = Pick<Hdf5Dataset, 'path' | 'shape' | 'read' | 'readFloats'>;

/** Finds the variables that Keras keeps for a layer, in Keras's order; undefined where the file has none. */
export type VariablesOf = (store: LayerStore) => readonly StoredVariable[] | undefined;

/** The variables of Keras 3's files of weights. */
export const variablesIn =
  (root: Hdf5Group): VariablesOf =>
  ({ group, className }) => {
    // Before Keras 3 was released, the groups of layers had another name.
    const older = group.replaceAll('layers', '_layer_checkpoint_dependencies');
    const own = numbered(root, `${group}/vars`) ?? numbered(root, `${older}/vars`);
    if (className !== wrapper) return own;
    // The first of its own is the kernel of the layer within it.
    return [...(numbered(root, `${group}/layer/vars`) ?? []), ...(own?.slice(1) ?? [])];
  };

/** The datasets `0`, `1`, ... of a group. Throws FormatError where one is missing. */
export function numbered(root: Hdf5Group, path: string): readonly Hdf5Dataset[] | undefined {
  const group = root.find(path);
  if (group?.kind !== 'group') return undefined;
  return Array.from({ length: group.children.size }, (_, i) => {
    const dataset = group.children.get(String(i));
    if (dataset?.kind === 'dataset') return dataset;
    throw new FormatError(`${path} has ${group.children.size} entries, but no dataset "${i}"`);
  });
}

/** Keras's order of what a layer has: what trains before what does not. */
export const inKerasOrder = (parameters: readonly PlacedParameter[]): readonly PlacedParameter[] => [
  ...parameters.filter(({ trainable }) => trainable !== false),
  ...parameters.filter(({ trainable }) => trainable === false),
];

/** The parameters of layers in the order in which Keras counts all variables of a model, each once. */
export function parametersInOrder(model: Sequential, stores: readonly LayerStore[]): readonly PlacedParameter[] {
  const all = stores.flatMap(({ path }) => inKerasOrder(nodeAt(model, path).owner.parameters));
  return [...new Map(all.map(parameter => [parameter.path, parameter])).values()];
}

/** Those of them that an optimizer of Keras changes. */
export const trainedInOrder = (parameters: readonly PlacedParameter[]): readonly PlacedParameter[] =>
  parameters.filter(({ trainable, owner }) => trainable !== false && owner.trainable);

/** Copies of all parameters by their paths. */
export async function weightsByPath(model: Sequential): Promise<ReadonlyMap<string, Tensor>> {
  const paths = parametersOf(model.layers).map(({ path }) => path);
  const weights = await model.getWeights();
  return new Map(paths.map((path, i) => [path, weights[i]!]));
}

export function nodeAt(model: Sequential, path: string): LayerNode {
  return model.getLayer(path);
}

/** Gives a model the weights of a file. Throws FormatError, and changes nothing, where one is missing or has another shape. */
export async function setWeights(
  model: Sequential,
  stores: readonly LayerStore[],
  variablesOf: VariablesOf,
): Promise<void> {
  const found = new Map<string, Tensor>();
  for (const store of stores) {
    const node = nodeAt(model, store.path);
    // The statistics of a normalization are options here, which were read before.
    if (node.owner !== node || node.className === 'Normalization') continue;
    const parameters = inKerasOrder(node.parameters);
    const variables = variablesOf(store) ?? [];
    checkCount(store, parameters, variables);
    for (const [i, parameter] of parameters.entries()) {
      found.set(parameter.path, tensorOf(variables[i]!, parameter.path, parameter.shape, parameter));
    }
  }
  const all = parametersOf(model.layers);
  if (found.size === 0) return;
  const present = all.every(({ path }) => found.has(path)) ? [] : await model.getWeights();
  const weights = all.map(({ path }, i) => found.get(path) ?? present[i]!);
  await setAllWeights(model, weights);
}

function checkCount(
  { name, group }: LayerStore,
  parameters: readonly PlacedParameter[],
  variables: readonly StoredVariable[],
): void {
  if (parameters.length === variables.length) return;
  const list = parameters.map(({ name: each, shape }) => `${each} ${formatShape(shape)}`).join(', ');
  const expected = parameters.length === 0 ? 'none' : `${parameters.length}: ${list}`;
  throw new FormatError(`layer "${name}" has ${variables.length} variables in "${group}", expected ${expected}`);
}

/**
 * A dataset as a tensor of that shape, of a parameter or of what an optimizer keeps for it; its numbers may be a view of the
 * file. Throws FormatError for another shape.
 */
export function tensorOf(dataset: StoredVariable, path: string, shape: Shape, { owner }: PlacedParameter): Tensor {
  if (!sameShape(dataset.shape, shape) && !isSortedOtherwise(owner, dataset.shape, shape)) {
    const shapes = `${formatShape(dataset.shape)}, but "${path}" has ${formatShape(shape)}`;
    throw new FormatError(`the variable "${dataset.path}" has the shape ${shapes}`);
  }
  return new Tensor(shape, 'float32', dataset.readFloats());
}

/** Keras sorts the axes of these layers by their numbers, -1 before 1, and takes the elements in the order of the axes. */
const isSortedOtherwise = ({ className }: LayerNode, a: Shape, b: Shape): boolean =>
  ['LayerNormalization', 'RMSNormalization'].includes(className) &&
  sameShape(
    a.toSorted((x, y) => x - y),
    b.toSorted((x, y) => x - y),
  );

/** The statistics that a normalization keeps as variables. Throws FormatError where there are none. */
export function statisticsIn(variables: readonly StoredVariable[] | undefined, what: string): Statistics {
  const [mean, variance] = variables ?? [];
  if (mean === undefined || variance === undefined) {
    throw new FormatError(`${what} has neither a mean and a variance nor weights that hold them`);
  }
  return { mean: nested(mean), variance: nested(variance) };
}

function nested(dataset: StoredVariable): Json {
  return lists([...dataset.readFloats()], dataset.shape);
}

/** Numbers as lists within lists, as a shape has them; a number by itself where it has no axes. */
export function lists(numbers: readonly number[], [length, ...rest]: Shape): Json {
  if (length === undefined) return numbers[0]!;
  const size = sizeOf(rest);
  return Array.from({ length }, (_, i) => lists(numbers.slice(i * size, (i + 1) * size), rest));
}
