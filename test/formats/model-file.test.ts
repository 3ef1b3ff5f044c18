import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import {
  activation,
  alexnet,
  averagePooling2d,
  conv2d,
  decodeModel,
  decodeSafetensors,
  dense,
  dropout,
  elu,
  encodeModel,
  encodeSafetensors,
  flatten,
  globalAveragePooling2d,
  globalMaxPooling2d,
  initializers,
  type Layer,
  leakyRelu,
  localResponseNormalization,
  maxPooling2d,
  randomNormal,
  relu,
  reshape,
  Sequential,
  softmax,
  tensor,
} from '../../lib/index.ts';
import { loadModel, saveModel } from '../../lib/node.ts';
import { rejectionOf } from '../error-of.ts';

const padding = { top: 1, bottom: 0, left: 2, right: 1 };
/** A model with every layer that there is, and with options other than the defaults. */
const everything = () =>
  new Sequential({ name: 'all', seed: 9, inputShape: [12, 12, 2] })
    .add(conv2d({ filters: 4, kernelSize: [3, 2], strides: [1, 2], padding, kernelInitializer: 'heNormal' }))
    .add(leakyRelu({ negativeSlope: 0.1 }))
    .add(localResponseNormalization({ depthRadius: 1, alpha: 0.5 }))
    .add(conv2d({ filters: 6, kernelSize: 2, dilationRate: 2, activation: 'tanh', useBias: false }))
    .add(relu())
    .add(averagePooling2d({ poolSize: 2, strides: 1, padding: 'same' }))
    .add(elu({ alpha: 0.7, name: 'bent' }))
    .add(maxPooling2d({ poolSize: 3, padding }))
    .add(globalMaxPooling2d({ keepDims: true }))
    .add(globalAveragePooling2d())
    .add(reshape({ targetShape: [2, -1] }))
    .add(flatten())
    .add(dropout(0.4))
    .add(activation('sigmoid'))
    .add(dense({ units: 3, biasInitializer: { name: 'constant', value: 0.5 } }))
    .add(softmax());

t.test('a model is read as it was written', async t => {
  const model = everything();
  const copy = await decodeModel(await encodeModel(model));
  t.same([copy.name, copy.seed, copy.inputShape], ['all', 9, [12, 12, 2]]);
  t.same(
    copy.layers.map(({ name, layer: { className, config } }) => ({ name, className, config })),
    model.layers.map(({ name, layer: { className, config } }) => ({ name, className, config })),
  );
  t.same(await copy.getWeights(), await model.getWeights());
  const x = randomNormal([5, 12, 12, 2], { seed: 1 });
  t.same((await copy.predict(x)).data, (await model.predict(x)).data);
  t.same(await encodeModel(copy), await encodeModel(model), 'and gives the same file');
});

t.test('saved and loaded in a file, which is replaced at once', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'model.safetensors');
  await saveModel(alexnet({ width: 1 / 64, seed: 1 }), file);
  const model = alexnet({ width: 1 / 64, seed: 2 });
  await saveModel(model, file);
  t.same(await readdir(folder), ['model.safetensors'], 'nothing else is left behind');
  t.same(await (await loadModel(file)).getWeights(), await model.getWeights());
  t.match(
    await rejectionOf(loadModel(join(folder, 'none.safetensors'))),
    /^Error: ENOENT: no such file or directory, open '.*none\.safetensors'$/,
  );
});

/** A layer of the user's own. */
function shift({ factor, name }: { readonly factor: number; readonly name?: string }): Layer {
  return {
    className: 'Shift',
    ...(name === undefined ? {} : { name }),
    config: { factor },
    outputShape: input => input,
    parameters: input => [{ name: 'shift', shape: [input.at(-1)!], initializer: initializers.ones() }],
    forward: (ops, x, { shift }) => ops.leakyRelu(ops.bias(x, shift!), factor),
  };
}

t.test("layers of the user's own are made by the factory given", async t => {
  const model = new Sequential({ inputShape: [3], seed: 1 }).add(shift({ factor: 0.5 })).add(dense(2));
  const bytes = await encodeModel(model);
  t.equal(
    await rejectionOf(decodeModel(bytes, { file: 'own.safetensors' })),
    'FormatError: own.safetensors: layer "shift" is a Shift, which is not known: pass its factory in customLayers: { Shift: options => ... }',
  );
  const customLayers = {
    Shift: ({ factor, name }: { readonly [option: string]: unknown }) =>
      shift({ factor: Number(factor), name: String(name) }),
  };
  const copy = await decodeModel(bytes, { customLayers });
  const x = tensor([[1, -2, 3]]);
  t.same((await copy.predict(x)).data, (await model.predict(x)).data);
});

t.test('files that hold no model, or a damaged one', async t => {
  const { tensors, metadata } = decodeSafetensors(
    await encodeModel(new Sequential([dense({ units: 1, inputShape: [2] })])),
    'x',
  );
  const architecture = JSON.parse(metadata['inkling.model']!);
  const fileWith = (changed: object, kept = tensors) =>
    encodeSafetensors({
      tensors: kept,
      metadata: { 'inkling.model': JSON.stringify({ ...architecture, ...changed }) },
    });
  const { 'dense/bias': _, ...withoutBias } = tensors;
  const [layer] = architecture.layers;
  const withLayer = (changed: object) => fileWith({ layers: [{ ...layer, config: { ...layer.config, ...changed } }] });
  const faults: [Uint8Array, string][] = [
    [
      encodeSafetensors({ tensors }),
      'a safetensors file without the metadata "inkling.model": not a model saved by Inkling',
    ],
    [fileWith({ version: 2 }), 'the model has format version 2, this Inkling reads 1; update Inkling'],
    [fileWith({}, withoutBias), 'there is no tensor "dense/bias"'],
    [fileWith({ inputShape: [3] }), 'setWeights: dense/kernel has the shape [3, 1], got [2, 1]'],
    [withLayer({ units: 0 }), 'dense: units must be a positive integer, got 0'],
    [
      withLayer({ activation: 'swosh' }),
      'unknown activation "swosh"; known: linear, relu, leakyRelu, elu, sigmoid, tanh, softmax',
    ],
  ];
  for (const [bytes, message] of faults) {
    t.equal(await rejectionOf(decodeModel(bytes, { file: 'x' })), `FormatError: x: ${message}`);
  }
});
