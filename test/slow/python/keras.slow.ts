/** Models that Keras opens, trains on and saves again, and that are opened here again. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { decodeKeras, encodeKeras } from '../../../lib/formats/keras/keras-file.ts';
import type { Layer, Loss, Sequential as Model, Optimizer, Shape } from '../../../lib/index.ts';
import * as inkling from '../../../lib/index.ts';
import { labels, uniform } from '../../golden/inputs.ts';
import { drawNetworks, layerOf } from '../../golden/networks.ts';
import { runCommand } from '../../run-command.ts';
import { pythonWith } from './environment.ts';

const { activation, add, conv2d, dense, flatten, graph, Sequential, tensor } = inkling;
const { python = '', missing } = await pythonWith('keras', 'torch', 'h5py');

interface Case {
  readonly name: string;
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly loss?: Loss;
}

const rows = 4;
const steps = 20;

const options = { seed: 3, inputShape: [28, 28, 1] } as const;

/** With few examples, batch normalization in deep networks multiplies differences in the last digits: it is frozen. */
function calmMobilenet(): Model {
  const model = inkling.mobilenetV2({ ...options, width: 0.25, dropout: 0 });
  model.freeze(/batch_normalization[^/]*$/);
  return model;
}
const small = () => inkling.sgd({ learningRate: 1e-4 });
const networks: readonly Case[] = [
  { name: 'shallow', model: inkling.shallowCnn(options), optimizer: inkling.adam() },
  { name: 'paired', model: inkling.pairedCnn({ ...options, dropout: 0 }), optimizer: inkling.adam() },
  { name: 'stacked', model: inkling.stackedCnn({ ...options, dropout: 0 }), optimizer: inkling.rmsprop() },
  { name: 'lenet5', model: inkling.lenet5(options), optimizer: inkling.sgd({ learningRate: 0.01 }) },
  { name: 'alexnet', model: inkling.alexnet({ ...options, width: 0.25, dropout: 0 }), optimizer: inkling.adam() },
  { name: 'resnet', model: inkling.resnet({ ...options, depth: 20 }), optimizer: small() },
  { name: 'mobilenet', model: calmMobilenet(), optimizer: small() },
];

/** Networks of layers that are drawn, without dropout. */
function drawn(): Case[] {
  return drawNetworks(77, 40).flatMap(({ input, layers }, i) => {
    const used = layers.filter(({ factory }) => factory !== 'dropout');
    const model = new Sequential({ inputShape: input, seed: i });
    for (const layer of used) model.add(layerOf(layer));
    // Keras over PyTorch counts the zeros of the padding in means, which Keras over TensorFlow does not.
    const countsZeros = used.some(
      ({ factory, options: { padding } }) => factory === 'averagePooling2d' && padding === 'same',
    );
    const isLarge = used.length === 0 || model.countParams() > 300_000 || model.countParams() === 0;
    if (countsZeros || isLarge) return [];
    return [
      { name: `drawn${i}`, model, optimizer: inkling.sgd({ learningRate: 1e-4 }), loss: inkling.meanSquaredError() },
    ];
  });
}

/** All that files tell in other words, layer by layer on images. */
const layers: readonly (() => Layer)[] = [
  () => inkling.depthwiseConv2d(3, { depthMultiplier: 2, strides: 2, padding: 'same' }),
  () => inkling.separableConv2d(6, 3, { dilationRate: 2, activation: 'hardSigmoid' }),
  () => conv2d(6, [2, 3], { groups: 2, padding: { top: 2, bottom: 0, left: 1, right: 3 }, activation: 'mish' }),
  () => inkling.conv2dTranspose(4, 3, { strides: 2, padding: 'same', activation: 'softplus' }),
  () => inkling.batchNormalization({ momentum: 0.8, scale: false }),
  () => inkling.batchNormalization({ renorm: true, renormClipping: { rmax: 3, rmin: 0.3, dmax: 5 } }),
  () => inkling.layerNormalization({ axis: [1, -1] }),
  () => inkling.groupNormalization({ groups: 2 }),
  () => inkling.rmsNormalization(),
  () => inkling.spectralNormalization(conv2d(3, 2, { strides: 2, activation: 'relu' }), { powerIterations: 2 }),
  () => inkling.spectralNormalization(dense(3)),
  () => inkling.unitNormalization({ axis: -1 }),
  () => inkling.normalization({ mean: [0.1, 0.2, 0.3, 0.4], variance: [1, 2, 3, 4] }),
  () => inkling.normalization({ axis: null, mean: 0.5, variance: 2, invert: true }),
  () => inkling.prelu({ sharedAxes: [1, 2], alphaInitializer: inkling.initializers.constant({ value: 0.2 }) }),
  () => inkling.relu({ maxValue: 1, negativeSlope: 0.1, threshold: 0.2 }),
  () => inkling.leakyRelu(),
  () => inkling.elu({ alpha: 0.4 }),
  () => inkling.softmax({ axis: [1, 2] }),
  () =>
    inkling.zeroPadding2d([
      [1, 2],
      [0, 3],
    ]),
  () =>
    inkling.cropping2d([
      [1, 0],
      [2, 1],
    ]),
  () => inkling.upSampling2d({ size: 2, interpolation: 'bilinear' }),
  () => inkling.resizing(5, 9),
  () => inkling.maxPooling2d({ poolSize: [2, 3], strides: 1, padding: 'same' }),
  () => inkling.averagePooling2d({ poolSize: 3, strides: 2 }),
  () => inkling.adaptiveAveragePooling2d([3, 5]),
  () => inkling.globalMaxPooling2d({ keepDims: true }),
  () => inkling.permute([3, 1, 2]),
  () => inkling.reshape([-1, 8]),
  () => inkling.activityRegularization({ l2: 0.01 }),
  () => inkling.rescaling({ scale: 0.5, offset: 1 }),
  () => inkling.centerCrop(4, 5),
  () => inkling.paddedShortcut({ filters: 7 }),
  () => inkling.randomFlip(),
  () => inkling.residual([conv2d(4, 3, { padding: 'same' })], { activation: 'relu' }),
  () =>
    inkling.branches([[], conv2d(3, 1), [conv2d(2, 3, { padding: 'same' }), inkling.relu()]], {
      join: 'concatenate',
      activation: 'tanh',
    }),
  () => new Sequential({ inputShape: [8, 8, 4] }).add(conv2d(3, 3)).add(inkling.layerNormalization()),
];

