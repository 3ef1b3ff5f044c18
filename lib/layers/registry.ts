import { describe } from '../describe.ts';
import { FormatError } from '../errors.ts';
import { activation, elu, leakyRelu, relu, softmax } from './activation-layers.ts';
import { activityRegularization } from './activity-regularization.ts';
import { adaptiveAveragePooling2d, adaptiveMaxPooling2d } from './adaptive-pooling2d.ts';
import { alphaDropout } from './alpha-dropout.ts';
import { imageChanges } from './augmentation/factories.ts';
import { batchNormalization } from './batch-normalization.ts';
import { categoryEncoding } from './category-encoding.ts';
import { conv2d } from './conv2d.ts';
import { conv2dTranspose } from './conv2d-transpose.ts';
import { cropping2d } from './cropping2d.ts';
import { dense } from './dense.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { discretization } from './discretization.ts';
import { dropout, spatialDropout2d } from './dropout.ts';
import { einsumDense } from './einsum-dense.ts';
import { flatten } from './flatten.ts';
import { gaussianDropout, gaussianNoise } from './gaussian-noise.ts';
import { glu } from './glu.ts';
import { groupNormalization } from './group-normalization.ts';
import { identity } from './identity.ts';
import { integerLookup } from './integer-lookup.ts';
import type { AnyLayer, Layer, LayerOptionValues } from './layer.ts';
import { layerNormalization } from './layer-normalization.ts';
import { localResponseNormalization } from './local-response-normalization.ts';
import { add, average, concatenate, dot, maximum, minimum, multiply, subtract } from './merging.ts';
import { type BuildLayer, composites, ofOne } from './nested-layers.ts';
import { normalization } from './normalization.ts';
import { isObject } from './options.ts';
import { paddedShortcut } from './padded-shortcut.ts';
import { permute } from './permute.ts';
import { averagePooling2d, globalAveragePooling2d, globalMaxPooling2d, maxPooling2d } from './pooling2d.ts';
import { prelu } from './prelu.ts';
import { repeatVector } from './repeat-vector.ts';
import { rescaling } from './rescaling.ts';
import { reshape } from './reshape.ts';
import { resizing } from './resizing.ts';
import { rmsNormalization } from './rms-normalization.ts';
import { separableConv2d } from './separable-conv2d.ts';
import { unitNormalization } from './unit-normalization.ts';
import { upSampling2d } from './up-sampling2d.ts';
import { zeroPadding2d } from './zero-padding2d.ts';

/** The layers that Inkling brings, by class name: what a saved model may hold. */
const factories = {
  ...imageChanges,
  Activation: activation,
  ActivityRegularization: activityRegularization,
  AdaptiveAveragePooling2D: adaptiveAveragePooling2d,
  AdaptiveMaxPooling2D: adaptiveMaxPooling2d,
  AlphaDropout: alphaDropout,
  AveragePooling2D: averagePooling2d,
  BatchNormalization: batchNormalization,
  CategoryEncoding: categoryEncoding,
  Conv2D: conv2d,
  Conv2DTranspose: conv2dTranspose,
  Cropping2D: cropping2d,
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2d,
  Discretization: discretization,
  Dropout: dropout,
  ELU: elu,
  EinsumDense: einsumDense,
  Flatten: flatten,
  GaussianDropout: gaussianDropout,
  GaussianNoise: gaussianNoise,
  GLU: glu,
  GlobalAveragePooling2D: globalAveragePooling2d,
  GlobalMaxPooling2D: globalMaxPooling2d,
  Identity: identity,
  IntegerLookup: integerLookup,
  LeakyReLU: leakyRelu,
  LocalResponseNormalization: localResponseNormalization,
  MaxPooling2D: maxPooling2d,
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  Normalization: normalization,
  PaddedShortcut: paddedShortcut,
  Permute: permute,
  PReLU: prelu,
  ReLU: relu,
  RepeatVector: repeatVector,
  Rescaling: rescaling,
  Reshape: reshape,
  Resizing: resizing,
  SeparableConv2D: separableConv2d,
  Softmax: softmax,
  SpatialDropout2D: spatialDropout2d,
  UnitNormalization: unitNormalization,
  UpSampling2D: upSampling2d,
  ZeroPadding2D: zeroPadding2d,
};

const merging = {
  Add: add,
  Average: average,
  Concatenate: concatenate,
  Dot: dot,
  Maximum: maximum,
  Minimum: minimum,
  Multiply: multiply,
  Subtract: subtract,
};

const builtIn = { ...factories, ...merging, ...composites };

/** The class names of the layers that Inkling brings. */
export const layerClassNames: readonly string[] = Object.keys(builtIn);

/** The names of all classes of layers that Inkling brings. */
export const layerClasses: readonly string[] = Object.keys({ ...factories, ...merging, ...composites });

/** A layer as a model file holds it. */
export interface LayerConfig {
  readonly className: string;
  /** Automatic if left out. */
  readonly name?: string;
  readonly config: LayerOptionValues;
}

/** Makes a layer from its options and its name; `build` makes the layers again that its config holds. */
export type LayerFactory = (options: LayerOptionValues, build: BuildLayer) => AnyLayer;

/** The factories of the user's own layers, by class name. */
export interface CustomLayers {
  readonly [className: string]: LayerFactory;
}

/** Makes a layer of one input again; `custom` holds the factories of the user's own. Throws FormatError for an unknown class. */
export function layerFromConfig(config: LayerConfig, custom: CustomLayers = {}): Layer {
  return ofOne(config, each => anyLayerFromConfig(each, custom));
}

/** More layers within each other than any network has: what comes from a file must not exhaust the stack. */
const deepest = 100;

/** Makes any layer again. Throws FormatError for an unknown class, and for what is no config of a layer. */
export function anyLayerFromConfig(given: unknown, custom: CustomLayers = {}, depth = 0): AnyLayer {
  if (depth > deepest) throw new FormatError(`there are more than ${deepest} layers within each other`);
  const { className, name, config } = isObject(given) ? given : {};
  if (typeof className !== 'string' || !isObject(config)) {
    throw new FormatError(`expected a layer with className and config, got ${describe(given)}`);
  }
  const known: { readonly [className: string]: unknown } = { ...builtIn, ...custom };
  if (!Object.hasOwn(known, className)) {
    throw new FormatError(
      `layer "${String(name ?? className)}" is a ${className}, which is not known: pass its factory in customLayers: { ${className}: options => ... }`,
    );
  }
  // Every factory checks its options itself, so what comes from a file is as safe as what a user writes.
  const factory = known[className] as LayerFactory;
  const options = (name === undefined ? config : { ...config, name }) as LayerOptionValues;
  return factory(options, each => anyLayerFromConfig(each, custom, depth + 1));
}
