/**
 * What Inkling writes, in the real TensorFlow.js: it predicts the same, and its losses of further steps are the same.
 * INKLING_TFJS names a folder in which its packages are installed; else they are, in a temporary one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alexnet, lenet5, mobilenetV2, resnet, type Sequential, sgd, shallowCnn, tensor } from 'inkling';
import { encodeTfjs } from 'inkling/formats';
import t from 'tap';
import { labels, uniform } from '../golden/inputs.ts';
import { runCommand } from '../run-command.ts';

/** As much of TensorFlow.js as is used here. */
interface TfjsTensor {
  dataSync(): Float32Array;
}
interface TfjsModel {
  predict(x: TfjsTensor): TfjsTensor;
  trainOnBatch(x: TfjsTensor, y: TfjsTensor): Promise<number>;
}
interface Tfjs {
  tensor(data: Float32Array, shape: readonly number[]): TfjsTensor;
}
interface TfjsLayers {
  loadLayersModel(handler: { load: () => Promise<object> }): Promise<TfjsModel>;
}

const packages = ['core', 'layers', 'backend-cpu'].map(name => `@tensorflow/tfjs-${name}@4.22.0`);

async function installed(): Promise<string> {
  const given = process.env['INKLING_TFJS'];
  if (given !== undefined && given !== '') return given;
  const folder = await mkdtemp(join(tmpdir(), 'inkling-tfjs-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await runCommand(folder, 'npm', 'install', '--no-save', '--prefix', folder, ...packages);
  return folder;
}

const load = createRequire(join(await installed(), 'index.js'));
const tf = load('@tensorflow/tfjs-core') as Tfjs;
load('@tensorflow/tfjs-backend-cpu');
const { loadLayersModel } = load('@tensorflow/tfjs-layers') as TfjsLayers;

async function inTfjs(model: Sequential): Promise<TfjsModel> {
  const files = await encodeTfjs(model);
  const { weightsManifest, ...json } = JSON.parse(new TextDecoder().decode(files['model.json'])) as {
    readonly weightsManifest: readonly [{ readonly paths: readonly string[]; readonly weights: readonly object[] }];
  };
  const [{ paths, weights }] = weightsManifest;
  const weightData = await new Blob(paths.map(path => files[path] as Uint8Array<ArrayBuffer>)).arrayBuffer();
  return loadLayersModel({ load: async () => ({ ...json, weightSpecs: weights, weightData }) });
}

const far = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (value, i) => Math.abs(value - b[i]!)).reduce((most, each) => Math.max(most, each), 0);

const count = 2;
const networks: readonly { readonly name: string; readonly model: Sequential; readonly steps: number }[] = [
  { name: 'shallow CNN', model: shallowCnn({ seed: 1 }), steps: 20 },
  { name: 'LeNet-5', model: lenet5({ seed: 1 }), steps: 20 },
  { name: 'ResNet-8', model: resnet({ seed: 1, depth: 8, width: 0.5 }), steps: 5 },
  { name: 'MobileNet V2', model: mobilenetV2({ seed: 1, width: 0.25 }), steps: 1 },
  { name: 'AlexNet', model: alexnet({ seed: 1, width: 0.25 }), steps: 0 },
];

for (const { name, model, steps } of networks) {
  t.test(`${name} in TensorFlow.js`, async t => {
    const shape = [count, ...model.inputShape];
    const values = uniform(`${name}/x`, { shape, scale: 255, offset: 127 });
    const classes = labels(`${name}/y`, count, 10);
    const [x, y] = [tensor(values, shape), tensor(classes, [count], 'int32')];
    model.compile({ optimizer: sgd({ learningRate: 0.001, momentum: 0.9 }), loss: 'sparseCategoricalCrossentropy' });
    await model.trainOnBatch(x, y);
    const theirs = await inTfjs(model);
    const [theirX, theirY] = [tf.tensor(values, shape), tf.tensor(Float32Array.from(classes), [count, 1])];
    const { data } = await model.predict(x);
    t.ok(
      data.every(value => value > 0 && value < 1),
      `nothing is saturated: ${data}`,
    );
    const difference = far(data, theirs.predict(theirX).dataSync());
    t.ok(difference < 1e-5, `predictions differ by ${difference}`);
    for (let step = 0; step < steps; step++) {
      const { loss } = await model.trainOnBatch(x, y);
      const theirLoss = await theirs.trainOnBatch(theirX, theirY);
      t.ok(Math.abs(loss - theirLoss) <= 1e-4 * Math.abs(theirLoss) + 1e-6, `step ${step}: ${loss}, ${theirLoss}`);
    }
  });
}
