import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as inkling from 'inkling';
import t, { type Test } from 'tap';
import { openZip, writeZip } from '../../../lib/files/zip.ts';
import { decodeKerasH5, loadKerasWeights } from '../../../lib/formats/keras/h5-file.ts';
import { decodeKeras, encodeKeras } from '../../../lib/formats/keras/keras-file.ts';

const { conv2d, dense, Sequential } = inkling;
const folder = join(import.meta.dirname, '../../golden/formats/keras');
const read = (file: string): Uint8Array => readFileSync(join(folder, file));

interface KerasJson {
  class_name: string;
  config: { layers: KerasLayer[]; [option: string]: unknown };
  compile_config: { [option: string]: unknown };
}
interface KerasLayer {
  class_name: string;
  config: { [option: string]: unknown };
  inbound_nodes?: { args: unknown[]; kwargs: { [name: string]: unknown } }[];
  [more: string]: unknown;
}

/** A file of Keras with its config changed. */
function changed(file: string, change: (json: KerasJson) => void): Uint8Array {
  const archive = openZip(read(file), file);
  const json = JSON.parse(new TextDecoder().decode(archive.read('config.json'))) as KerasJson;
  change(json);
  const config = new TextEncoder().encode(JSON.stringify(json));
  return writeZip({ 'config.json': config, 'model.weights.h5': archive.read('model.weights.h5') });
}

const file = 'a.keras';
const refused = async (t: Test, bytes: Uint8Array, message: string): Promise<void> => {
  const error = await decodeKeras(bytes, { file }).catch((error: unknown) => error);
  t.ok(error instanceof inkling.FormatError);
  t.equal((error as Error).message, `${file}: ${message}`);
};

t.test('what a file of Keras may have and Inkling does not', async t => {
  const layer = (change: (layer: KerasLayer) => void, place = 2) =>
    changed('digits.keras', ({ config: { layers } }) => change(layers[place]!));
  const option = (name: string, value: unknown, place = 2) =>
    layer(({ config }) => {
      config[name] = value;
    }, place);
  const named = (className: string, more: object = {}) =>
    layer(each => {
      each.class_name = className;
      Object.assign(each, more);
    });
  await refused(
    t,
    named('Lambda'),
    'layer "conv2d" is a Lambda, which holds Python code; code of files is never run: write it as a layer and give its factory in customLayers: { Lambda: options => ... }',
  );
  await refused(
    t,
    named('LSTM'),
    'layer "conv2d" is a LSTM, which Inkling does not have; give its factory in customLayers: { LSTM: options => ... }',
  );
  await refused(
    t,
    named('Conv2D', { registered_name: 'Custom>Conv2D' }),
    'layer "conv2d" is a Conv2D, which Inkling does not have; give its factory in customLayers: { Conv2D: options => ... }',
  );
  await refused(
    t,
    option('data_format', 'channels_first'),
    'layer "conv2d" has data_format "channels_first", which Inkling does not have',
  );
  await refused(
    t,
    option('dtype', { class_name: 'DTypePolicy', config: { name: 'float64' } }),
    'layer "conv2d" has the dtype "float64"; models here compute in float32: save it as that',
  );
  await refused(
    t,
    option('kernel_initializer', { class_name: 'HeNormal', config: { seed: null, input_axes: [0] } }),
    'layer "conv2d": kernel_initializer: input_axes is [0]; Inkling has no such option',
  );
  await refused(
    t,
    option('activation', { class_name: 'Dense', config: {} }),
    'layer "conv2d": activation is a Dense, which is no activation that Inkling knows',
  );
  await refused(
    t,
    option('colour', 'red', 5),
    'unknown option of flatten "colour"; known: name, inputShape, trainable',
  );
  await refused(
    t,
    option('batch_shape', [null, null, 8, 1], 0),
    'model "digits" has inputs of [null, null, 8, 1]; the sizes of all axes behind the batch must be known: give inputShape',
  );
  await refused(
    t,
    option('filters', 4),
    'the variable "/layers/conv2d/vars/0" has the shape [3, 3, 1, 3], but "conv2d/kernel" has [3, 3, 1, 4]',
  );
  await refused(
    t,
    option('use_bias', false),
    'layer "conv2d" has 2 variables in "layers/conv2d", expected 1: kernel [3, 3, 1, 3]',
  );
  await refused(
    t,
    changed('digits.keras', json => {
      json.class_name = 'MyModel';
    }),
    'the model is a MyModel, which is code; what can be read are models of the classes Sequential and Functional',
  );
  await refused(
    t,
    changed('digits.keras', json => {
      json.compile_config['loss'] = 'my_loss';
    }),
    'the loss is my_loss, which Inkling does not have: load the model with compile: false, and compile it yourself',
  );
});

