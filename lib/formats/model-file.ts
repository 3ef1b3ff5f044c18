import type { TrainingModel } from '../callbacks/callback.ts';
import { FormatError } from '../errors.ts';
import { concatenate } from '../files/bytes.ts';
import { Fields } from '../files/fields.ts';
import type { CustomLayers } from '../layers/registry.ts';
import { architectureOf } from '../model/architecture.ts';
import { parametersOf } from '../model/layer-node.ts';
import type { Sequential } from '../model/sequential.ts';
import { formatShape, sameShape } from '../shape/shape.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Architecture, inFile, modelOf, readArchitecture } from './architecture.ts';
import { inklingFileOf, inklingFileParts, parseJson } from './inkling-file.ts';
import { viewSafetensors } from './safetensors.ts';
import { setWeights } from './set-weights.ts';

const format = 'inkling-model';
/** Version 1 had its architecture under this key of the metadata, and its models divided uint8 inputs by 255. */
const metadataKeyOfVersion1 = 'inkling.model';
const version = 2;

/** What is saved of a model: any Sequential has it, and the model that a callback is given. */
export type SavableModel = Pick<TrainingModel, 'name' | 'seed' | 'inputShape' | 'layers' | 'getWeights'>;

/** Architecture and weights of a model as the bytes of a safetensors file. The optimizer's state is not included. */
export async function encodeModel(model: SavableModel): Promise<Uint8Array> {
  return concatenate(await modelParts(model));
}

/** The same bytes in pieces, so that weights are not copied twice. */
export async function modelParts(model: SavableModel): Promise<Uint8Array[]> {
  const tensors = await namedWeights(model);
  return inklingFileParts({ format, version, tensors, values: architectureOf(model) });
}

/** The parameters of a model by their paths. */
export async function namedWeights(model: Pick<SavableModel, 'layers' | 'getWeights'>): Promise<Tensors> {
  const weights = await model.getWeights();
  return Object.fromEntries(parametersOf(model.layers).map(({ path }, i) => [path, weights[i]!]));
}

export interface DecodeModelOptions {
  /** Named in error messages. */
  readonly file?: string;
  /** Factories of layers that the user has defined, by class name. */
  readonly customLayers?: CustomLayers;
  /**
   * Of files of version 1 alone, whose models divided uint8 inputs by 255 and took others as they were: whether the model
   * is for uint8 images, and gets a layer in front that divides all its inputs by 255; true if left out.
   */
  readonly pixels?: boolean;
}

/** The model that `encodeModel` wrote, not compiled. Throws FormatError for a file that holds no such model. */
export async function decodeModel(
  content: ArrayBufferLike | ArrayBufferView,
  { file = 'model', customLayers = {}, pixels = true }: DecodeModelOptions = {},
): Promise<Sequential> {
  const { tensors, architecture } = readFile(content, file, pixels);
  try {
    const model = modelOf(architecture, customLayers);
    await setWeights(model, weightsOf(model, tensors), file);
    return model;
  } catch (error) {
    throw inFile(file, error);
  }
}

type Tensors = { readonly [name: string]: Tensor };

function readFile(
  bytes: ArrayBufferLike | ArrayBufferView,
  file: string,
  pixels: boolean,
): { tensors: Tensors; architecture: Architecture } {
  const content = viewSafetensors(bytes, file);
  const { tensors, metadata } = content;
  const old = metadata[metadataKeyOfVersion1];
  if (old === undefined) {
    const { values } = inklingFileOf(content, { format, version }, file);
    return { tensors, architecture: readArchitecture(new Fields(`${file}: the model`, values)) };
  }
  const fields = new Fields(`${file}: the model`, parseJson(old, file));
  if (fields.count('version') !== 1) {
    throw new FormatError(
      `${file}: the model has format version ${fields.count('version')}, expected 1; the file is damaged`,
    );
  }
  const architecture = readArchitecture(fields);
  return { tensors, architecture: pixels ? withRescaling(architecture) : architecture };
}

/** The model as it is without the silent scaling of version 1. */
function withRescaling(architecture: Architecture): Architecture {
  const names = new Set(architecture.layers.map(({ name }) => name));
  let name = 'rescaling';
  for (let count = 1; names.has(name); count++) name = `rescaling_${count}`;
  const layer = { className: 'Rescaling', name, config: { scale: 1 / 255, offset: 0 } };
  return { ...architecture, layers: [layer, ...architecture.layers] };
}

/** The tensors of a model's parameters. Their shapes are compared before the model takes any memory. */
function weightsOf(model: Sequential, tensors: Tensors): Tensor[] {
  return parametersOf(model.layers).map(({ path, shape }) => {
    const found = Object.hasOwn(tensors, path) ? tensors[path] : undefined;
    if (found === undefined) throw new FormatError(`there is no tensor "${path}"`);
    if (sameShape(found.shape, shape)) return found;
    const shapes = `${formatShape(found.shape)}, but its layer has ${formatShape(shape)}`;
    throw new FormatError(`the tensor "${path}" has the shape ${shapes}`);
  });
}
