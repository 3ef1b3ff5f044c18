/** Networks of drawn layers, which both programs have under nearly the same names. */
import fc from 'fast-check';
import { Sequential, type Shape, ShapeError } from 'inkling';
import { uniform } from '../../golden/inputs.ts';
import { type LayerSpec, layerOf } from '../../golden/networks.ts';
import type { Tfjs, TfjsModel } from './environment.ts';

export interface DrawnNetwork {
  readonly name: string;
  readonly input: Shape;
  readonly layers: readonly LayerSpec[];
  /** TensorFlow.js has no gradients of dilated convolutions, and wrong ones of `upSampling2d` in batches (docs/tfjs.md). */
  readonly trains: boolean;
}

/** All activations that TensorFlow.js has, but `hard_sigmoid`, whose slope is another there. */
export const activations = [
  ...['elu', 'gelu', 'linear', 'logSoftmax', 'mish', 'relu', 'relu6', 'selu', 'sigmoid', 'softmax', 'softplus'],
  ...['softsign', 'swish', 'tanh'],
];

const size = fc.constantFrom(1, 2, 3, [2, 3], [3, 1]);
const strides = fc.constantFrom(1, 2, 3, [1, 2], [3, 2]);
const padding = fc.constantFrom('valid', 'same');
const activation = fc.constantFrom(...activations);
const useBias = fc.boolean();
const filters = fc.integer({ min: 1, max: 6 });
const amount = fc.nat(2);
const sides = fc.tuple(fc.tuple(amount, amount), fc.tuple(amount, amount));
const common = { kernelSize: size, padding, activation, useBias };

/** Options by the names of factories here. */
const onImages: { readonly [factory: string]: { readonly [option: string]: fc.Arbitrary<unknown> } } = {
  conv2d: { filters, strides, ...common },
  depthwiseConv2d: { depthMultiplier: fc.constantFrom(1, 2), strides: fc.constantFrom(1, 2), ...common },
  // TensorFlow.js leaves a depthMultiplier out of what it saves (docs/tfjs.md).
  separableConv2d: { filters, strides: fc.constantFrom(1, 2), ...common },
  conv2dTranspose: { filters, strides: fc.constantFrom(1, 2, [1, 2]), ...common },
  batchNormalization: { momentum: fc.constantFrom(0.9, 0.99), epsilon: fc.constantFrom(0.001, 0.01) },
  layerNormalization: { epsilon: fc.constantFrom(0.001, 0.01) },
  maxPooling2d: { poolSize: fc.constantFrom(2, 3, [1, 2]), strides, padding },
  // At a padded border the gradients differ (docs/tfjs.md).
  averagePooling2d: { poolSize: fc.constantFrom(2, 3, [1, 2]), strides },
  upSampling2d: { size: fc.constantFrom([2, 2], [1, 3]) },
  zeroPadding2d: { padding: sides },
  cropping2d: { cropping: sides },
  permute: { dims: fc.constantFrom([2, 1, 3], [3, 1, 2]) },
  prelu: { sharedAxes: fc.constantFrom(null, [1, 2]) },
  leakyRelu: { negativeSlope: fc.constantFrom(0.1, 0.3) },
  relu: { maxValue: fc.constantFrom(null, 2) },
  elu: {},
  softmax: { axis: fc.constant(-1) },
  dropout: { rate: fc.constant(0) },
  rescaling: { scale: fc.constantFrom(0.5, 1.5), offset: fc.constantFrom(0, 0.25) },
};
const dilated = {
  conv2d: { filters, dilationRate: fc.constantFrom(2, 3), ...common },
  separableConv2d: { filters, dilationRate: fc.constant(2), ...common },
};
// Where several numbers are the largest, the gradients of globalMaxPooling2d differ (docs/tfjs.md): it has a network of its own.
const toVectors = { flatten: {}, globalAveragePooling2d: {} };

const layerFrom = (table: typeof onImages): fc.Arbitrary<LayerSpec> =>
  fc
    .constantFrom(...Object.keys(table))
    .chain(factory => fc.record({ ...table[factory]! }).map(options => ({ factory, options: { ...options } })));

