import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  activation,
  type CompileOptions,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  elu,
  flatten,
  type Layer,
  localResponseNormalization,
  relu,
  residual,
  Sequential,
  sgd,
  softmax,
  spatialDropout2d,
  upSampling2d,
} from 'inkling';
import t from 'tap';
import { decodeTfjs, encodeTfjs } from '../../../lib/formats/tfjs/tfjs-files.ts';
import { rejectionOf } from '../../error-of.ts';

const folder = join(import.meta.dirname, '../../golden/formats/tfjs');
const main = readFileSync(join(folder, 'momentum.json'), 'utf8');
const shard = 'momentum-shard1of1.bin';
const bytes = new Uint8Array(readFileSync(join(folder, shard)));
const encoder = new TextEncoder();

/** The files of a model, the text of whose JSON is changed. */
const changed = (from: string, to: string, files: { [file: string]: Uint8Array } = { [shard]: bytes }) => ({
  ...files,
  'm.json': encoder.encode(main.replace(from, to)),
});

t.test('what TensorFlow.js does not have is refused by name, before a byte is made', async t => {
  const refused = async (layers: readonly Layer[], message: string, compile?: CompileOptions) => {
    const model = new Sequential({ inputShape: [8, 8, 2] });
    for (const layer of layers) model.add(layer);
    if (compile !== undefined) model.compile(compile);
    t.equal(await rejectionOf(encodeTfjs(model)), `FormatError: ${message}`);
  };
  const lacks = 'which TensorFlow.js does not have';
  const instead = `${lacks}; save as .keras or .onnx`;
  await refused(
    [localResponseNormalization()],
    `layer "local_response_normalization" is a LocalResponseNormalization, ${instead}, or leave the layer out`,
  );
  await refused(
    [spatialDropout2d({ rate: 0.5 })],
    `layer "spatial_dropout2d" is a SpatialDropout2D, ${instead}, or leave the layer out`,
  );
  await refused(
    [conv2d({ filters: 4, kernelSize: 3, groups: 2 })],
    `layer "conv2d" is a Conv2D with groups 2, ${instead}`,
  );
  await refused(
    [depthwiseConv2d({ kernelSize: 3, dilationRate: 2 })],
    `layer "depthwise_conv2d" is a DepthwiseConv2D with dilation_rate [2, 2], ${instead}`,
  );
  await refused(
    [conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, outputPadding: 1 })],
    `layer "conv2d_transpose" is a Conv2DTranspose with output_padding [1, 1], ${instead}`,
  );
  await refused([relu({ threshold: 1 })], `layer "re_lu" is a ReLU with threshold 1, ${instead}`);
  await refused(
    [softmax({ axis: 1 })],
    `layer "softmax" is a Softmax with axis 1, ${lacks}; it has that of the last axis`,
  );
  await refused([elu({ alpha: 0.5 })], `layer "elu" is an ELU with alpha 0.5, ${lacks}; it has alpha 1`);
  await refused(
    [upSampling2d({ interpolation: 'bilinear' })],
    `layer "up_sampling2d" is a UpSampling2D with interpolation "bilinear", ${instead}`,
  );
  await refused([residual([relu()], { join: 'subtract' })], `layer "residual_join" is a Subtract, ${instead}`);
  const activations =
    'elu, gelu, linear, log_softmax, mish, relu, relu6, selu, sigmoid, softmax, softplus, softsign, swish, tanh';
  await refused(
    [activation('hardSigmoid')],
    `layer "activation" has the activation hard_sigmoid, ${lacks}; it has ${activations}, and leakyRelu() as a layer`,
  );
  const advice = 'save with encodeTfjs(model, { compile: false })';
  const dense1 = [flatten(), dense({ units: 1 })];
  await refused(dense1, `the optimizer "sgd" has weightDecay, for which TensorFlow.js has no place; ${advice}`, {
    optimizer: sgd({ weightDecay: 0.1 }),
    loss: 'meanSquaredError',
  });
  await refused(dense1, `the loss "huber" is none that TensorFlow.js has; ${advice}`, {
    optimizer: 'sgd',
    loss: 'huber',
  });
  await refused(
    dense1,
    `the optimizer "lion" is none that TensorFlow.js has, which has SGD, Momentum, Adam, Adamax, Adagrad, RMSProp; ${advice}`,
    { optimizer: 'lion', loss: 'meanSquaredError' },
  );
});

t.test('files that hold no such model', async t => {
  const told = async (files: { readonly [file: string]: Uint8Array }, message: string) =>
    t.equal(await rejectionOf(decodeTfjs(files)), `FormatError: ${message}`);
  await told(
    changed('"format":"layers-model"', '"format":"graph-model"'),
    'm.json: it is a GraphModel, which has lost its layers; convert the model again with --output_format=tfjs_layers_model, or its source to ONNX',
  );
  await told(
    { 'm.json': encoder.encode('{"a":1}') },
    'm.json: there is no modelTopology; expected the model.json of a LayersModel of TensorFlow.js',
  );
  await told({ 'm.json': encoder.encode('{"a":') }, 'm.json: it is no JSON; the file is damaged');
  await told(changed('', '', {}), `m.json: its file "./${shard}" is not among those given; give it as well`);
  const size = bytes.length;
  const apart = `but their weights have ${size}; the files do not belong together, or are damaged`;
  await told(
    changed('', '', { [shard]: bytes.subarray(1) }),
    `m.json: its file ./${shard} has ${size - 1} bytes, ${apart}`,
  );
  await told(
    changed('', '', { [shard]: new Uint8Array(size + 1) }),
    `m.json: its file ./${shard} has more bytes, ${apart}`,
  );
  await told(
    changed(`./${shard}`, '../secret.bin'),
    'm.json: the name "../secret.bin" leads out of its folder; do not trust this file',
  );
  await told(
    changed('"shape":[2],"dtype":"float32"', '"shape":[99999999,99999999],"dtype":"float32"'),
    'm.json: the weight "shared/bias" has the shape [99999999, 99999999], which is absurd',
  );
  await told(
    changed(
      '"name":"shared/bias","shape":[2],"dtype":"float32"',
      '"name":"shared/bias","shape":[2],"dtype":"complex64"',
    ),
    'm.json: the weight "shared/bias" has the dtype complex64; expected float32, int32, bool, or quantised uint8, uint16, float16',
  );
  await told(changed('"name":"shared/bias"', '"name":"__proto__"'), 'm.json: there is no weight "shared/bias"');
  await told(
    changed('"class_name":"Concatenate"', '"class_name":"__proto__"'),
    'm.json: layer "both" is a __proto__, which Inkling does not have; give its factory in customLayers: { __proto__: options => ... }',
  );
  t.equal(({} as { polluted?: boolean }).polluted, undefined);
});

t.test('three hundred mutated files are refused, or read', async t => {
  let state = 7;
  const next = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const whole = encoder.encode(main);
  let refused = 0;
  for (let run = 0; run < 300; run++) {
    const json = Uint8Array.from(whole);
    for (let i = 0; i <= next(4); i++) json[next(json.length)] = 32 + next(95);
    const cut = run % 10 === 0 ? json.subarray(0, next(json.length)) : json;
    const error = await decodeTfjs({ 'm.json': cut, [shard]: bytes }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (error === undefined) continue;
    refused++;
    if (!(error instanceof Error && error.name === 'FormatError')) t.fail(`run ${run}: ${String(error)}`);
  }
  t.ok(refused > 100, `${refused} refused`);
});
