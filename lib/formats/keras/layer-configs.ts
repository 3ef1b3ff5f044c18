/** The options of single layers in Keras's JSON and in ours. */
import { describe } from '../../describe.ts';
import { FormatError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import type { LayerOptionValues } from '../../layers/layer.ts';
import { isObject } from '../../layers/options.ts';
import { camelCase, kerasOption, kerasText, optionOf } from './names.ts';
import { kinds, readActivation, readObject, writeActivation, writeObject } from './objects.ts';

/** Layers that take pixels and channels in an order that Keras leaves open; here channels come last. */
const imageLayers = [
  ...['AveragePooling2D', 'Conv2D', 'Conv2DTranspose', 'Cropping2D', 'DepthwiseConv2D', 'Flatten'],
  ...['GlobalAveragePooling2D', 'GlobalMaxPooling2D', 'MaxPooling2D', 'SeparableConv2D', 'SpatialDropout2D'],
  ...['UpSampling2D', 'ZeroPadding2D', 'Resizing', 'CenterCrop', 'RandomCrop', 'RandomFlip', 'RandomRotation'],
  ...['RandomTranslation', 'RandomZoom', 'RandomShear', 'RandomContrast', 'RandomBrightness', 'RandomErasing'],
  ...['RandomColorDegeneration', 'RandomGrayscale', 'RandomInvert', 'RandomPosterization', 'RandomSaturation'],
  ...['RandomSharpness', 'AutoContrast', 'Solarization', 'AdaptiveAveragePooling2D', 'AdaptiveMaxPooling2D'],
  ...['RandomHue', 'RandomColorJitter', 'RandomGaussianBlur', 'RandomPerspective', 'RandAugment', 'AugMix'],
  'ContrastLimitedAdaptiveHistogramEqualization',
];
/** The other layers of Keras that are layers here, under the same names. */
const plainLayers = [
  ...['Activation', 'ActivityRegularization', 'AlphaDropout', 'BatchNormalization', 'Dense', 'Dropout', 'ELU'],
  ...['GaussianDropout', 'GaussianNoise', 'GroupNormalization', 'Identity', 'LayerNormalization', 'LeakyReLU'],
  ...['Normalization', 'PReLU', 'Permute', 'RMSNormalization', 'ReLU', 'RepeatVector', 'Rescaling', 'Reshape'],
  ...['Softmax', 'UnitNormalization', 'Add', 'Average', 'Concatenate', 'Dot', 'Maximum', 'Minimum', 'Multiply'],
  ...['Subtract', 'CategoryEncoding', 'Discretization', 'EinsumDense', 'IntegerLookup', 'SpectralNormalization'],
];
const known = new Set([...imageLayers, ...plainLayers]);

/** Whether Keras has a layer of that name which is one here. */
export const isKerasLayer = (className: string): boolean => known.has(className);

/** What Keras's configs say besides the options that exist here: the values which change nothing. */
const neutral = new Map<string, readonly Json[]>([
  ['data_format', ['channels_last', null]],
  ['rms_scaling', [false]],
  ['quantization_config', [null]],
  ['lora_rank', [null]],
  ['antialias', [false]],
  // For training on several machines, each of which has its own batch.
  ['synchronized', [false, true, null]],
  // How fast, not what, a layer of Keras 2 computes.
  ['fused', [false, true, null]],
  ['virtual_batch_size', [null]],
  ['dynamic', [false]],
  ['autocast', [true]],
]);

/** Options that are neutral for one class alone. */
const neutralOf = new Map<string, readonly Json[]>([
  ['Resizing.fill_mode', ['constant']],
  ['CategoryEncoding.sparse', [false]],
  ['Discretization.sparse', [false]],
  ['IntegerLookup.sparse', [false]],
  ['IntegerLookup.vocabulary_dtype', ['int64', 'int32']],
  ['IntegerLookup.idf_weights', [null]],
  ['IntegerLookup.oov_method', ['floormod']],
  ['IntegerLookup.salt', [null]],
  ['DepthwiseConv2D.groups', [1]],
  ['SeparableConv2D.groups', [1]],
  ['Conv2DTranspose.groups', [1]],
  ...['Flatten', 'Dropout', 'Activation', 'ActivityRegularization', 'LayerNormalization'].map(
    className => [`${className}.activity_regularizer`, [null]] as const,
  ),
]);

/** Options of older Keras under their present names. */
const renamed = new Map([['LeakyReLU.alpha', 'negativeSlope']]);

/** What belongs to a layer, not to its options. */
const ofEveryLayer = ['name', 'trainable', 'dtype', 'batch_input_shape', 'batch_shape', 'input_dtype'];

/** The options of a layer from Keras's. Throws FormatError for one that has no meaning here; `what` begins the message. */
export function readOptions(what: string, className: string, config: object): LayerOptionValues {
  const read: [string, Json][] = [];
  checkDtype(what, 'dtype' in config ? config.dtype : undefined);
  for (const [option, value] of Object.entries(config)) {
    if (ofEveryLayer.includes(option)) continue;
    const allowed = neutral.get(option) ?? neutralOf.get(`${className}.${option}`);
    if (allowed !== undefined) {
      if (allowed.includes(value)) continue;
      throw new FormatError(`${what} has ${option} ${describe(value)}, which Inkling does not have`);
    }
    // The size follows from the vocabulary.
    if (isLegacyKernelOption(className, option) || option === 'vocabulary_size') continue;
    const name = renamed.get(`${className}.${option}`) ?? optionOf(option);
    read.push([name, readOption(`${what}: ${option}`, className, option, value)]);
  }
  return Object.fromEntries(read);
}

/** Depthwise layers of Keras 2 repeat options of the kernel that they do not have. */
const isLegacyKernelOption = (className: string, option: string): boolean =>
  (className === 'DepthwiseConv2D' || className === 'SeparableConv2D') &&
  kinds.some(kind => option === `kernel_${kind}`);

function readOption(what: string, className: string, option: string, value: unknown): Json {
  if (option === 'activation') return readActivation(what, value);
  if (kinds.some(kind => option.endsWith(`_${kind}`))) return readObject(what, value);
  if (option === 'output_mode' && typeof value === 'string') return camelCase(value);
  // Keras 2 gave the axis of a batch normalization as a list of one.
  if (className === 'BatchNormalization' && option === 'axis' && Array.isArray(value) && value.length === 1) {
    return value[0] as Json;
  }
  // The factory of the layer checks the options that it takes.
  return value as Json;
}

/** Policies whose variables are float32, so that a model computes the same here but for the rounding between layers. */
const policies = ['float32', 'mixed_float16', 'mixed_bfloat16'];

function checkDtype(what: string, dtype: unknown): void {
  const { config = {} } = isObject(dtype) ? dtype : {};
  const name = isObject(config) && isObject(dtype) ? config['name'] : dtype;
  if (name === undefined || name === null || (typeof name === 'string' && policies.includes(name))) return;
  throw new FormatError(`${what} has the dtype ${describe(name)}; models here compute in float32: save it as that`);
}

/** The options of a layer for Keras. Throws FormatError where it has none that say the same. */
export function writeOptions(what: string, className: string, config: LayerOptionValues): { [option: string]: Json } {
  const written: [string, Json][] = imageLayers.includes(className) ? [['data_format', 'channels_last']] : [];
  for (const [option, value] of Object.entries(config)) {
    if (isOfRenormAlone(className, option, config)) continue;
    written.push([kerasOption(option), writeOption(`${what}: ${option}`, option, value)]);
  }
  return Object.fromEntries(written);
}

/** Older versions of Keras do not know batch renormalization, which is mentioned only where it is used. */
const isOfRenormAlone = (className: string, option: string, config: LayerOptionValues): boolean =>
  className === 'BatchNormalization' && option.startsWith('renorm') && config['renorm'] === false;

function writeOption(what: string, option: string, value: Json): Json {
  if (option === 'activation') return writeActivation(what, value);
  if (option === 'outputMode') return kerasText(String(value));
  const kind = kinds.find(each => kerasOption(option).endsWith(`_${each}`));
  return kind === undefined ? value : writeObject(kind, value);
}