const fixed: readonly Case[] = layers.map((make, i) => {
  const layer = make();
  const isRandom = layer.className === 'RandomFlip';
  const model = new Sequential({ inputShape: [8, 8, 4], seed: i });
  model.add(conv2d(4, 1, { kernelRegularizer: 'l2', biasConstraint: 'nonNeg' }));
  if (!isRandom) model.add(layer);
  model.add(flatten()).add(dense(3, { kernelInitializer: 'heNormal' }));
  return {
    name: `layer${i}_${layer.className}`,
    model,
    optimizer: inkling.sgd({ learningRate: 0.003 }),
    loss: inkling.meanSquaredError(),
  };
});

/** Without `sparsemax`, whose rows do not sum to 1 in Keras (docs/parameters.md). */
const activations = [
  ...[
    'linear',
    'relu',
    'leakyRelu',
    'relu6',
    'elu',
    'selu',
    'celu',
    'gelu',
    'silu',
    'swish',
    'mish',
    'sigmoid',
    'tanh',
  ],
  ...[
    'softmax',
    'logSoftmax',
    'logSigmoid',
    'softplus',
    'softsign',
    'exponential',
    'hardSigmoid',
    'hardSilu',
    'hardSwish',
  ],
  ...['hardTanh', 'hardShrink', 'softShrink', 'tanhShrink', 'squareplus', 'sparsePlus', 'sparseSigmoid'],
] as readonly inkling.ActivationName[];

/** Each activation beside the others, so that one file has them all; and layers that are called twice. */
function others(): Case[] {
  const all = graph([6], (x, apply) => {
    const values = activations.map(name => apply(activation(name), x));
    return apply(dense(3), apply(add(), values));
  });
  const shared = graph([6, 6, 2], (x, apply) => {
    const twice = conv2d(2, 3, { padding: 'same', name: 'twice' });
    const y = apply(twice, apply(inkling.relu(), apply(twice, x)));
    return apply(dense(2), apply(flatten(), apply(inkling.multiply(), [x, y])));
  });
  const frozen = new Sequential({ inputShape: [6, 6, 2], seed: 1 })
    .add(conv2d(3, 3, { name: 'below' }))
    .add(inkling.batchNormalization())
    .add(flatten())
    .add(dense(2));
  frozen.freeze(['below', 'batch_normalization']);
  const models = { all: new Sequential([all], { seed: 5 }), shared: new Sequential([shared], { seed: 6 }), frozen };
  return Object.entries(models).map(([name, model]) => ({
    name,
    model,
    optimizer: inkling.adam({ learningRate: 0.002 }),
    loss: inkling.meanSquaredError(),
  }));
}

