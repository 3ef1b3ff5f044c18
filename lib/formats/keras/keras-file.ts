/** `.keras` files: a zip archive of a config, metadata, and the weights as HDF5. */
import { FormatError } from '../../errors.ts';
import { bytesOf } from '../../files/bytes.ts';
import { openZip, writeZip } from '../../files/zip.ts';
import type { Json } from '../../json.ts';
import { isObject } from '../../layers/options.ts';
import type { CustomLayers } from '../../layers/registry.ts';
import type { PlacedParameter } from '../../model/layer-node.ts';
import type { Sequential } from '../../model/sequential.ts';
import type { Shape } from '../../shape/shape.ts';
import type { Tensor } from '../../tensor/index.ts';
import { inFile, modelOf } from '../architecture.ts';
import { openHdf5 } from '../hdf5/read.ts';
import type { Hdf5Dataset, Hdf5DatasetContent, Hdf5Group, Hdf5GroupContent } from '../hdf5/tree.ts';
import { writeHdf5 } from '../hdf5/write.ts';
import { readCompile, writeCompile } from './compile-config.ts';
import { optimizerVariables, setOptimizerState } from './optimizer-state.ts';
import { pythonJson } from './python-json.ts';
import { type KerasModel, type LayerStore, readModel } from './read-model.ts';
import {
  inKerasOrder,
  nodeAt,
  numbered,
  parametersInOrder,
  type StoredVariable,
  setWeights,
  statisticsIn,
  trainedInOrder,
  type VariablesOf,
  variablesIn,
  weightsByPath,
} from './weights.ts';
import { readVocabulary, wrapper, wrapperVariable } from './wrapped-layers.ts';
import { writeModel } from './write-model.ts';

const decoder = new TextDecoder();

const files = { config: 'config.json', metadata: 'metadata.json', weights: 'model.weights.h5' } as const;
/** A config of the deepest networks has some megabytes. */
const mostConfigBytes = 2 ** 25;
/** Whose form of files this is. */
const kerasVersion = '3.15.1';

export interface DecodeKerasOptions {
  /** Named in error messages. */
  readonly file?: string;
  /** Factories of layers that the user has defined, by class name. */
  readonly customLayers?: CustomLayers;
  /** Whether the model is compiled as it was when it was saved, with the state of its optimizer; true if left out. */
  readonly compile?: boolean;
  /** The shape of one input, for a model that leaves sizes open. */
  readonly inputShape?: Shape;
}

/**
 * The model of a `.keras` file of Keras 3: Sequential, or Functional with one input and one output, which becomes a graph
 * layer. It goes on training where it stopped if it was compiled. Throws FormatError for a file that holds no such model.
 */
export async function decodeKeras(
  content: ArrayBufferLike | ArrayBufferView,
  { file = 'model.keras', ...options }: DecodeKerasOptions = {},
): Promise<Sequential> {
  const archive = openZip(bytesOf('decodeKeras', content), file);
  const json = parsed(file, files.config, archive.read(files.config, mostConfigBytes));
  const root = openHdf5(archive.read(files.weights), `${file}: ${files.weights}`);
  try {
    return await restore({ json, compile: isObject(json) ? json['compile_config'] : undefined }, options, {
      variablesOf: variablesIn(root),
      textOf: name => (archive.has(name) ? decoder.decode(archive.read(name, mostConfigBytes)) : undefined),
      optimizer: optimizerIn(root),
    });
  } catch (error) {
    throw inFile(file, error);
  }
}

/** JSON of a file. Throws FormatError for what is none, or is nested too deep. */
export function parsed(file: string, what: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const reason = cause instanceof RangeError ? 'is nested too deep' : 'is no JSON';
    throw new FormatError(`${file}: ${what} ${reason}; the file is damaged`, { cause });
  }
}

/** The variables of the optimizer; that of one which scales losses lies within it. */
function optimizerIn(root: Hdf5Group): readonly Hdf5Dataset[] {
  return numbered(root, 'optimizer/inner_optimizer/vars') ?? numbered(root, 'optimizer/vars') ?? [];
}

/** What a file says in JSON. */
interface SavedJson {
  readonly json: unknown;
  readonly compile: unknown;
}

/** Where the numbers of a file are. */
interface SavedNumbers {
  readonly variablesOf: VariablesOf;
  /** Another way to find them, which needs the model; `variablesOf` if left out. */
  readonly distributed?: (model: Sequential, stores: readonly LayerStore[]) => VariablesOf;
  readonly optimizer: readonly StoredVariable[];
  /** The text of another file within the file, where there is one. */
  readonly textOf?: (name: string) => string | undefined;
}

