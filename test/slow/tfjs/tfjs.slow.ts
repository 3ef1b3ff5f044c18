/**
 * Models go to the real TensorFlow.js and come back: both programs predict the same, and their losses of further steps are the
 * same. INKLING_TFJS names a folder in which its packages are installed; else they are, once.
 */
import {
  adagrad,
  adam,
  alexnet,
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2d,
  FormatError,
  globalAveragePooling2d,
  type Layer,
  type Loss,
  lenet5,
  meanSquaredError,
  mobilenetV2,
  type Optimizer,
  pairedCnn,
  relu,
  rescaling,
  residual,
  resnet,
  rmsprop,
  Sequential,
  separableConv2d,
  sgd,
  shallowCnn,
  sparseCategoricalCrossentropy,
  stackedCnn,
  type Tensor,
  tensor,
} from 'inkling';
import { decodeTfjs, encodeTfjs } from 'inkling/formats';
import t from 'tap';
import { labels, uniform } from '../../golden/inputs.ts';
import { drawNetworks, madeHere, madeThere, networksOfActivations, plainNetworks } from './drawn.ts';
import { type Artifacts, type TfjsModel, type TfjsTensor, tensorFlow } from './environment.ts';

const { tf, missing } = await tensorFlow();

const steps = 20;
/** Losses that training has brought down to nothing have digits that rounding alone has made. */
const leastLoss = 1e-9;
const rows = 4;

type Test = Pick<typeof t, 'ok'>;

/** A batch in both programs. */
interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly theirX: TfjsTensor;
  readonly theirY: TfjsTensor;
}

interface Sizes {
  readonly scale: number;
  readonly offset?: number;
  readonly classes: boolean;
}

function batchOf(name: string, { inputShape, outputShape }: Sequential, { scale, offset = 0, classes }: Sizes): Batch {
  const shape = [rows, ...inputShape];
  const values = uniform(`${name}/x`, { shape, scale, offset });
  const [x, theirX] = [tensor(values, shape), tf!.tensor(values, shape)];
  if (classes) {
    const drawn = labels(`${name}/y`, rows, outputShape.at(-1)!);
    return { x, y: tensor(drawn, [rows], 'int32'), theirX, theirY: tf!.tensor(Float32Array.from(drawn), [rows, 1]) };
  }
  const targets = uniform(`${name}/y`, { shape: [rows, ...outputShape], scale: 2 });
  const targetShape = [rows, ...outputShape];
  return { x, y: tensor(targets, targetShape), theirX, theirY: tf!.tensor(targets, targetShape) };
}

/** The model in TensorFlow.js, by the files that are written here. */
async function there(model: Sequential): Promise<TfjsModel> {
  const files = await encodeTfjs(model);
  const { weightsManifest, ...json } = JSON.parse(new TextDecoder().decode(files['model.json'])) as {
    readonly weightsManifest: readonly [{ readonly paths: readonly string[]; readonly weights: readonly object[] }];
  };
  const [{ paths, weights }] = weightsManifest;
  const weightData = await new Blob(paths.map(path => files[path] as Uint8Array<ArrayBuffer>)).arrayBuffer();
  return tf!.loadLayersModel({ load: async () => ({ ...json, weightSpecs: weights, weightData }) });
}

/** The model here, by the files that TensorFlow.js writes. */
async function here(model: TfjsModel): Promise<Sequential> {
  const saved: Artifacts[] = [];
  const save = async (artifacts: Artifacts) => {
    saved.push(artifacts);
    return {};
  };
  await model.save({ save }, { includeOptimizer: true });
  const [{ weightSpecs, weightData, ...json }] = saved as [Artifacts];
  const main = { ...json, weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }] };
  const text = new TextEncoder().encode(JSON.stringify(main));
  return decodeTfjs({ 'model.json': text, 'weights.bin': new Uint8Array(weightData) });
}

function predictedThere(model: TfjsModel, { theirX }: Batch): Float32Array {
  const y = model.predict(theirX);
  const values = y.dataSync();
  y.dispose();
  return values;
}

/** The largest difference over the largest number, where that is above `least`. */
function far(a: ArrayLike<number>, b: ArrayLike<number>, least: number): number {
  let [difference, scale] = [0, least];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return Number.isFinite(difference) ? difference / scale : Number.POSITIVE_INFINITY;
}

