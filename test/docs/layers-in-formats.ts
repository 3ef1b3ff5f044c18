/** What becomes of each class of layers in each format: tried, with a small model that has it. */
import * as inkling from 'inkling';
import {
  decodeKeras,
  decodeOnnx,
  decodeTfjs,
  encodeKeras,
  encodeOnnx,
  encodeStateDict,
  encodeTfjs,
} from 'inkling/formats';
import { type LayerConfig, layerFromConfig } from '../../lib/layers/registry.ts';

const { conv2d, dense, flatten, InklingError, randomUniform, relu, rescaling, Sequential } = inkling;

/** ↔ both ways, → written alone, – neither, · nothing of it in the file. */
type Ways = '↔' | '→' | '–' | '·';
export const formats = ['.keras', 'TensorFlow.js', 'ONNX', 'state dict'] as const;

/** Options of classes that need some. */
const required: { readonly [className: string]: LayerConfig['config'] } = {
  Activation: { activation: 'tanh' },
  AdaptiveAveragePooling2D: { outputSize: 2 },
  AdaptiveMaxPooling2D: { outputSize: 2 },
  AlphaDropout: { rate: 0.5 },
  CategoryEncoding: { numTokens: 3, outputMode: 'multiHot' },
  CenterCrop: { height: 4, width: 4 },
  Conv2D: { filters: 3, kernelSize: 3 },
  Conv2DTranspose: { filters: 3, kernelSize: 3 },
  Cropping2D: { cropping: 1 },
  Dense: { units: 3 },
  DepthwiseConv2D: { kernelSize: 3 },
  Discretization: { binBoundaries: [0.2, 0.5] },
  Dropout: { rate: 0.5 },
  EinsumDense: { equation: 'abcd,de->abce', outputShape: [8, 8, 3] },
  GaussianDropout: { rate: 0.5 },
  GaussianNoise: { stddev: 0.5 },
  GroupNormalization: { groups: 2 },
  IntegerLookup: { vocabulary: [1, 2, 5], outputMode: 'multiHot' },
  Normalization: { mean: 0.5, variance: 2 },
  PaddedShortcut: { filters: 6 },
  PReLU: { sharedAxes: [1, 2] },
  Permute: { dims: [2, 1, 3] },
  RandomBrightness: { factor: 0.2 },
  RandomColorDegeneration: { factor: 0.2 },
  RandomContrast: { factor: 0.2 },
  RandomCrop: { height: 4, width: 4 },
  RandomHue: { factor: 0.2 },
  RandomPosterization: { factor: 4 },
  RandomRotation: { factor: 0.2 },
  RandomSaturation: { factor: 0.2 },
  RandomSharpness: { factor: 0.2 },
  RandomTranslation: { heightFactor: 0.2, widthFactor: 0.2 },
  RandomZoom: { heightFactor: 0.2 },
  RepeatVector: { n: 3 },
  Rescaling: { scale: 0.5 },
  Reshape: { targetShape: [16, 16] },
  Resizing: { height: 5, width: 7 },
  SeparableConv2D: { filters: 3, kernelSize: 3 },
  SpatialDropout2D: { rate: 0.5 },
};

/** Layers that are given others, and those that merge. */
const composed: { readonly [className: string]: () => inkling.Layer } = {
  Augmentation: () => inkling.augmentation([inkling.randomFlip()]),
  Branches: () => inkling.branches([conv2d(4, 1), relu()]),
  Graph: () => inkling.graph([8, 8, 4], (x, apply) => apply(inkling.add(), [x, apply(conv2d(4, 1), x)])),
  Residual: () => inkling.residual([conv2d(4, 1)]),
  Sequential: () => new Sequential({ inputShape: [8, 8, 4] }).add(conv2d(4, 1)),
  SpectralNormalization: () => inkling.spectralNormalization(conv2d(4, 1)),
};
const merging = ['Add', 'Average', 'Concatenate', 'Dot', 'Maximum', 'Minimum', 'Multiply', 'Subtract'];
const onColors = [
  'AugMix',
  'RandAugment',
  'RandomColorDegeneration',
  'RandomColorJitter',
  'RandomGrayscale',
  'RandomHue',
  'RandomSaturation',
];
const onVectors = ['CategoryEncoding', 'IntegerLookup', 'RepeatVector', 'Dot'];