/** The model that a file describes, with its numbers. */
export async function restore(
  { json, compile }: SavedJson,
  options: Omit<DecodeKerasOptions, 'file'>,
  { variablesOf, distributed, optimizer, textOf }: SavedNumbers,
): Promise<Sequential> {
  const { customLayers = {}, compile: isCompiled = true, inputShape } = options;
  const read = readModel(json, {
    customLayers,
    inputShape,
    statistics: store => statisticsIn(variablesOf(store), `layer "${store.name}"`),
    vocabulary: ({ group, name }) => readVocabulary(`layer "${name}"`, textOf?.(`assets/${group}/vocabulary.txt`)),
  });
  const settings = isCompiled ? readCompile(compile) : undefined;
  const model = modelOf(read.architecture, customLayers);
  await setWeights(model, read.stores, distributed?.(model, read.stores) ?? variablesOf);
  storesOfRead.set(model, read.stores);
  if (settings === undefined) return model;
  model.compile(settings);
  await restoreOptimizer(model, read, optimizer);
  return model;
}

/** Where the files had their variables from which models came. */
const storesOfRead = new WeakMap<Sequential, readonly LayerStore[]>();

/** Where files of weights alone have those of a model: where the file had them from which it came, or else would have them. */
export const storesOf = (model: Sequential, weights: ReadonlyMap<string, Tensor>): readonly LayerStore[] =>
  storesOfRead.get(model) ?? writeModel(model, weights).stores;

async function restoreOptimizer(
  model: Sequential,
  { stores }: KerasModel,
  variables: readonly StoredVariable[],
): Promise<void> {
  if (variables.length === 0) return;
  const trained = trainedInOrder(parametersInOrder(model, stores));
  if (await setOptimizerState(model, trained, variables)) return;
  console.warn(
    `model "${model.name}": the file has ${variables.length} variables of the optimizer, which are not those of its ${trained.length} parameters that train; as in Keras, the optimizer begins anew`,
  );
}

export interface EncodeKerasOptions {
  /** Whether optimizer, loss, metrics and the state of the training are saved, where the model is compiled; true if left out. */
  readonly compile?: boolean;
}

/**
 * A model as the bytes of a `.keras` file, as Keras 3 writes them. Composites become the layers that they consist of, in a
 * Functional model. Throws FormatError that names the layer, before anything is written, for what such files cannot hold.
 */
export async function encodeKeras(model: Sequential, { compile = true }: EncodeKerasOptions = {}): Promise<Uint8Array> {
  const weights = await weightsByPath(model);
  const { json, stores } = writeModel(model, weights);
  const { compiled } = model;
  const isCompiled = compile && compiled !== undefined;
  const settings = isCompiled ? { compile_config: writeCompile(compiled, model.outputShape) } : {};
  const optimizer = isCompiled
    ? await optimizerVariables(model, trainedInOrder(parametersInOrder(model, stores)))
    : undefined;
  const encoder = new TextEncoder();
  const metadata = { keras_version: kerasVersion, written_by: 'inkling' };
  return writeZip({
    [files.metadata]: encoder.encode(pythonJson(metadata)),
    [files.config]: encoder.encode(pythonJson({ ...json, ...settings } as Json)),
    [files.weights]: writeHdf5(weightsFile(model, stores, weights, optimizer)),
  });
}

/** The entries of a group within others, which is made if it is not there. */
function groupIn(entries: Groups, name: string): Groups {
  const group = (entries[name] ?? { children: {} }) as { children: Groups };
  entries[name] = group;
  return group.children;
}

type Groups = { [name: string]: Hdf5GroupContent | Hdf5DatasetContent };

/** The groups of Keras's file of weights. */
export function weightsFile(
  model: Sequential,
  stores: readonly LayerStore[],
  weights: ReadonlyMap<string, Tensor>,
  optimizer?: readonly Hdf5DatasetContent[],
): Hdf5GroupContent {
  const root: Groups = {};
  const put = (path: string, name: string, variables: readonly Hdf5DatasetContent[]): void => {
    const above = path.split('/').reduce(groupIn, root);
    above['vars'] = { attributes: { name }, children: Object.fromEntries(variables.entries()) };
  };
  for (const { group, path, name } of stores) {
    const { owner, className } = nodeAt(model, path);
    const parameters = className === 'Normalization' ? [] : inKerasOrder(owner.parameters);
    const contents = (those: readonly PlacedParameter[]) =>
      those.map(({ path, shape }) => ({ shape, data: dataOf(weights.get(path)!) }));
    if (className !== wrapper) {
      put(group, name, contents(parameters));
      continue;
    }
    // The wrapper holds the kernel of the layer within it, too.
    const inner = parameters.filter(parameter => parameter.name !== wrapperVariable);
    put(`${group}/layer`, name, contents(inner));
    put(group, name, contents(parameters.filter(each => each.name === 'kernel' || !inner.includes(each))));
  }
  if (optimizer !== undefined) put('optimizer', 'optimizer', optimizer);
  return { children: root };
}

const dataOf = ({ data }: Tensor): Float32Array => (data instanceof Float32Array ? data : Float32Array.from(data));
