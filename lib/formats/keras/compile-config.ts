/** What a model is compiled with, in Keras's JSON and in ours. */
import { describe } from '../../describe.ts';
import { FormatError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { isObject } from '../../layers/options.ts';
import type { Loss } from '../../losses/loss.ts';
import { losses } from '../../losses/registry.ts';
import type { Metric } from '../../metrics/metric.ts';
import { metrics } from '../../metrics/registry.ts';
import type { CompileOptions } from '../../model/options.ts';
import type { Compiled } from '../../model/program.ts';
import type { Shape } from '../../shape/shape.ts';
import { camelCase, groupName, kerasOption, kerasText, optionOf } from './names.ts';
import { described, kerasObject } from './objects.ts';
import { readOptimizer, writeOptimizer } from './optimizer-configs.ts';

const advice = 'load the model with compile: false, and compile it yourself';

/** Names are the same if their letters and digits are: `sparse_top_k` and `SparseTopK`. */
const letters = (name: string): string => name.toLowerCase().replaceAll('_', '');

/** Names of Keras that are none here. */
const aliases = new Map([
  ['kullbackleiblerdivergence', 'klDivergence'],
  ['huberloss', 'huber'],
]);

/** What `compile` takes; undefined where the file has nothing that a model could be trained with. Throws FormatError. */
export function readCompile(given: unknown): CompileOptions | undefined {
  if (!isObject(given) || given['optimizer'] === null || given['optimizer'] === undefined) return undefined;
  const { optimizer, loss, loss_weights: weights, metrics: named, weighted_metrics: weighted } = given;
  const onlyLoss = only('loss', loss);
  if (onlyLoss === null || onlyLoss === undefined) return undefined;
  const weight = only('loss_weights', weights) ?? 1;
  if (typeof weight !== 'number') {
    throw new FormatError(`the loss: loss_weights must be a number, got ${describe(weight)}`);
  }
  return {
    optimizer: readOptimizer(optimizer),
    loss: readLoss(onlyLoss),
    lossWeights: weight,
    metrics: flat(named).map(readMetric),
    weightedMetrics: flat(weighted).map(readMetric),
  };
}

/** What is given for the one output of a model: by itself, in a list or by the name of the output. */
function only(what: string, given: unknown): unknown {
  const isOne = typeof given !== 'object' || given === null || 'class_name' in given;
  if (isOne) return given;
  const values: readonly unknown[] = Object.values(given);
  if (values.length === 1) return only(what, values[0]);
  throw new FormatError(`${what} is given for ${values.length} outputs; models here have one`);
}

/** Metrics may stand in lists and under names of outputs. */
function flat(given: unknown): readonly unknown[] {
  if (given === null || given === undefined) return [];
  if (typeof given !== 'object' || 'class_name' in given) return [given];
  return Object.values(given).flatMap(flat);
}

/** The factory for a text, a function or an object of Keras's JSON, and the options that it takes. */
function found(what: string, known: object, given: unknown): { name: string; options: { [option: string]: Json } } {
  const { className, config } = typeof given === 'string' ? { className: given, config: {} } : described(what, given);
  const text = className === 'function' && typeof config === 'string' ? config : className;
  const wrapped = isObject(config) && className === 'MeanMetricWrapper' ? config['fn'] : undefined;
  if (wrapped !== undefined) return found(what, known, wrapped);
  const alias = aliases.get(letters(text)) ?? text;
  const name = Object.keys(known).find(each => letters(each) === letters(alias));
  if (name === undefined) throw new FormatError(`${what} is ${text}, which Inkling does not have: ${advice}`);
  const options = Object.entries(isObject(config) ? config : {})
    .filter(([option]) => option !== 'dtype' && option !== 'fn')
    .map(([option, value]) => [optionOf(option), value as Json]);
  return { name, options: Object.fromEntries(options) };
}

function readLoss(given: unknown): Loss {
  const { name, options } = found('the loss', losses, given);
  const { name: _, reduction, ...others } = options;
  // Keras 2 left it to the way of training.
  const isAutomatic = reduction === undefined || reduction === 'auto';
  const used = isAutomatic ? others : { ...others, reduction: text(reduction) };
  // Each factory checks the options that it takes.
  const factory: unknown = losses[name as keyof typeof losses];
  return (factory as (options: object) => Loss)(used);
}

function readMetric(given: unknown): Metric {
  // The class of that name compares numbers; the name by itself stands for another metric.
  const isExact = isObject(given) && given['class_name'] === 'Accuracy';
  const { name, options } = found('a metric', metrics, isExact ? { ...given, class_name: 'exactAccuracy' } : given);
  const { name: called, numRegressors: _, ...others } = options;
  const used = Object.entries(others)
    .filter(([, value]) => value !== null)
    .map(([option, value]) => [option, text(value)]);
  const isAutomatic = typeof called !== 'string' || letters(called).replace(/\d+$/, '') === letters(name);
  const factory: unknown = metrics[name as keyof typeof metrics];
  const named = isAutomatic ? (typeof given === 'string' ? { name } : {}) : { name: called };
  return (factory as (options: object) => Metric)({ ...Object.fromEntries(used), ...named });
}

const text = (value: Json): Json => (typeof value === 'string' ? camelCase(value) : value);

/** Metrics that Keras has no class for. */
const ownMetrics = [
  ...['CohenKappa', 'ConfusionMatrix', 'MatthewsCorrelation', 'CategoricalFocalCrossentropy', 'Huber', 'LogCosh'],
  ...['BinaryFocalCrossentropy', 'CategoricalGeneralizedCrossEntropy', 'Dice', 'Tversky'],
];

/** Keras's compile configuration. Throws FormatError for what Keras has no place for. */
export function writeCompile(compiled: Compiled, outputShape: Shape): Json {
  const { optimizer, loss, lossWeight, metrics, weightedMetrics } = compiled;
  const listOf = (given: readonly Metric[]): Json =>
    given.length === 0 ? null : given.map(metric => writeMetric(metric, loss, outputShape));
  return {
    optimizer: { ...writeOptimizer(optimizer) },
    loss: writeLoss(loss),
    loss_weights: lossWeight === 1 ? null : [lossWeight],
    metrics: listOf(metrics),
    weighted_metrics: listOf(weightedMetrics),
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  };
}

function writeLoss({ name, className, config }: Loss): Json {
  if (config === undefined || className === undefined) {
    throw new FormatError(`the loss "${name}" is none that Keras has; save without compile`);
  }
  // Class numbers stand for the last axis alone, and Keras's class has no option for it.
  const used = className === 'SparseCategoricalCrossentropy' ? without(config, 'axis') : config;
  return { ...kerasObject('keras.losses', className, { name: groupName(className), ...options(used) }) };
}

function writeMetric({ name, className, config }: Metric, loss: Loss, outputShape: Shape): Json {
  if (className === undefined || config === undefined || ownMetrics.includes(className)) {
    throw new FormatError(`the metric "${name}" is none that Keras has; save without compile`);
  }
  // Keras finds out for these names alone which kind of accuracy is meant.
  if (className === automatic && (name === 'acc' || name === 'accuracy')) return name;
  const theirs = className === automatic ? accuracyClass(loss, outputShape) : className;
  const used = without(className === 'BinaryCrossentropy' ? without(config, 'axis') : config, 'name');
  const called = letters(name) === letters(className) ? groupName(theirs) : name;
  return { ...kerasObject('keras.metrics', theirs, { name: called, ...options(used) }) };
}

/** The class of the metric `accuracy`. */
const automatic = 'AutomaticAccuracy';

const without = (config: { readonly [option: string]: Json }, left: string): { readonly [option: string]: Json } =>
  Object.fromEntries(Object.entries(config).filter(([option]) => option !== left));

/** The class of the accuracy that a loss and an output make of the name. */
function accuracyClass({ targets }: Loss, outputShape: Shape): string {
  if (outputShape.at(-1) === 1) return 'BinaryAccuracy';
  return targets === 'classes' ? 'SparseCategoricalAccuracy' : 'CategoricalAccuracy';
}

const options = (config: { readonly [option: string]: Json }): { [option: string]: Json } =>
  Object.fromEntries(
    Object.entries(config).map(([option, value]) => [
      kerasOption(option),
      isName(option, value) ? kerasText(value) : value,
    ]),
  );

/** Texts that are names in snake case in Keras. */
const isName = (option: string, value: Json): value is string =>
  typeof value === 'string' && ['reduction', 'classAggregation'].includes(option);