const network = fc
  .record({
    input: fc.tuple(fc.integer({ min: 7, max: 12 }), fc.integer({ min: 7, max: 12 }), fc.integer({ min: 1, max: 3 })),
    images: fc.array(fc.oneof({ arbitrary: layerFrom(onImages), weight: 12 }, layerFrom(dilated)), {
      minLength: 3,
      maxLength: 6,
    }),
    between: layerFrom(toVectors),
    units: fc.integer({ min: 2, max: 4 }),
  })
  .map(({ input, images, between, units }) => {
    const layers: LayerSpec[] = [];
    const fitting = [...images, between, { factory: 'dense', options: { units } }];
    for (const layer of fitting) if (outputOf(input, [...layers, layer]) !== undefined) layers.push(layer);
    return { input, layers };
  });

/** Undefined where the layers do not fit, or make more of an image than a test should compute with. */
function outputOf(input: Shape, layers: readonly LayerSpec[]): Shape | undefined {
  try {
    const { outputShape } = madeHere({ input, layers }, 'fitting');
    return outputShape.reduce((product, axis) => product * axis, 1) > 3000 ? undefined : outputShape;
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}

/** The networks that a seed gives. */
export const drawNetworks = (seed: number, count: number): DrawnNetwork[] =>
  fc.sample(network, { seed, numRuns: count }).map(({ input, layers }, i) => ({
    name: `drawn${i}`,
    input,
    layers,
    trains: layers.every(({ factory, options }) => factory !== 'upSampling2d' && !('dilationRate' in options)),
  }));

/** What is not drawn, since options or gradients differ. */
export const plainNetworks: readonly DrawnNetwork[] = [
  {
    name: 'largest',
    input: [6, 6, 2],
    layers: [
      { factory: 'conv2d', options: { filters: 3, kernelSize: 3 } },
      { factory: 'globalMaxPooling2d', options: {} },
      { factory: 'dense', options: { units: 2 } },
    ],
    trains: true,
  },
];

/** Each activation behind a dense layer, and as a layer of its own. */
export const networksOfActivations = (): DrawnNetwork[] =>
  activations.map(name => ({
    name: `activation_${name}`,
    input: [5],
    layers: [
      { factory: 'dense', options: { units: 4, activation: name } },
      { factory: 'dense', options: { units: 4 } },
      { factory: 'activation', options: { activation: name } },
      { factory: 'dense', options: { units: 2 } },
    ],
    trains: true,
  }));

export function madeHere({ input, layers }: Pick<DrawnNetwork, 'input' | 'layers'>, name: string): Sequential {
  const model: Sequential = new Sequential({ inputShape: input, seed: 1, name });
  for (const layer of layers) model.add(layerOf(layer));
  return model;
}

const renamedFactories: { readonly [factory: string]: string } = {
  cropping2d: 'cropping2D',
  leakyRelu: 'leakyReLU',
  relu: 'reLU',
};
const renamedOptions: { readonly [option: string]: string } = { negativeSlope: 'alpha' };

/** The network as TensorFlow.js makes it, with weights by the formula of the inputs. */
export function madeThere(tf: Tfjs, { input, layers }: DrawnNetwork, name: string): TfjsModel {
  const made = layers.map(({ factory, options }, i) => {
    const given = Object.entries(options).map(([option, value]) => [renamedOptions[option] ?? option, value]);
    const first = i === 0 ? { inputShape: [...input] } : {};
    return tf.layers[renamedFactories[factory] ?? factory]!({ ...Object.fromEntries(given), ...first });
  });
  const model = tf.sequential({ name, layers: made });
  const weights = model.weights.map(({ originalName, shape }, i) => {
    const values = uniform(`${name}/${i}`, { shape, scale: 0.8 });
    const isVariance = originalName.endsWith('moving_variance');
    const isFactor = isVariance || originalName.endsWith('gamma');
    return tf.tensor(isFactor ? values.map(value => value + 1) : values, shape);
  });
  model.setWeights(weights);
  return model;
}