function layerOf(className: string): inkling.Layer {
  if (Object.hasOwn(composed, className)) return composed[className]!();
  if (!merging.includes(className)) return layerFromConfig({ className, config: required[className] ?? {} });
  const merged: { readonly [className: string]: () => inkling.MergingLayer } = {
    Add: inkling.add,
    Average: inkling.average,
    Concatenate: inkling.concatenate,
    Dot: () => inkling.dot({ axes: 1 }),
    Maximum: inkling.maximum,
    Minimum: inkling.minimum,
    Multiply: inkling.multiply,
    Subtract: inkling.subtract,
  };
  const shape = onVectors.includes(className) ? [4] : [8, 8, 4];
  return inkling.graph(shape, (x, apply) => apply(merged[className]!(), [x, apply(rescaling(0.5), x)]));
}

type Again = (model: inkling.Sequential) => Promise<() => Promise<inkling.Sequential>>;

/** Writes a model; what that gives reads it again. */
const ways: { readonly [F in Exclude<(typeof formats)[number], 'state dict'>]: Again } = {
  '.keras': async model => {
    const bytes = await encodeKeras(model);
    return () => decodeKeras(bytes);
  },
  'TensorFlow.js': async model => {
    const files = await encodeTfjs(model);
    return () => decodeTfjs(files);
  },
  ONNX: async model => {
    const bytes = await encodeOnnx(model);
    return () => decodeOnnx(bytes);
  },
};

async function triedWays(model: inkling.Sequential, again: Again): Promise<Ways> {
  const x = randomUniform([2, ...model.inputShape], { seed: 2 });
  const read = await again(model).catch(refused);
  if (read === undefined) return '–';
  const loaded = await read().catch(refused);
  if (loaded === undefined) return '→';
  const [one, other] = [(await model.predict(x)).data, (await loaded.predict(x)).data];
  const isSame = one.length === other.length && one.every((value, i) => Math.abs(value - other[i]!) < 1e-5);
  if (!isSame) throw new Error(`${model.layers[0]!.className}: ${one}, but read again ${other}`);
  return '↔';
}

function refused(error: unknown): undefined {
  if (error instanceof InklingError) return undefined;
  throw error;
}

/** What becomes of a layer of that class, format by format; a state dict has nothing of a layer without parameters. */
export async function waysOf(className: string): Promise<readonly Ways[]> {
  const inputShape = onVectors.includes(className) ? [4] : [8, 8, onColors.includes(className) ? 3 : 4];
  const alone = new Sequential({ inputShape, seed: 1 }).add(layerOf(className));
  const model = new Sequential({ inputShape, seed: 1 }).add(layerOf(className)).add(flatten()).add(dense(2));
  const found: Ways[] = [];
  for (const again of Object.values(ways)) found.push(await triedWays(model, again));
  // What acts in training alone is left out of what predicts.
  if (await isIdentity(alone)) found[formats.indexOf('ONNX')] = '·';
  const dict = await encodeStateDict(alone).catch(refused);
  return [...found, dict === undefined ? '–' : alone.countParams() === 0 ? '·' : '↔'];
}

async function isIdentity(model: inkling.Sequential): Promise<boolean> {
  const x = randomUniform([2, ...model.inputShape], { seed: 3 })
    .subtract(0.5)
    .multiply(255);
  const { data, shape } = await model.predict(x);
  return shape.join() === x.shape.join() && data.every((value, i) => value === x.data[i]);
}
