import { FormatError, InklingError } from '../errors.ts';
import type { LayerOptionValues } from '../layers/layer.ts';
import { type LayerConfig, type LayerFactory, layerFromConfig } from '../layers/registry.ts';
import { frozenLayers } from '../model/forward.ts';
import { layerConfig } from '../model/layer-config.ts';
import { nodesOf, parametersOf } from '../model/layer-node.ts';
import { Sequential } from '../model/sequential.ts';
import { formatShape, type Shape, sameShape } from '../shape/shape.ts';
import type { Tensor } from '../tensor/index.ts';
import { Fields } from './fields.ts';
import { decodeInklingFile, encodeInklingFile, parseJson } from './inkling-file.ts';
import { decodeSafetensors } from './safetensors.ts';

/** What a model file holds besides the parameters, which are tensors by their paths (`conv2d/kernel`). */
interface Architecture {
  readonly name: string;
  readonly seed: number;
  readonly inputShape: Shape;
  readonly layers: readonly LayerConfig[];
  /** The paths of the layers that do not train. */
  readonly frozen: readonly string[];
}

const format = 'inkling-model';
/** Version 1 had its architecture under this key of the metadata, and its models divided uint8 inputs by 255. */
const metadataKeyOfVersion1 = 'inkling.model';
const version = 2;

/** Architecture and weights of a model as the bytes of a safetensors file. The optimizer's state is not included. */
export async function encodeModel(model: Sequential): Promise<Uint8Array> {
  const paths = parametersOf(model.layers).map(({ path }) => path);
  const weights = await model.getWeights();
  const tensors = Object.fromEntries(paths.map((path, i) => [path, weights[i]!]));
  const { name, seed, inputShape } = model;
  const layers = model.layers.map(node => ({ ...layerConfig(node) }));
  const values = { name, seed, inputShape, layers, frozen: [...frozenLayers(model.layers)] };
  return encodeInklingFile({ format, version, tensors, values });
}

export interface DecodeModelOptions {
  /** Named in error messages. */
  readonly file?: string;
  /** Factories of layers that the user has defined, by class name. */
  readonly customLayers?: { readonly [className: string]: LayerFactory };
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
    const { name, seed, inputShape, layers, frozen } = architecture;
    const model: Sequential = new Sequential({ name, seed, inputShape });
    const factories = { ...customLayers, Sequential: nested(customLayers) };
    for (const layer of layers) model.add(layerFromConfig(layer, factories));
    for (const node of nodesOf(model.layers)) node.trainable = !frozen.includes(node.path);
    await model.setWeights(weightsOf(model, tensors));
    return model;
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    throw new FormatError(`${file}: ${error.message}`, { cause: error });
  }
}

type Tensors = { readonly [name: string]: Tensor };

function readFile(
  content: ArrayBufferLike | ArrayBufferView,
  file: string,
  pixels: boolean,
): { tensors: Tensors; architecture: Architecture } {
  const { tensors, metadata } = decodeSafetensors(content, file);
  const old = metadata[metadataKeyOfVersion1];
  if (old === undefined) {
    const { values } = decodeInklingFile(content, { format, version }, file);
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

function readArchitecture(fields: Fields): Architecture {
  return {
    name: fields.text('name'),
    seed: fields.count('seed'),
    inputShape: fields.shape('inputShape'),
    layers: fields.list('layers').map(readLayer),
    frozen: fields.optionalTexts('frozen'),
  };
}

const readLayer = (layer: Fields): LayerConfig => ({
  className: layer.text('className'),
  name: layer.text('name'),
  config: layer.object('config').values as LayerConfig['config'],
});

/** Makes models again that are layers of others. */
const nested =
  (customLayers: NonNullable<DecodeModelOptions['customLayers']>): LayerFactory =>
  (options: LayerOptionValues) => {
    const fields = new Fields('a model within the model', options);
    const model: Sequential = new Sequential({ name: fields.text('name'), inputShape: fields.shape('inputShape') });
    const factories = { ...customLayers, Sequential: nested(customLayers) };
    for (const layer of fields.list('layers').map(readLayer)) model.add(layerFromConfig(layer, factories));
    return model;
  };

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