t.test('graphs that are none here', async t => {
  const graph = (change: (config: KerasJson['config']) => void) =>
    changed('residual.keras', ({ config }) => change(config));
  await refused(
    t,
    graph(config => {
      config['output_layers'] = [
        ['dense_1', 0, 0],
        ['add', 0, 0],
      ];
    }),
    'model "residual" has 2 outputs; models here have one',
  );
  await refused(
    t,
    graph(({ layers }) => {
      layers.find(({ class_name }) => class_name === 'Dense')!.inbound_nodes = [{ args: [2], kwargs: {} }];
    }),
    'layer "dense_1" is called with 2; only outputs of layers can be read',
  );
  await refused(
    t,
    graph(({ layers }) => {
      layers.find(({ class_name }) => class_name === 'Dense')!.inbound_nodes![0]!.kwargs = { mask: [1] };
    }),
    'layer "dense_1" is called with mask [1], which Inkling does not have',
  );
  await refused(
    t,
    graph(config => {
      config['output_layers'] = ['dense_1', 3, 0];
    }),
    'model "residual": there is no call 3 of a layer "dense_1"',
  );
});

t.test('layers of one’s own, open sizes and names that are traps', async t => {
  const own = changed('digits.keras', ({ config: { layers } }) => {
    const [rescaling] = layers.splice(1, 1);
    layers.splice(1, 0, {
      ...rescaling!,
      class_name: 'Quarter',
      registered_name: 'Custom>Quarter',
      config: { name: 'rescaling', trainable: true, dtype: 'float32', own_factor: 0.25 },
    });
  });
  const model = await decodeKeras(own, {
    customLayers: {
      Quarter: ({ ownFactor, name }) => ({
        className: 'Quarter',
        name: String(name),
        config: { ownFactor: Number(ownFactor) },
        outputShape: (input: readonly number[]) => input,
        forward: (ops, x) => ops.multiply(x, Number(ownFactor)),
      }),
    },
  });
  const original = await decodeKeras(read('digits.keras'));
  const x = inkling.randomNormal([2, 8, 8, 1], { seed: 1 });
  t.same((await model.predict(x)).data, (await original.predict(x)).data);
  const config = openZip(await encodeKeras(model), file).read('config.json');
  t.match(new TextDecoder().decode(config), '"registered_name":"Custom>Quarter"');

  const open = changed('digits.keras', ({ config: { layers } }) => {
    layers[0]!.config['batch_shape'] = [null, null, null, 1];
  });
  t.same((await decodeKeras(open, { inputShape: [8, 8, 1] })).inputShape, [8, 8, 1]);

  const trap = changed('digits.keras', ({ config: { layers } }) => {
    Object.defineProperty(layers[2]!.config, '__proto__', { value: { polluted: true }, enumerable: true });
  });
  await t.rejects(decodeKeras(trap, { file }), { name: 'FormatError' });
  t.equal(({} as { polluted?: unknown }).polluted, undefined);
  await refused(
    t,
    writeZip({ 'config.json': new TextEncoder().encode('{'), 'model.weights.h5': read('digits.weights.h5') }),
    'config.json is no JSON; the file is damaged',
  );
});

