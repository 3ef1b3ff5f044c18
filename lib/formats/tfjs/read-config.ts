/** The topology in TensorFlow.js's files as the config of Keras 2 that it is nearly. */
import { describe } from '../../describe.ts';
import { FormatError } from '../../errors.ts';
import { isObject } from '../../layers/options.ts';
import { described } from '../keras/objects.ts';

const models = ['Sequential', 'Functional', 'Model'];
/** More models within each other than any network has. */
const deepest = 50;

/** Names of classes that are spelled otherwise in Keras. */
const renamed = new Map([
  ['LeCunNormal', 'LecunNormal'],
  ['LeCunUniform', 'LecunUniform'],
]);

/** Layers that compute otherwise than Keras's of the same name, so that nobody knows which is meant. */
const ambiguous = new Map([
  ['Resizing', 'which TensorFlow.js computes otherwise than Keras'],
  ['CenterCrop', 'which TensorFlow.js computes otherwise than Keras'],
]);

type Values = { readonly [name: string]: unknown };

/** The JSON that `readModel` takes. Throws FormatError for what is no topology of a LayersModel. */
export function readTopology(given: unknown, depth = 0): Values {
  const { className, config } = described('the model', given);
  if (depth > deepest) throw new FormatError(`there are more than ${deepest} models within each other`);
  // Before version 0.15 the config of a Sequential was the list of its layers.
  const fields = Array.isArray(config) ? { name: 'sequential', layers: config } : config;
  if (!isObject(fields)) throw new FormatError(`the model: config must be an object, got ${describe(config)}`);
  const { layers } = fields;
  if (!Array.isArray(layers)) throw new FormatError(`the model: layers must be a list, got ${describe(layers)}`);
  return {
    ...(isObject(given) ? given : {}),
    class_name: className,
    config: { ...fields, layers: layers.map(layer => readLayer(layer, depth)) },
  };
}

function readLayer(given: unknown, depth: number): unknown {
  const { className, config } = described('a layer', given);
  if (models.includes(className)) return readTopology(given, depth + 1);
  if (!isObject(config)) throw new FormatError(`a ${className}: config must be an object, got ${describe(config)}`);
  const what = `layer ${JSON.stringify(config['name'])}`;
  const reason = ambiguous.get(className);
  if (reason !== undefined) throw new FormatError(`${what} is a ${className}, ${reason}; leave it out of the model`);
  if (className === 'UpSampling2D' && config['interpolation'] === 'bilinear') {
    throw new FormatError(
      `${what} is an UpSampling2D with the interpolation 'bilinear', which TensorFlow.js computes otherwise than Keras; use 'nearest'`,
    );
  }
  if (config['activation'] === 'hard_sigmoid' || config['activation'] === 'hardSigmoid') {
    throw new FormatError(
      `${what} has the activation hard_sigmoid, whose slope is 0.2 in TensorFlow.js and 1/6 in Keras 3; use another one`,
    );
  }
  const read = Object.entries(config).filter(([option]) => option !== 'rank');
  return {
    ...(given as Values),
    config: Object.fromEntries(read.map(([option, value]) => [option, readObject(value)])),
  };
}

/** An initializer under Keras's name; whatever else as it is. */
function readObject(value: unknown): unknown {
  if (!isObject(value) || typeof value['class_name'] !== 'string') return value;
  const { class_name: className, config } = value;
  const isNormal = className === 'VarianceScaling' && isObject(config) && config['distribution'] === 'normal';
  return {
    ...value,
    class_name: renamed.get(className) ?? className,
    // Both truncate it.
    ...(isNormal ? { config: { ...config, distribution: 'truncated_normal' } } : {}),
  };
}
