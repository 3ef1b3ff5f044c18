import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
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
  type Tensor,
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

t.test('weights that are NaN are taken over, and counted by a warning', async t => {
  const model = new Sequential([dense({ units: 2, inputShape: [3] })], { seed: 1 });
  const [kernel, bias] = await model.getWeights();
  await model.setWeights([tensor([Number.NaN, 1, 2, Number.NaN, 3, 4], [3, 2]), bias!]);
  const bytes = await encodeModel(model);
  const warned = t.capture(console, 'warn', () => undefined);
  const loaded = await decodeModel(bytes, { file: 'x.safetensors' });
  t.same((await loaded.getWeights())[0]!.data, [Number.NaN, 1, 2, Number.NaN, 3, 4]);
  await model.setWeights([kernel!, bias!]);
  await decodeModel(await encodeModel(model));
  t.same(
    warned().map(({ args }) => args),
    [['x.safetensors: 2 weights are NaN (dense/kernel: 2); the training that made them has diverged']],
  );
});

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
  const architecture = JSON.parse(metadata['values']!);
  const fileWith = (changed: object, kept = tensors, more: object = {}) =>
    encodeSafetensors({
      tensors: kept,
      metadata: { ...metadata, values: JSON.stringify({ ...architecture, ...changed }), ...more },
    });
  const { 'dense/bias': _, ...withoutBias } = tensors;
  const [layer] = architecture.layers;
  const withLayer = (changed: object) => fileWith({ layers: [{ ...layer, config: { ...layer.config, ...changed } }] });
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const faults: [Uint8Array, string][] = [
    [
      encodeSafetensors({ tensors }),
      'a safetensors file with no format in its metadata, expected "inkling-model"; weights alone are given to a model by loadStateDict',
    ],
    [
      fileWith({}, tensors, { format: 'inkling-state' }),
      'a safetensors file with the format "inkling-state" in its metadata, expected "inkling-model"; weights alone are given to a model by loadStateDict',
    ],
    [
      fileWith({}, tensors, { version: '3' }),
      'inkling-model of version "3", this Inkling reads up to 2; update Inkling',
    ],
    [
      fileWith({}, tensors, { version: 'x' }),
      'inkling-model of version "x", this Inkling reads up to 2; the file is damaged',
    ],
    [fileWith({}, tensors, { values: '{' }), 'what its metadata holds is no JSON; the file is damaged'],
    [fileWith({}, tensors, { values: nested }), 'what its metadata holds is nested too deep; the file is damaged'],
    [fileWith({ seed: -1 }), 'the model: seed must be an integer of 0 or more, got -1'],
    [fileWith({ layers: [1] }), 'the model: layers[0] must be an object, got 1'],
    [fileWith({ layers: null }), 'the model: layers must be a list, got null'],
    [fileWith({ inputShape: [2.5] }), 'the model: inputShape must be a list of integers, got [2.5]'],
    [fileWith({}, withoutBias), 'there is no tensor "dense/bias"'],
    [fileWith({ inputShape: [3] }), 'the tensor "dense/kernel" has the shape [2, 1], but its layer has [3, 1]'],
    [withLayer({ units: 0 }), 'dense: units must be a positive integer, got 0'],
    [
      withLayer({ activation: 'swosh' }),
      'unknown activation "swosh": did you mean "swish"? Known: linear, relu, leakyRelu, relu6, elu, selu, celu, gelu, silu, swish, mish, sigmoid, tanh, softmax, logSoftmax, logSigmoid, softplus, softsign, exponential, hardSigmoid, hardSilu, hardSwish, hardTanh, hardShrink, softShrink, tanhShrink, threshold, squareplus, sparsePlus, sparseSigmoid, sparsemax',
    ],
  ];
  for (const [bytes, message] of faults) {
    t.equal(await rejectionOf(decodeModel(bytes, { file: 'x' })), `FormatError: x: ${message}`);
  }
});

t.test('a file that promises large layers is refused before they are made', async t => {
  const bytes = await encodeModel(new Sequential([dense({ units: 1, inputShape: [2] })]));
  const { tensors, metadata } = decodeSafetensors(bytes);
  const architecture = JSON.parse(metadata['values']!);
  const [layer] = architecture.layers;
  const huge = { ...layer, config: { ...layer.config, units: 250_000_000 } };
  const values = JSON.stringify({ ...architecture, layers: [huge] });
  const crafted = encodeSafetensors({ tensors, metadata: { ...metadata, values } });
  const before = process.memoryUsage();
  t.equal(
    await rejectionOf(decodeModel(crafted, { file: 'x' })),
    'FormatError: x: the tensor "dense/kernel" has the shape [2, 1], but its layer has [2, 250000000]',
  );
  const after = process.memoryUsage();
  const taken = after.arrayBuffers + after.external - before.arrayBuffers - before.external;
  t.ok(taken < 64 * 2 ** 20, `${taken} bytes`);
});

t.test('a file of version 1, whose model divided bytes by 255, gets a layer that does so', async t => {
  const bytes = await readFile(new URL('version-1.safetensors', import.meta.url));
  const said = JSON.parse(await readFile(new URL('version-1.json', import.meta.url), 'utf8'));
  const images = tensor(Uint8Array.from(said.pixels), [2, 4, 4, 1]);
  const model = await decodeModel(bytes);
  t.same(
    [model.name, model.seed, model.layers.map(({ path }) => path)],
    ['old', 7, ['rescaling', 'conv2d', 'flatten', 'dense']],
  );
  const close = (got: Tensor, expected: number[][]) =>
    t.ok(got.subtract(tensor(expected)).abs().max().item() < 1e-6, `${got}, expected ${expected}`);
  close(await model.predict(images), said.bytes);
  close(await (await decodeModel(await encodeModel(model))).predict(images), said.bytes);
  const plain = await decodeModel(bytes, { pixels: false });
  t.equal(plain.layers.length, 3, 'for a model of other numbers there is none');
  close(await plain.predict(images.cast('float32').divide(255)), said.floats);
  const { tensors, metadata } = decodeSafetensors(bytes);
  const architecture = JSON.parse(metadata['inkling.model']!);
  const of = (change: object) =>
    encodeSafetensors({ tensors, metadata: { 'inkling.model': JSON.stringify({ ...architecture, ...change }) } });
  t.equal(
    await rejectionOf(decodeModel(of({ version: 2 }), { file: 'x' })),
    'FormatError: x: the model has format version 2, expected 1; the file is damaged',
  );
  const named = [{ className: 'Dropout', name: 'rescaling', config: { rate: 0.5 } }, ...architecture.layers];
  t.same(
    (await decodeModel(of({ layers: named }))).layers.slice(0, 2).map(({ path }) => path),
    ['rescaling_1', 'rescaling'],
  );
});