t.test('what files of Keras cannot hold is refused before anything is written', async t => {
  const fails = async (model: inkling.Sequential, message: string) => {
    const error = await encodeKeras(model).catch((error: unknown) => error);
    t.equal(String(error), message);
  };
  const images = () => new Sequential({ inputShape: [6, 6, 4], seed: 1 });
  const { adam, multiOptimizer, sgd } = inkling;
  const optimizer = multiOptimizer({ defaultOptimizer: adam(), optimizerMap: [['conv2d', sgd()]] });
  await fails(
    images().add(conv2d(2, 1)).compile({ optimizer, loss: 'meanSquaredError' }),
    'FormatError: the optimizer is a multiOptimizer, for whose patterns files of Keras have no place; save without compile',
  );
  await fails(
    images().add(inkling.glu()),
    'FormatError: layer "glu" is of the class GLU, which .keras files cannot hold; use graph() with two convolutions and multiply(), one with the activation \'sigmoid\'',
  );
  await fails(
    images().add(inkling.spectralNormalization(conv2d(2, 1, { padding: { top: 1, bottom: 1, left: 1, right: 1 } }))),
    'FormatError: layer "spectral_normalization" is a SpectralNormalization of a Conv2D with explicit padding, which .keras files cannot hold; save the model as a .safetensors file',
  );
  await fails(
    images().add(inkling.maxPooling2d({ padding: { top: 1, bottom: 1, left: 1, right: 1 } })),
    "FormatError: layer \"max_pooling2d\" is a MaxPooling2D with the padding { top: 1, bottom: 1, left: 1, right: 1 }, which .keras files cannot hold; use 'same' or 'valid', or zeroPadding2d() in front",
  );
  await fails(
    images().add(conv2d(2, 1, { activation: { name: 'gelu', approximate: true } })),
    'FormatError: layer "conv2d": activation: files of Keras hold the activation gelu with its defaults alone, not { approximate: true }; leave these options out',
  );
  await fails(
    images().add({ className: 'Two', config: {}, forward: (ops, x) => ops.apply(conv2d(2, 1), x) }),
    'FormatError: layer "two" is a Two, a composite of your own; .keras files can hold graph(), residual() and branches() in its place',
  );
  await fails(
    images().add((ops, x) => ops.abs(x)),
    'OptionError: layer "lambda" cannot be saved: give it a className, a config of JSON, and its factory as customLayers when the file is loaded',
  );
  const compiled = (settings: Partial<inkling.CompileOptions>) => {
    const model = new Sequential({ inputShape: [4], seed: 1 }).add(dense(3));
    model.compile({ optimizer: 'sgd', loss: 'mse', ...settings });
    return model;
  };
  await fails(
    compiled({ optimizer: inkling.adam({ excludeFromWeightDecay: ['bias'] }) }),
    'FormatError: the optimizer "adam" has excludeFromWeightDecay, for which files of Keras have no place; save without compile',
  );
  const warmup = inkling.linearWarmup({ schedule: 0.1, warmupSteps: 4 });
  await fails(
    compiled({ optimizer: inkling.adam({ learningRate: warmup }) }),
    'FormatError: the optimizer: learningRate follows the schedule LinearWarmup, which Keras does not have; it has CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay',
  );
  await fails(
    compiled({ metrics: [inkling.metrics.cohenKappa()] }),
    'FormatError: the metric "cohenKappa" is none that Keras has; save without compile',
  );
  const without = await encodeKeras(compiled({ metrics: [inkling.metrics.cohenKappa()] }), { compile: false });
  t.equal((await decodeKeras(without)).compiled, undefined);
});

t.test('files of weights', async t => {
  const error = await decodeKerasH5(read('digits.weights.h5'), { file: 'w.h5' }).catch((error: unknown) => error);
  t.equal(
    String(error),
    'FormatError: w.h5: there is no model_config and model_weights; if the file has weights alone, make the model and use loadKerasWeights',
  );
  const other = new Sequential({ inputShape: [8, 8, 1], seed: 1 })
    .add(conv2d(3, 3))
    .add(inkling.flatten())
    .add(dense(3));
  const before = await other.getWeights();
  for (const [file, message] of [
    ['digits.h5', 'there are 4 layers with weights, but the model has 2'],
    ['digits.weights.h5', 'the variable "/layers/dense/vars/0" has the shape [27, 5], but "dense/kernel" has [108, 3]'],
  ] as const) {
    const error = await loadKerasWeights(other, read(file), { file }).catch((error: unknown) => error);
    t.equal(String(error), `FormatError: ${file}: ${message}`);
  }
  t.same(await other.getWeights(), before);
});
