/**
 * Writes tfjs/: models that TensorFlow.js 4.22 has made, trained and saved, what it predicts with them, and its losses of
 * three more steps. Its packages lie in a folder of their own:
 *
 *     npm install --prefix FOLDER @tensorflow/tfjs-core@4.22 @tensorflow/tfjs-layers@4.22 @tensorflow/tfjs-backend-cpu@4.22
 *     npx tsx test/golden/formats/tfjs_files.mjs FOLDER
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { labels, softTargets, uniform } from '../inputs.ts';

const load = createRequire(join(resolve(process.argv[2]), 'index.js'));
const tf = load('@tensorflow/tfjs-core');
load('@tensorflow/tfjs-backend-cpu');
const { sequential, layers, model, input, constraints, loadLayersModel } = load('@tensorflow/tfjs-layers');

const folder = join(import.meta.dirname, 'tfjs');
mkdirSync(folder, { recursive: true });
const examples = 6;

/** Weights by the formula of the inputs, so that each run of this program writes the same files. */
function fill(made, name) {
  const named = made.weights.map(weight => {
    const values = uniform(`${name}/${weight.name.replace(/_\d+$/, '')}`, { shape: weight.shape, scale: 0.8 });
    const isVariance = weight.originalName.endsWith('moving_variance');
    return tf.tensor(isVariance ? values.map(value => value + 1) : values, weight.shape);
  });
  made.setWeights(named);
}

const inputsOf = (name, shape) =>
  tf.tensor(uniform(`${name}/x`, { shape: [examples, ...shape], scale: 4 }), [examples, ...shape]);

function targetsOf(name, loss, columns) {
  if (loss.startsWith('sparse'))
    return tf.tensor(Float32Array.from(labels(`${name}/y`, examples, columns)), [examples, 1]);
  if (loss === 'categoricalCrossentropy')
    return tf.tensor(softTargets(`${name}/y`, examples, columns), [examples, columns]);
  return tf.tensor(uniform(`${name}/y`, { shape: [examples, columns], scale: 2 }), [examples, columns]);
}

const all = () =>
  sequential({
    name: 'all',
    layers: [
      layers.rescaling({ scale: 0.5, offset: 0.25, inputShape: [12, 12, 2], name: 'rescaling' }),
      layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', kernelRegularizer: 'l1l2', name: 'first' }),
      layers.batchNormalization({ name: 'normalized' }),
      layers.depthwiseConv2d({
        kernelSize: 3,
        padding: 'same',
        depthMultiplier: 2,
        activation: 'tanh',
        name: 'depthwise',
      }),
      layers.maxPooling2d({ poolSize: 2, name: 'pooled' }),
      layers.separableConv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'swish', name: 'separable' }),
      layers.leakyReLU({ alpha: 0.2, name: 'leaky' }),
      layers.prelu({ sharedAxes: [1, 2], name: 'learned' }),
      layers.upSampling2d({ size: [2, 2], name: 'up' }),
      layers.conv2dTranspose({
        filters: 2,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        activation: 'elu',
        name: 'transposed',
      }),
      layers.zeroPadding2d({
        padding: [
          [1, 0],
          [0, 1],
        ],
        name: 'padded',
      }),
      layers.cropping2D({
        cropping: [
          [1, 1],
          [1, 1],
        ],
        name: 'cropped',
      }),
      layers.averagePooling2d({ poolSize: 3, strides: 2, name: 'averaged' }),
      layers.reLU({ maxValue: 6, name: 'capped' }),
      layers.layerNormalization({ name: 'by_example' }),
      layers.dropout({ rate: 0, name: 'dropped' }),
      layers.permute({ dims: [3, 1, 2], name: 'permuted' }),
      layers.flatten({ name: 'flat' }),
      layers.dense({
        units: 8,
        activation: 'gelu',
        kernelConstraint: constraints.maxNorm({ maxValue: 2, axis: 0 }),
        name: 'hidden',
      }),
      layers.dense({ units: 3, activation: 'softmax', name: 'classes' }),
    ],
  });

/** One layer is called twice, and one of the layers is a model. */
function graph() {
  const x = input({ shape: [6, 6, 2], name: 'image' });
  const shared = layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', activation: 'selu', name: 'shared' });
  const inner = sequential({
    name: 'inner',
    layers: [layers.conv2d({ filters: 3, kernelSize: 1, inputShape: [6, 6, 4], name: 'within' })],
  });
  const once = layers.add({ name: 'sum' }).apply([x, shared.apply(x)]);
  const twice = layers.concatenate({ name: 'both' }).apply([once, shared.apply(once)]);
  const pooled = layers.globalAveragePooling2d({ name: 'pooled' }).apply(inner.apply(twice));
  const outputs = layers.dense({ units: 4, activation: 'softmax', name: 'classes' }).apply(pooled);
  return model({ inputs: x, outputs, name: 'graph' });
}

const small = name =>
  sequential({
    name,
    layers: [
      layers.dense({ units: 5, activation: 'sigmoid', inputShape: [4], name: 'hidden' }),
      layers.dense({ units: 2, name: 'numbers' }),
    ],
  });

