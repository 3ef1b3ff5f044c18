import { FormatError } from '../errors.ts';
import { activation, elu, leakyRelu, relu, softmax } from './activation-layers.ts';
import { activityRegularization } from './activity-regularization.ts';
import { batchNormalization } from './batch-normalization.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import type { Layer, LayerOptionValues } from './layer.ts';
import { localResponseNormalization } from './local-response-normalization.ts';
import { normalization } from './normalization.ts';
import { averagePooling2d, globalAveragePooling2d, globalMaxPooling2d, maxPooling2d } from './pooling2d.ts';
import { prelu } from './prelu.ts';
import { rescaling } from './rescaling.ts';
import { reshape } from './reshape.ts';
import { unitNormalization } from './unit-normalization.ts';

/** The layers that Inkling brings, by class name: what a saved model may hold. */
const factories = {
  Activation: activation,
  ActivityRegularization: activityRegularization,
  AveragePooling2D: averagePooling2d,
  BatchNormalization: batchNormalization,
  Conv2D: conv2d,
  Dense: dense,
  Dropout: dropout,
  ELU: elu,
  Flatten: flatten,
  GlobalAveragePooling2D: globalAveragePooling2d,
  GlobalMaxPooling2D: globalMaxPooling2d,
  LeakyReLU: leakyRelu,
  LocalResponseNormalization: localResponseNormalization,
  MaxPooling2D: maxPooling2d,
  Normalization: normalization,
  PReLU: prelu,
  ReLU: relu,
  Rescaling: rescaling,
  Reshape: reshape,
  Softmax: softmax,
  UnitNormalization: unitNormalization,
};

/** A layer as a model file holds it. */
export interface LayerConfig {
  readonly className: string;
  readonly name: string;
  readonly config: LayerOptionValues;
}

/** Makes a layer again; `custom` holds the factories of the user's own layers. Throws FormatError for an unknown class. */
export function layerFromConfig(
  { className, name, config }: LayerConfig,
  custom: { readonly [className: string]: LayerFactory } = {},
): Layer {
  const known: { readonly [className: string]: unknown } = { ...factories, ...custom };
  if (!Object.hasOwn(known, className)) {
    throw new FormatError(
      `layer "${name}" is a ${className}, which is not known: pass its factory in customLayers: { ${className}: options => ... }`,
    );
  }
  // Every factory checks its options itself, so what comes from a file is as safe as what a user writes.
  const factory = known[className] as LayerFactory;
  return factory({ ...config, name });
}

/** Makes a layer from its options and its name. */
export type LayerFactory = (options: LayerOptionValues) => Layer;