const optimizers: readonly Optimizer[] = [
  inkling.adam({ amsgrad: true, clipValue: 0.01 }),
  inkling.adam({ useEma: true, emaMomentum: 0.7, emaOverwriteFrequency: 3, globalClipNorm: 0.1 }),
  inkling.sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.01, gradientAccumulationSteps: 3 }),
  inkling.rmsprop({ momentum: 0.5, centered: true }),
  inkling.adagrad(),
  inkling.adadelta({ learningRate: 1 }),
  inkling.adafactor({ learningRate: 0.01 }),
  inkling.adamax(),
  inkling.adamw({ weightDecay: 0.02 }),
  inkling.ftrl({ l1RegularizationStrength: 0.001 }),
  inkling.lamb(),
  inkling.lion(),
  inkling.muon({ excludeLayers: ['output'] }),
  inkling.nadam(),
  inkling.adam({ learningRate: inkling.cosineDecay({ initialLearningRate: 0.01, decaySteps: 15 }) }),
  inkling.adam({
    learningRate: inkling.exponentialDecay({ initialLearningRate: 0.01, decaySteps: 5, decayRate: 0.5 }),
  }),
  inkling.adam({ learningRate: inkling.piecewiseConstantDecay({ boundaries: [5, 10], values: [0.01, 0.005, 0.001] }) }),
];
const losses: readonly Loss[] = [
  ...[inkling.meanSquaredError(), inkling.huber(), inkling.logCosh(), inkling.cosineSimilarity()],
  ...[inkling.meanAbsoluteError({ reduction: 'sum' }), inkling.hinge(), inkling.squaredHinge()],
];

const trained: readonly Case[] = optimizers.map((optimizer, i) => ({
  name: `optimizer${i}_${optimizer.name}`,
  model: new Sequential({ inputShape: [5], seed: i })
    .add(dense(4, { activation: 'tanh', biasInitializer: 'ones' }))
    .add(dense(3, { name: 'output' })),
  optimizer,
  loss: losses[i % losses.length]!,
}));

interface Told {
  readonly predictions: readonly number[];
  readonly losses: readonly number[];
  readonly className: string;
  readonly error?: string;
}

function batchOf(name: string, { inputShape, outputShape, compiled }: Model) {
  const x = tensor(uniform(`${name}/x`, { shape: [rows, ...inputShape], scale: 2 }), [rows, ...inputShape]);
  if (compiled!.loss.targets === 'classes') {
    return {
      x,
      y: tensor(labels(`${name}/y`, rows, outputShape.at(-1)!), [rows, ...outputShape.slice(0, -1)], 'int32'),
    };
  }
  return { x, y: tensor(uniform(`${name}/y`, { shape: [rows, ...outputShape], scale: 2 }), [rows, ...outputShape]) };
}

async function train(name: string, model: Model, count: number): Promise<number[]> {
  const { x, y } = batchOf(name, model);
  const losses: number[] = [];
  for (let step = 0; step < count; step++) losses.push((await model.trainOnBatch(x, y)).loss);
  return losses;
}

/** The largest difference over the largest number, where that is above `least`. */
function far(a: ArrayLike<number>, b: ArrayLike<number>, least: number): number {
  let [difference, scale] = [0, least];
  for (let i = 0; i < b.length; i++) {
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return difference / scale;
}

t.test(
  'Keras opens what is written here, and what Keras writes is opened here',
  { skip: missing ?? false },
  async t => {
    const folder = await mkdtemp(join(tmpdir(), 'inkling-keras-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const cases = [...networks, ...drawn(), ...fixed, ...others(), ...trained];
    const described: {
      name: string;
      inputShape: Shape;
      outputShape: Shape;
      targets: string;
      [more: string]: unknown;
    }[] = [];
    for (const { name, model, optimizer, loss = inkling.sparseCategoricalCrossentropy() } of cases) {
      model.compile({ optimizer, loss });
      await train(name, model, 3);
      await writeFile(join(folder, `${name}.keras`), await encodeKeras(model));
      const { inputShape, outputShape } = model;
      const shapes = { name, inputShape, outputShape, columns: outputShape.at(-1), rows };
      described.push({ ...shapes, targets: loss.targets, steps });
    }
    await writeFile(join(folder, 'cases.json'), JSON.stringify(described));
    await runCommand('.', python, join(import.meta.dirname, 'keras_files.py'), folder);
    const told = JSON.parse(await readFile(join(folder, 'told.json'), 'utf8')) as { readonly [name: string]: Told };

    for (const { name, model } of cases) {
      const { predictions, losses, error } = told[name]!;
      await t.test(name, async t => {
        if (error !== undefined) return t.fail(error);
        const { x } = batchOf(name, model);
        const here = (await model.predict(x)).data;
        t.ok(far(here, predictions, 1) < 1e-5, `predictions differ by ${far(here, predictions, 1)}`);
        const again = await decodeKeras(await readFile(join(folder, `${name}.back.keras`)));
        const back = (await again.predict(x)).data;
        t.ok(
          far(back, predictions, 1) < 1e-5,
          `predictions of the file of Keras differ by ${far(back, predictions, 1)}`,
        );
        const followed = await train(name, model, steps);
        t.ok(far(followed, losses, 0) < 1e-4, `losses differ by ${far(followed, losses, 0)}`);
        const backLosses = await train(name, again, steps);
        t.ok(far(backLosses, losses, 0) < 1e-4, `losses of the file of Keras differ by ${far(backLosses, losses, 0)}`);
      });
    }
  },
);