// Adam there adds epsilon to the corrected root, in Keras to the root before: a small one lets the programs agree.
const cases = [
  {
    name: 'adam',
    make: all,
    optimizer: () => tf.train.adam(0.01, 0.9, 0.999, 1e-10),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  },
  {
    name: 'momentum',
    make: graph,
    optimizer: () => tf.train.momentum(0.05, 0.9, true),
    loss: 'sparseCategoricalCrossentropy',
  },
  {
    name: 'rmsprop',
    make: small,
    optimizer: () => tf.train.rmsprop(0.01, 0.8, 0.5, 1e-6),
    loss: 'meanSquaredError',
    metrics: ['mse'],
  },
  { name: 'rmsprop-plain', make: small, optimizer: () => tf.train.rmsprop(0.01), loss: 'meanAbsoluteError' },
  { name: 'adagrad', make: small, optimizer: () => tf.train.adagrad(0.1), loss: 'logcosh' },
  { name: 'sgd', make: small, optimizer: () => tf.train.sgd(0.1), loss: 'meanSquaredError' },
];

async function artifactsOf(made) {
  let artifacts;
  const save = async given => {
    artifacts = given;
    return {};
  };
  await made.save({ save }, { includeOptimizer: true });
  return artifacts;
}

/** Writes the files, the weights in shards of so many bytes. */
function write(name, artifacts, shardBytes) {
  const bytes = new Uint8Array(artifacts.weightData);
  const count = Math.ceil(bytes.length / shardBytes);
  const paths = Array.from({ length: count }, (_, i) => `${name}-shard${i + 1}of${count}.bin`);
  for (const [i, path] of paths.entries()) {
    writeFileSync(join(folder, path), bytes.subarray(i * shardBytes, (i + 1) * shardBytes));
  }
  // The order of the members is that of TensorFlow.js's browserDownloads.
  const { modelTopology, format, generatedBy, convertedBy, trainingConfig } = artifacts;
  const weightsManifest = [{ paths: paths.map(path => `./${path}`), weights: artifacts.weightSpecs }];
  const json = { modelTopology, format, generatedBy, convertedBy, trainingConfig, weightsManifest };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(json));
}

const done = [];
for (const { name, make, optimizer, loss, metrics = [] } of cases) {
  const made = make(name);
  const inputShape = made.inputs[0].shape.slice(1);
  fill(made, name);
  made.compile({ optimizer: optimizer(), loss, metrics });
  const x = inputsOf(name, inputShape);
  const y = targetsOf(name, loss, made.outputs[0].shape.at(-1));
  const step = async () => [await made.trainOnBatch(x, y)].flat()[0];
  await step();
  await step();
  write(name, await artifactsOf(made), name === 'adam' ? 4096 : 2 ** 22);
  const predictions = [...made.predict(x).dataSync()];
  const losses = [await step(), await step(), await step()];
  done.push({
    name,
    file: `${name}.json`,
    inputShape,
    predictions,
    losses,
    steps: 2,
    optimizer: made.optimizer.getClassName(),
  });
}

/** Weights in fewer bits, by the rules of the converter's quantization.py. */
function quantized(artifacts, dtype) {
  const { weightSpecs, weightData } = artifacts;
  let at = 0;
  const parts = [];
  const specs = weightSpecs
    .filter(({ group }) => group === undefined)
    .map(spec => {
      const values = new Float32Array(
        weightData,
        at,
        spec.shape.reduce((a, b) => a * b, 1),
      );
      at += values.byteLength;
      const most = dtype === 'uint8' ? 255 : 65535;
      const [min, max] = [Math.min(...values), Math.max(...values)];
      const scale = (max - min) / most || 1;
      const Numbers = dtype === 'uint8' ? Uint8Array : Uint16Array;
      parts.push(new Uint8Array(Numbers.from(values, value => Math.round((value - min) / scale)).buffer));
      return { ...spec, quantization: { dtype, min, scale, original_dtype: 'float32' } };
    });
  return {
    ...artifacts,
    trainingConfig: undefined,
    weightSpecs: specs,
    weightData: Uint8Array.from(parts.flatMap(part => [...part])).buffer,
  };
}

/** Half of the weights' bits, cut off: numbers that are in the range of normal halves. */
function halved(artifacts) {
  const { weightSpecs, weightData } = artifacts;
  const count = weightSpecs.filter(({ group }) => group === undefined);
  const values = new Float32Array(
    weightData,
    0,
    count.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
  );
  const halves = Uint16Array.from(values, value => {
    const [bits] = new Uint32Array(Float32Array.of(value).buffer);
    const exponent = ((bits >>> 23) & 0xff) - 112;
    return ((bits >>> 16) & 0x8000) | (exponent <= 0 ? 0 : (exponent << 10) | ((bits >>> 13) & 0x3ff));
  });
  const specs = count.map(spec => ({ ...spec, quantization: { dtype: 'float16', original_dtype: 'float32' } }));
  return { ...artifacts, trainingConfig: undefined, weightSpecs: specs, weightData: halves.buffer };
}

for (const dtype of ['uint8', 'uint16', 'float16']) {
  const made = graph();
  fill(made, 'momentum');
  made.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const artifacts = await artifactsOf(made);
  const smaller = dtype === 'float16' ? halved(artifacts) : quantized(artifacts, dtype);
  const file = `quantized-${dtype}`;
  write(file, smaller, 2 ** 22);
  const again = await loadLayersModel({ load: async () => smaller });
  const x = inputsOf(file, [6, 6, 2]);
  done.push({
    name: file,
    file: `${file}.json`,
    inputShape: [6, 6, 2],
    predictions: [...again.predict(x).dataSync()],
    losses: [],
    steps: 0,
  });
}
writeFileSync(join(folder, 'tfjs-files.json'), JSON.stringify({ cases: done }));