/** Compares the predictions of the programs, and the losses of so many further steps, relative to each. */
async function compare(
  t: Test,
  models: { readonly [name: string]: Sequential },
  theirs: TfjsModel,
  { batch, count }: { readonly batch: Batch; readonly count: number },
): Promise<void> {
  const predicted = predictedThere(theirs, batch);
  for (const [name, model] of Object.entries(models)) {
    const difference = far((await model.predict(batch.x)).data, predicted, 1);
    t.ok(difference < 1e-5, `predictions of ${name} differ by ${difference}`);
  }
  for (let step = 0; step < count; step++) {
    const expected = await theirs.trainOnBatch(batch.theirX, batch.theirY);
    for (const [name, model] of Object.entries(models)) {
      const { loss } = await model.trainOnBatch(batch.x, batch.y);
      const isClose = Math.abs(loss - expected) < 1e-4 * Math.abs(expected) + leastLoss;
      t.ok(isClose, `step ${step} of ${name}: ${loss}, expected ${expected}`);
    }
  }
}

// Adam there adds epsilon to the corrected root, in Keras to the root before: a small one lets the programs agree.
const adamAlike = (learningRate: number) => adam({ learningRate, epsilon: 1e-10 });

interface Network {
  readonly name: string;
  readonly make: (options: { readonly seed: number; readonly inputShape: readonly [number, number, 1] }) => Sequential;
  readonly optimizer: Optimizer;
  /** Rows and columns of the images on which it trains: TensorFlow.js without a native add-on needs seconds for a larger step. */
  readonly side: number;
}

const momentum = (learningRate: number) => sgd({ learningRate, momentum: 0.9 });
const networks: readonly Network[] = [
  { name: 'shallow', make: shallowCnn, optimizer: adamAlike(0.001), side: 12 },
  {
    name: 'paired',
    make: options => pairedCnn({ ...options, width: 0.25, dropout: 0 }),
    optimizer: sgd({ learningRate: 0.001 }),
    side: 12,
  },
  {
    name: 'stacked',
    make: options => stackedCnn({ ...options, width: 0.5, dropout: 0 }),
    optimizer: rmsprop({ learningRate: 1e-4, epsilon: 1e-5 }),
    side: 12,
  },
  { name: 'lenet5', make: lenet5, optimizer: momentum(0.001), side: 16 },
  {
    name: 'alexnet',
    make: options => alexnet({ ...options, width: 0.125, dropout: 0 }),
    optimizer: sgd({ learningRate: 0.001, momentum: 0.9, nesterov: true }),
    side: 8,
  },
  {
    name: 'resnet',
    make: options => resnet({ ...options, depth: 20, width: 0.25 }),
    optimizer: sgd({ learningRate: 1e-4 }),
    side: 12,
  },
  { name: 'mobile', make: mobileStyle, optimizer: sgd({ learningRate: 1e-3 }), side: 12 },
];

/** As MobileNet V2 is made, with few blocks: gradients of the batch normalizations of all of them have no equal digits. */
function mobileStyle(options: {
  readonly seed: number;
  readonly inputShape: readonly [number, number, 1];
}): Sequential {
  const normalized = () => [batchNormalization(), relu({ maxValue: 6 })];
  const bottleneck = (filters: number): Layer[] => [
    ...[conv2d({ filters: 16, kernelSize: 1, useBias: false }), ...normalized()],
    ...[depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false }), ...normalized()],
    ...[conv2d({ filters, kernelSize: 1, useBias: false }), batchNormalization()],
  ];
  const model: Sequential = new Sequential(options);
  const layers = [
    ...[rescaling({ scale: 1 / 127.5, offset: -1 }), conv2d({ filters: 6, kernelSize: 3, strides: 2 })],
    ...[...normalized(), residual(bottleneck(6)), ...bottleneck(8), residual(bottleneck(8))],
    ...[globalAveragePooling2d(), dense({ units: 10, activation: 'softmax' })],
  ];
  for (const layer of layers) model.add(layer);
  return model;
}

for (const { name, make, optimizer, side } of networks) {
  t.test(`${name} goes to TensorFlow.js, trains on and comes back`, { skip: missing ?? false }, t =>
    goAndComeBack(t, { name, model: make({ seed: 3, inputShape: [side, side, 1] }), optimizer, count: steps }),
  );
}

const whole: readonly (readonly [name: string, model: () => Sequential])[] = [
  ['shallow', () => shallowCnn({ seed: 1 })],
  ['paired', () => pairedCnn({ seed: 1 })],
  ['stacked', () => stackedCnn({ seed: 1 })],
  ['AlexNet', () => alexnet({ seed: 1, width: 0.25 })],
  ['ResNet-20', () => resnet({ seed: 1, depth: 20 })],
  ['MobileNet V2', () => mobilenetV2({ seed: 1, width: 0.25 })],
];
for (const [name, make] of whole) {
  t.test(`${name} of its usual size goes to TensorFlow.js and comes back`, { skip: missing ?? false }, t =>
    goAndComeBack(t, { name, model: make(), optimizer: momentum(1e-4), count: 0 }),
  );
}

