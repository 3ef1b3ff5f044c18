/** LayersModels of TensorFlow.js: `model.json` with topology, training and manifest, and the shards of weights beside it. */
import { FormatError, OptionError } from '../../errors.ts';
import { concatenate } from '../../files/bytes.ts';
import type { Json } from '../../json.ts';
import { isObject } from '../../layers/options.ts';
import type { PlacedParameter } from '../../model/layer-node.ts';
import type { Sequential } from '../../model/sequential.ts';
import { inFile } from '../architecture.ts';
import { type DecodeKerasOptions, parsed, restore } from '../keras/keras-file.ts';
import type { LayerStore } from '../keras/read-model.ts';
import {
  nodeAt,
  inKerasOrder as parametersInKerasOrder,
  parametersInOrder,
  type StoredVariable,
  trainedInOrder,
  type VariablesOf,
  weightsByPath,
} from '../keras/weights.ts';
import { writeModel } from '../keras/write-model.ts';
import type { DecodeOptions, FileParts } from '../model-format.ts';
import { tfjsParameter } from './layers.ts';
import { inKerasOrder, writtenState } from './optimizer-state.ts';
import { readTopology } from './read-config.ts';
import { readTraining, writeTraining } from './training.ts';
import { readManifest, readWeights, type WeightContent, writeWeights } from './weights.ts';
import { checkLayers, writeTopology } from './write-config.ts';

/** The JSON of the deepest networks has some megabytes. */
const mostJsonBytes = 2 ** 25;

export interface DecodeTfjsOptions extends DecodeKerasOptions {}

/**
 * The model of the files of a LayersModel by their names, one of which is the JSON that names the others: of one input and
 * one output. It goes on training where it stopped if TensorFlow.js saved it with its optimizer. Throws FormatError for files
 * that hold no such model.
 */
export async function decodeTfjs(
  files: { readonly [file: string]: Uint8Array },
  { file = mainFile(files), ...options }: DecodeTfjsOptions = {},
): Promise<Sequential> {
  const main = Object.hasOwn(files, file) ? files[file] : undefined;
  if (main === undefined) throw new OptionError(`decodeTfjs: there is no "${file}" among the files that are given`);
  const sibling = async (name: string) => {
    const plain = name.replace(/^(\.\/)+/, '');
    const found = Object.hasOwn(files, plain) ? files[plain] : undefined;
    if (found !== undefined) return found;
    throw new FormatError(`${file}: its file ${JSON.stringify(name)} is not among those given; give it as well`);
  };
  return decodeTfjsModel(main, { ...options, file, sibling });
}

function mainFile(files: { readonly [file: string]: Uint8Array }): string {
  const found = isObject(files) ? Object.keys(files).find(name => name.endsWith('.json')) : undefined;
  if (found !== undefined) return found;
  throw new OptionError('decodeTfjs: expected the files by their names, one of which ends with ".json"');
}

/** The model of a `model.json`, whose shards are read by `sibling`. */
export async function decodeTfjsModel(bytes: Uint8Array, options: DecodeOptions): Promise<Sequential> {
  const { file, sibling, ...others } = options;
  if (bytes.length > mostJsonBytes) {
    throw new FormatError(`${file}: it has ${bytes.length} bytes of JSON, expected at most ${mostJsonBytes}`);
  }
  const json = parsed(file, 'it', bytes);
  if (!isObject(json)) throw new FormatError(`${file}: it holds no object of JSON; the file is damaged`);
  const { topology, training, groups } = within(file, () => readMain(json));
  const weights = await readWeights(file, groups, sibling);
  try {
    return await restore(
      { json: topology, compile: others.compile === false ? undefined : readTraining(training) },
      others,
      {
        variablesOf: () => undefined,
        distributed: model => weightsOf(model, weights.model),
        optimizer: inKerasOrder(training, [...weights.optimizer.values()]),
      },
    );
  } catch (error) {
    throw inFile(file, error);
  }
}

function within<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw inFile(file, error);
  }
}

/** What the main file says. Throws FormatError. */
function readMain(json: Values) {
  const { modelTopology, weightsManifest, trainingConfig } = checkedFields(json);
  return {
    topology: readTopology(modelTopology['model_config'] ?? modelTopology),
    training: trainingConfig ?? modelTopology['training_config'],
    groups: readManifest(weightsManifest),
  };
}

type Values = { readonly [name: string]: unknown };

