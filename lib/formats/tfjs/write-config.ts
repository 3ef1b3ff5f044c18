/** A model as the topology in TensorFlow.js's files, from the JSON of Keras 3. */
import { describe } from '../../describe.ts';
import { FormatError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { isObject } from '../../layers/options.ts';
import { nodesOf } from '../../model/layer-node.ts';
import type { Sequential } from '../../model/sequential.ts';
import { kinds } from '../keras/objects.ts';
import { tfjsActivations, tfjsOptions } from './layers.ts';

/** Composites are written as what they consist of. */
const written = ['Sequential', 'Graph', 'Residual', 'Branches', 'Shortcut', 'Branch', 'PaddedShortcut', 'Identity'];

const lacks = 'which TensorFlow.js does not have';

/** Throws FormatError that names the first layer which no layer of TensorFlow.js stands for. */
export function checkLayers(model: Sequential): void {
  for (const { className, path, config, inputShape } of nodesOf(model.layers)) {
    if (!written.includes(className) && tfjsOptions(className) === undefined) {
      throw new FormatError(
        `layer "${path}" is a ${className}, ${lacks}; save as .keras or .onnx, or leave the layer out`,
      );
    }
    const axis = className === 'Softmax' ? config?.['axis'] : undefined;
    if (typeof axis === 'number' && axis !== -1 && axis !== inputShape.length) {
      throw new FormatError(`layer "${path}" is a Softmax with axis ${axis}, ${lacks}; it has that of the last axis`);
    }
  }
}

type Values = { readonly [name: string]: Json };

/** The topology from Keras 3's JSON. Throws FormatError that names the layer for an option that TensorFlow.js does not heed. */
export function writeTopology(json: Values): Values {
  const { class_name: className, config } = json as { readonly class_name: string; readonly config: Values };
  const layers = (config['layers'] as readonly Values[]).map(writeLayer);
  const { name, input_layers: inputs, output_layers: outputs } = config;
  const ends = inputs === undefined ? {} : { input_layers: inputs, output_layers: outputs! };
  return {
    class_name: className === 'Functional' ? 'Model' : className,
    config: { name: name!, layers, ...ends },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
}

function writeLayer(layer: Values): Values {
  const isIdentity = layer['class_name'] === 'Identity';
  const className = isIdentity ? 'Activation' : String(layer['class_name']);
  const given = layer['config'] as Values;
  const config = isIdentity ? { ...given, activation: 'linear' } : given;
  const what = `layer "${String(given['name'])}"`;
  if (tfjsOptions(className) === undefined)
    throw new FormatError(`${what} is a ${className}, ${lacks}; save as .keras or .onnx`);
  const options = Object.entries(config).flatMap(([option, value]) => writeOption(what, className, option, value));
  const { name, inbound_nodes: calls } = layer;
  const node = Array.isArray(calls) ? { name: name!, inbound_nodes: calls.map(writeCall) } : {};
  return { class_name: className, config: Object.fromEntries(options), ...node };
}

/** A call as a list of `[layer, number of its call, 0, {}]`. */
function writeCall(call: Json): Json {
  const { args } = call as { readonly args: readonly (KerasTensor | readonly KerasTensor[])[] };
  return args.flat(1).map(({ config }) => [...config.keras_history, {}]);
}

/** What a call is given, in the JSON of Keras 3. */
interface KerasTensor {
  readonly [name: string]: Json;
  readonly config: { readonly [name: string]: Json; readonly keras_history: readonly Json[] };
}

const renamed = new Map([
  ['LeakyReLU.negative_slope', 'alpha'],
  ['InputLayer.batch_shape', 'batch_input_shape'],
]);

/** What options say that TensorFlow.js does not have, where they say nothing. */
const neutral: { readonly [option: string]: Json } = {
  dilation_rate: [1, 1],
  groups: 1,
  interpolation: 'nearest',
  negative_slope: 0,
  threshold: 0,
};

function writeOption(what: string, className: string, option: string, value: Json): [string, Json][] {
  const name = renamed.get(`${className}.${option}`) ?? option;
  if (!tfjsOptions(className)!.includes(name)) {
    const saysNothing = value === null || value === false || JSON.stringify(neutral[option]) === JSON.stringify(value);
    if (saysNothing) return [];
    throw new FormatError(
      `${what} is a ${className} with ${option} ${describe(value)}, ${lacks}; save as .keras or .onnx`,
    );
  }
  if (option === 'activation') return [[name, writeActivation(what, value)]];
  if (className === 'ELU' && value !== 1 && option === 'alpha') {
    throw new FormatError(`${what} is an ELU with alpha ${describe(value)}, ${lacks}; it has alpha 1`);
  }
  const kind = kinds.find(each => option.endsWith(`_${each}`));
  if (kind !== undefined && value !== null) return [[name, writeObject(`${what}: ${option}`, value as Values)]];
  // One number for all channels, and one axis.
  if ((className === 'Rescaling' || className === 'Softmax') && typeof value === 'object') {
    throw new FormatError(`${what} is a ${className} with ${option} ${describe(value)}, ${lacks}; give one number`);
  }
  return [[name, value]];
}

function writeActivation(what: string, value: Json): Json {
  const name = value === 'silu' ? 'swish' : value;
  if (typeof name === 'string' && tfjsActivations.includes(name)) return name;
  const shown = isObject(name) ? `${String(name['class_name'])} with options` : String(name);
  throw new FormatError(
    `${what} has the activation ${shown}, ${lacks}; it has ${tfjsActivations.join(', ')}, and leakyRelu() as a layer`,
  );
}

const initializers = new Map([
  ...['Constant', 'GlorotNormal', 'GlorotUniform', 'HeNormal', 'HeUniform', 'Identity', 'Ones'].map(same),
  ...['Orthogonal', 'RandomNormal', 'RandomUniform', 'TruncatedNormal', 'VarianceScaling', 'Zeros'].map(same),
  ...['MaxNorm', 'MinMaxNorm', 'NonNeg', 'UnitNorm', 'L1L2'].map(same),
  ['L1', 'L1L2'],
  ['L2', 'L1L2'],
  ['LecunNormal', 'LeCunNormal'],
  ['LecunUniform', 'LeCunUniform'],
]);

function same(name: string): [string, string] {
  return [name, name];
}

/** An initializer, regularizer or constraint. */
function writeObject(what: string, { class_name: className, config }: Values): Json {
  const name = initializers.get(String(className));
  const { distribution } = config as Values;
  if (name === undefined || distribution === 'untruncated_normal') {
    const shown = name === undefined ? String(className) : `${name} with the distribution untruncated_normal`;
    throw new FormatError(`${what} is ${shown}, ${lacks}; use another one, or save as .keras`);
  }
  const amounts = name === 'L1L2' ? { l1: 0, l2: 0 } : {};
  const drawn = distribution === 'truncated_normal' ? { distribution: 'normal' } : {};
  return { class_name: name, config: { ...amounts, ...(config as Values), ...drawn } };
}
