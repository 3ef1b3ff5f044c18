/** Optimizers and schedules in Keras's JSON and in ours. */
import { describe } from '../../describe.ts';
import { FormatError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { isObject } from '../../layers/options.ts';
import type { Optimizer } from '../../optimizers/optimizer.ts';
import { optimizerFromConfig } from '../../optimizers/optimizer-from-config.ts';
import { groupName, kerasOption, optionOf } from './names.ts';
import { described, type KerasObject, kerasObject, unrounded } from './objects.ts';
import { PythonFloat } from './python-json.ts';

/** Options that an optimizer of Keras 2 has besides, and how losses are scaled, which float32 does not need. */
const neutral = ['name', 'loss_scale_factor', 'is_legacy_optimizer', 'jit_compile'];
const ofAverages = ['ema_momentum', 'ema_overwrite_frequency'];
/** Options in which null is a value, not the absence of one. */
const nullable = ['rms_rate'];

/** The optimizer of Keras's JSON. Throws FormatError for one that Inkling does not have. */
export function readOptimizer(given: unknown): Optimizer {
  const { className, config } = described('the optimizer', given);
  if (!isObject(config)) throw new FormatError(`the optimizer: config must be an object, got ${describe(config)}`);
  // It scales losses for float16, and has the one that changes parameters within.
  if (className === 'MultiOptimizer') {
    throw new FormatError(
      'the optimizer is a MultiOptimizer, whose patterns are of other paths here; pass compile: false, and compile the model with multiOptimizer()',
    );
  }
  if (className === 'LossScaleOptimizer') return readOptimizer(config['inner_optimizer']);
  if (config['decay'] !== undefined && config['decay'] !== null && config['decay'] !== 0) {
    throw new FormatError(`the optimizer has decay ${describe(config['decay'])}; use a schedule in its place`);
  }
  const options = Object.entries(config)
    .filter(([option]) => !neutral.includes(option) && option !== 'decay')
    .filter(([option]) => config['use_ema'] === true || !ofAverages.includes(option))
    .filter(([option, value]) => value !== null || nullable.includes(option))
    .filter(([option, value]) => !(option === 'weight_decay' && value === false))
    .map(([option, value]) => [optionOf(option), readValue(`the optimizer: ${option}`, option, value)]);
  return optimizerFromConfig({ className, config: Object.fromEntries(options) });
}

function readValue(what: string, option: string, value: unknown): Json {
  if (isObject(value)) return readSchedule(what, value);
  if (option === 'exclude_layers') return readPatterns(what, value);
  return typeof value === 'number' && option === 'learning_rate' ? unrounded(value) : (value as Json);
}

function readSchedule(what: string, given: object): Json {
  const { className, config } = described(what, given);
  if (!isObject(config)) throw new FormatError(`${what}: config must be an object, got ${describe(config)}`);
  const options = Object.entries(config).filter(([option, value]) => option !== 'name' && value !== null);
  return { className, config: Object.fromEntries(options.map(([option, value]) => [optionOf(option), value as Json])) };
}

/** Keras takes each text for a regular expression. */
function readPatterns(what: string, given: unknown): Json {
  if (!Array.isArray(given) || !given.every(each => typeof each === 'string')) {
    throw new FormatError(`${what} must be a list of texts, got ${describe(given)}`);
  }
  return given.map(text => (/^[\w/-]+$/.test(text) ? text : { source: text, flags: '' }));
}

/** Keras's names of optimizers whose weight decay is always a number. */
const decaying = ['AdamW', 'Muon'];
/** The schedules that are Keras's. */
const schedules = [
  ...['CosineDecay', 'CosineDecayRestarts', 'ExponentialDecay', 'InverseTimeDecay', 'PiecewiseConstantDecay'],
  'PolynomialDecay',
];

/** An optimizer for Keras. Throws FormatError for what Keras has no place for. */
export function writeOptimizer(optimizer: Optimizer): KerasObject {
  const { className, name } = optimizer;
  if (className === 'MultiOptimizer') {
    throw new FormatError(
      `the optimizer is a multiOptimizer, for whose patterns files of Keras have no place; save without compile`,
    );
  }
  if (className === undefined) {
    throw new FormatError(`the optimizer "${name}" has no className, so Keras could not find it; save without compile`);
  }
  const { excludeFromWeightDecay = [], ...config } = optimizer.config;
  if (Array.isArray(excludeFromWeightDecay) && excludeFromWeightDecay.length > 0) {
    throw new FormatError(
      `the optimizer "${name}" has excludeFromWeightDecay, for which files of Keras have no place; save without compile`,
    );
  }
  const written = Object.entries(config).map(([option, value]) => [kerasOption(option), writeValue(option, value)]);
  const all = {
    name: groupName(className),
    ...{ clipnorm: null, global_clipnorm: null, clipvalue: null, use_ema: false, ema_momentum: 0.99 },
    ...{ ema_overwrite_frequency: null, loss_scale_factor: null, gradient_accumulation_steps: null },
    ...Object.fromEntries(written),
    ...(config['weightDecay'] === 0 && !decaying.includes(className) ? { weight_decay: null } : {}),
  };
  return kerasObject('keras.optimizers', className, all);
}

/** Options that are integers in Python, too. */
const counts = ['gradientAccumulationSteps', 'emaOverwriteFrequency', 'nsSteps'];

function writeValue(option: string, value: Json): Json {
  if (option === 'excludeLayers' && Array.isArray(value)) return value.map(writePattern);
  if (isObject(value)) return writeSchedule(option, value);
  // Keras refuses a rate or a momentum that is an integer of Python.
  return typeof value === 'number' && !counts.includes(option) ? PythonFloat.of(value) : value;
}

function writePattern(pattern: Json): string {
  const { source, flags } = isObject(pattern) ? pattern : {};
  if (typeof pattern === 'string') return pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  if (flags === '') return String(source);
  throw new FormatError(`the optimizer: excludeLayers has /${source}/${flags}; files of Keras hold no flags`);
}

function writeSchedule(option: string, given: { readonly [name: string]: unknown }): Json {
  const { className, config } = given;
  if (option !== 'learningRate') {
    throw new FormatError(`the optimizer: ${option} follows a schedule; in Keras only the learning rate can`);
  }
  if (typeof className !== 'string' || !isObject(config) || !schedules.includes(className)) {
    throw new FormatError(
      `the optimizer: learningRate follows the schedule ${className}, which Keras does not have; it has ${schedules.join(', ')}`,
    );
  }
  const options = Object.entries(config).map(([name, value]) => [kerasOption(name), value as Json]);
  return { ...kerasObject('keras.optimizers.schedules', className, Object.fromEntries(options)) };
}