interface Way {
  readonly name: string;
  readonly model: Sequential;
  readonly optimizer: Optimizer;
  readonly count: number;
}

async function goAndComeBack(t: Test, { name, model, optimizer, count }: Way): Promise<void> {
  model.compile({ optimizer, loss: sparseCategoricalCrossentropy() });
  const batch = batchOf(name, model, { scale: 255, offset: 127, classes: true });
  await model.trainOnBatch(batch.x, batch.y);
  const theirs = await there(model);
  await compare(t, { model, again: await here(theirs) }, theirs, { batch, count });
}

/** Optimizers of both programs. */
const optimizers: readonly (readonly [ours: () => Optimizer, theirs: () => object])[] = [
  [() => sgd({ learningRate: 0.01 }), () => tf!.train['sgd']!(0.01)],
  [() => sgd({ learningRate: 0.01, momentum: 0.8 }), () => tf!.train['momentum']!(0.01, 0.8)],
  [() => adamAlike(0.001), () => tf!.train['adam']!(0.001, 0.9, 0.999, 1e-10)],
  [
    () => rmsprop({ learningRate: 0.001, rho: 0.8, momentum: 0.5, epsilon: 1e-5 }),
    () => tf!.train['rmsprop']!(0.001, 0.8, 0.5, 1e-5),
  ],
  [() => adagrad({ learningRate: 0.01 }), () => tf!.train['adagrad']!(0.01)],
];
const loss: Loss = meanSquaredError();

const drawn = [...drawNetworks(4, 60), ...networksOfActivations(), ...plainNetworks];
for (const [i, network] of drawn.entries()) {
  const { name, trains, layers } = network;
  const count = trains ? steps : 0;
  const listed = layers.map(({ factory }) => factory).join(', ');
  const [ours, made] = optimizers[i % optimizers.length]!;

  t.test(`${name} (${listed}) goes to TensorFlow.js and comes back`, { skip: missing ?? false }, async t => {
    const model = madeHere(network, name);
    model.compile({ optimizer: ours(), loss });
    const batch = batchOf(name, model, { scale: 2, classes: false });
    if (trains) await model.trainOnBatch(batch.x, batch.y);
    const theirs = await there(model);
    await compare(t, { model, again: await here(theirs) }, theirs, { batch, count });
  });

  t.test(`${name} (${listed}) comes from TensorFlow.js and goes back`, { skip: missing ?? false }, async t => {
    const theirs = madeThere(tf!, network, `${name}_there`);
    theirs.compile({ optimizer: made(), loss: 'meanSquaredError' });
    const model = madeHere(network, name);
    const batch = batchOf(name, model, { scale: 2, classes: false });
    if (trains) await theirs.trainOnBatch(batch.theirX, batch.theirY);
    const read = await here(theirs);
    const back = await there(read);
    const difference = far(predictedThere(back, batch), predictedThere(theirs, batch), 1);
    t.ok(difference < 1e-6, `predictions behind the way back differ by ${difference}`);
    await compare(t, { read, again: await here(back) }, theirs, { batch, count });
  });
}

t.test('what TensorFlow.js alone writes otherwise', { skip: missing ?? false }, async t => {
  const separable = new Sequential({ inputShape: [8, 8, 3], seed: 1 });
  separable.add(separableConv2d({ filters: 4, kernelSize: 3, depthMultiplier: 2, name: 'doubled' }));
  const theirs = await there(separable);
  const batch = batchOf('doubled', separable, { scale: 2, classes: false });
  await compare(t, { separable }, theirs, { batch, count: 0 });
  await t.rejects(
    here(theirs),
    new FormatError(
      'model.json: the variable "doubled/depthwise_kernel" has the shape [3, 3, 3, 2], but "doubled/depthwise_kernel" has [3, 3, 3, 1]',
    ),
    'it leaves out depthMultiplier',
  );
  const approximate = tf!.sequential({
    name: 'approximate',
    layers: [tf!.layers['dense']!({ units: 3, activation: 'gelu_new', inputShape: [4] })],
  });
  approximate.compile({ optimizer: tf!.train['sgd']!(0.01), loss: 'meanSquaredError' });
  const read = await here(approximate);
  const vectors = batchOf('approximate', read, { scale: 4, classes: false });
  await compare(t, { read }, approximate, { batch: vectors, count: steps });
});
