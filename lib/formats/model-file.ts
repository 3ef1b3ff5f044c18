import { FormatError, InklingError } from '../errors.ts';
import { type LayerConfig, type LayerFactory, layerFromConfig } from '../layers/registry.ts';
import { Sequential } from '../model/sequential.ts';
import type { Shape } from '../shape/shape.ts';
import { Tensor } from '../tensor/index.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

/**
 * Inkling's model file: a safetensors file, which any safetensors library opens, with the parameters by their paths
 * (`conv2d/kernel`) and the architecture as JSON in its metadata under `inkling.model`.
 */
interface Architecture {
  readonly version: number;
  readonly name: string;
  readonly seed: number;
  readonly inputShape: Shape;
  readonly layers: readonly LayerConfig[];
}

/** Grows where a file that is written now could no longer be read by an older Inkling. */
const formatVersion = 1;
const metadataKey = 'inkling.model';

/** Architecture and weights of a model as the bytes of a safetensors file. The optimizer's state is not included. */
export async function encodeModel(model: Sequential): Promise<Uint8Array> {
  const paths = model.layers.flatMap(layer => layer.parameters.map(({ path }) => path));
  const weights = await model.getWeights();
  const tensors = Object.fromEntries(paths.map((path, i) => [path, weights[i]!]));
  const architecture: Architecture = {
    version: formatVersion,
    name: model.name,
    seed: model.seed,
    inputShape: model.inputShape,
    layers: model.layers.map(({ layer: { className, config }, name }) => ({ className, name, config })),
  };
  return encodeSafetensors({ tensors, metadata: { [metadataKey]: JSON.stringify(architecture) } });
}

export interface DecodeModelOptions {
  /** Named in error messages. */
  readonly file?: string;
  /** Factories of layers that the user has defined, by class name. */
  readonly customLayers?: { readonly [className: string]: LayerFactory };
}

/** The model that `encodeModel` wrote, not compiled. Throws FormatError for a file that holds no such model. */
export async function decodeModel(
  bytes: Uint8Array,
  { file = 'model', customLayers = {} }: DecodeModelOptions = {},
): Promise<Sequential> {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const json = metadata[metadataKey];
  if (json === undefined) {
    throw new FormatError(
      `${file}: a safetensors file without the metadata "${metadataKey}": not a model saved by Inkling`,
    );
  }
  try {
    const { version, name, seed, inputShape, layers } = JSON.parse(json) as Architecture;
    if (version !== formatVersion) {
      throw new FormatError(
        `the model has format version ${version}, this Inkling reads ${formatVersion}; update Inkling`,
      );
    }
    const model = new Sequential({ name, seed, inputShape });
    for (const layer of layers) model.add(layerFromConfig(layer, customLayers));
    await model.setWeights(
      model.layers
        .flatMap(layer => layer.parameters)
        .map(({ path }) => {
          const found = tensors[path];
          if (found === undefined) throw new FormatError(`there is no tensor "${path}"`);
          return new Tensor(found.shape, found.dtype, found.data);
        }),
    );
    return model;
  } catch (error) {
    if (!(error instanceof InklingError || error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw new FormatError(`${file}: ${error.message}`, { cause: error });
  }
}