function checkedFields(json: Values): { modelTopology: Values; weightsManifest: unknown; trainingConfig: unknown } {
  const { format, modelTopology, weightsManifest, trainingConfig } = json;
  if (format === 'graph-model' || (isObject(modelTopology) && 'node' in modelTopology)) {
    throw new FormatError(
      'it is a GraphModel, which has lost its layers; convert the model again with --output_format=tfjs_layers_model, or its source to ONNX',
    );
  }
  if (!isObject(modelTopology)) {
    throw new FormatError('there is no modelTopology; expected the model.json of a LayersModel of TensorFlow.js');
  }
  return { modelTopology, weightsManifest, trainingConfig };
}

/** The weights of each layer by their names: `conv2d/kernel`, which may stand behind names of models or before one of a scope. */
function weightsOf(model: Sequential, weights: ReadonlyMap<string, StoredVariable>): VariablesOf {
  const names = [...weights.keys()];
  return ({ path, name, className }) =>
    parametersInKerasOrder(nodeAt(model, path).owner.parameters).map(parameter => {
      const own = tfjsParameter(className, parameter.name);
      const expected = `${name}/${own}`;
      const found = [expected, ...names.filter(each => isWithin(each, name, own))].find(each => weights.has(each));
      if (found !== undefined) return weights.get(found)!;
      throw new FormatError(`there is no weight "${expected}"`);
    });
}

/** Whether a name is that of a layer's weight behind the name of a model, or with the name of a scope within it. */
const isWithin = (name: string, layer: string, parameter: string): boolean =>
  name.endsWith(`/${layer}/${parameter}`) ||
  (name.startsWith(`${layer}/`) &&
    name.split('/').length === layer.split('/').length + 2 &&
    name.endsWith(`/${parameter}`));

export interface EncodeTfjsOptions {
  /** The name of the main file; `model.json` if left out. */
  readonly file?: string;
  /** Whether loss, metrics, optimizer and what this keeps are saved, where the model is compiled; true if left out. */
  readonly compile?: boolean;
}

/**
 * A model as the files of a LayersModel of TensorFlow.js by their names, the main one last: `model.json`, and shards of
 * weights of at most 4 MiB. Composites become the layers that they consist of. Throws FormatError that names the layer,
 * before anything is made, for what TensorFlow.js 4.22 does not have.
 */
export async function encodeTfjs(
  model: Sequential,
  { file = 'model.json', compile = true }: EncodeTfjsOptions = {},
): Promise<{ readonly [file: string]: Uint8Array }> {
  const files = await encodeTfjsParts(model, file, compile);
  return Object.fromEntries(Object.entries(files).map(([name, parts]) => [name, concatenate(parts)]));
}

/** The same in pieces, so that weights need not be copied. */
export async function encodeTfjsParts(
  model: Sequential,
  file: string,
  compile = true,
): Promise<{ readonly [file: string]: FileParts }> {
  checkLayers(model);
  const weights = await weightsByPath(model);
  const { json, stores } = writeModel(model, weights, { isFlat: true });
  const modelTopology = writeTopology(json);
  const compiled = compile ? model.compiled : undefined;
  const training = compiled === undefined ? {} : { trainingConfig: writeTraining(compiled) };
  const nameOf = weightNames(model, stores);
  const parameters = parametersInOrder(model, stores);
  const written = parameters.map((parameter): WeightContent => {
    const { shape, data } = weights.get(parameter.path)!;
    return { name: nameOf(parameter), shape, data: Float32Array.from(data), isOfOptimizer: false };
  });
  const state = compiled === undefined ? [] : await writtenState(model, trainedInOrder(parameters), nameOf);
  const stem = file === 'model.json' ? '' : `${file.replace(/\.json$/i, '')}.`;
  const { manifest, shards } = writeWeights([...written, ...state], stem);
  const main: Json = {
    ...{ format: 'layers-model', generatedBy: 'TensorFlow.js tfjs-layers v4.22.0', convertedBy: 'inkling' },
    ...{ modelTopology, ...training, weightsManifest: manifest },
  };
  return { ...shards, [file]: [new TextEncoder().encode(JSON.stringify(main))] };
}

/** How TensorFlow.js calls the weights of the layers that a file has. */
function weightNames(model: Sequential, stores: readonly LayerStore[]): (parameter: PlacedParameter) => string {
  const names = new Map<string, string>();
  for (const { path, name, className } of stores) {
    for (const parameter of nodeAt(model, path).owner.parameters) {
      names.set(parameter.path, `${name}/${tfjsParameter(className, parameter.name)}`);
    }
  }
  return ({ path }) => names.get(path)!;
}
