/** What TensorFlow.js trains a model with, in its files and here: loss, metrics, optimizer and what this keeps. */
import { FormatError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { isObject } from '../../layers/options.ts';
import type { Loss } from '../../losses/loss.ts';
import { losses } from '../../losses/registry.ts';
import type { Metric } from '../../metrics/metric.ts';
import { metrics } from '../../metrics/registry.ts';
import type { Compiled } from '../../model/program.ts';
import type { Optimizer } from '../../optimizers/optimizer.ts';
import { optimizerFromConfig } from '../../optimizers/optimizer-from-config.ts';
import { described } from '../keras/objects.ts';

type Values = { readonly [name: string]: unknown };

/** Losses and metrics of TensorFlow.js by its names in files, which are not all Keras's. */
const lossNames = new Map<string, keyof typeof losses>([
  ['binary_crossentropy', 'binaryCrossentropy'],
  ['categorical_crossentropy', 'categoricalCrossentropy'],
  ['categorical_hinge', 'categoricalHinge'],
  ['cosine_proximity', 'cosineSimilarity'],
  ['hinge', 'hinge'],
  ['kullback_leibler_divergence', 'klDivergence'],
  ['logcosh', 'logCosh'],
  ['mean_absolute_error', 'meanAbsoluteError'],
  ['mean_absolute_percentage_error', 'meanAbsolutePercentageError'],
  ['mean_squared_error', 'meanSquaredError'],
  ['mean_squared_logarithmic_error', 'meanSquaredLogarithmicError'],
  ['poisson', 'poisson'],
  ['sparse_categorical_crossentropy', 'sparseCategoricalCrossentropy'],
  ['squared_hinge', 'squaredHinge'],
]);
const metricNames = new Map<string, 'accuracy' | 'binaryAccuracy' | 'categoricalAccuracy' | 'mse' | 'mae' | 'mape'>([
  ['accuracy', 'accuracy'],
  ['binary_accuracy', 'binaryAccuracy'],
  ['categorical_accuracy', 'categoricalAccuracy'],
  ['mse', 'mse'],
  ['mae', 'mae'],
  ['mape', 'mape'],
]);

/**
 * How an optimizer there is called here, and its options. Two of TensorFlow.js compute otherwise than Keras's: Adadelta divides by
 * what it kept before the step, and a centered RMSProp subtracts epsilon.
 */
interface OptimizerNames {
  readonly theirs: string;
  readonly ours: string;
  /** Our options by the names there. */
  readonly options: { readonly [theirs: string]: string };
}

const rate = { learningRate: 'learningRate' };
const betas = { beta1: 'beta1', beta2: 'beta2', epsilon: 'epsilon' };
const optimizers: readonly OptimizerNames[] = [
  { theirs: 'SGD', ours: 'SGD', options: rate },
  { theirs: 'Momentum', ours: 'SGD', options: { ...rate, momentum: 'momentum', useNesterov: 'nesterov' } },
  { theirs: 'Adam', ours: 'Adam', options: { ...rate, ...betas } },
  { theirs: 'Adamax', ours: 'Adamax', options: { ...rate, ...betas } },
  {
    theirs: 'Adagrad',
    ours: 'Adagrad',
    options: { ...rate, initialAccumulatorValue: 'initialAccumulatorValue' },
  },
  {
    ...{ theirs: 'RMSProp', ours: 'RMSprop' },
    options: { ...rate, decay: 'rho', momentum: 'momentum', epsilon: 'epsilon' },
  },
];

/** Names may be of snake case or camel case in the files of both programs. */
const snake = (text: string): string => text.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

/** Keras's compile configuration from TensorFlow.js's, or from that of Keras 2, which its converter leaves as it is. */
export function readTraining(given: unknown): unknown {
  if (!isObject(given) || !isObject(given['optimizer_config'])) return undefined;
  const { optimizer_config: optimizer, loss, metrics: named, ...others } = given;
  return {
    ...others,
    optimizer: readOptimizer(optimizer as Values),
    loss: readName(loss, name => lossNames.get(snake(name)) ?? name),
    metrics: Array.isArray(named) ? named.map(each => readName(each, name => name)) : named,
  };
}

const readName = (given: unknown, nameOf: (name: string) => string): unknown =>
  typeof given === 'string' ? nameOf(given) : given;

/** An optimizer of Keras from one of TensorFlow.js, which has its options in camel case. */
function readOptimizer(given: Values): Values {
  const { className, config } = described('the optimizer', given);
  const found = optimizers.find(({ theirs }) => theirs === className);
  if (className === 'Adadelta' && isObject(config) && 'learningRate' in config) {
    throw new FormatError(
      'the optimizer is Adadelta, which TensorFlow.js computes otherwise than Keras; load with compile: false',
    );
  }
  if (found === undefined || !isObject(config) || !('learningRate' in config)) return given;
  const options = Object.entries(config).map(([option, value]) => {
    if (Object.hasOwn(found.options, option)) return [found.options[option]!, value];
    // The decay of Adamax divides the rate.
    if ((option === 'decay' && value === 0) || (option === 'centered' && value === false)) return undefined;
    throw new FormatError(
      `the optimizer ${className} has ${option} ${String(value)}, which Inkling does not have; load with compile: false`,
    );
  });
  return { class_name: found.ours, config: Object.fromEntries(options.filter(option => option !== undefined)) };
}

const advice = 'save with encodeTfjs(model, { compile: false })';

/** TensorFlow.js's configuration. Throws FormatError for what it has no place for. */
export function writeTraining({ loss, lossWeight, metrics: named, weightedMetrics, optimizer }: Compiled): Json {
  if (lossWeight !== 1) {
    throw new FormatError(`the loss has the weight ${lossWeight}, for which TensorFlow.js has no place; ${advice}`);
  }
  if (weightedMetrics.length > 0) {
    throw new FormatError(`the model has weightedMetrics, for which TensorFlow.js has no place; ${advice}`);
  }
  return { loss: writeLoss(loss), metrics: named.map(writeMetric), optimizer_config: writeOptimizer(optimizer) };
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function writeLoss({ name, className, config }: Loss): string {
  const found = [...lossNames].find(([, ours]) => losses[ours]().className === className);
  if (found !== undefined && className !== undefined && isSame(losses[found[1]]().config, config)) return found[0];
  const why =
    found === undefined ? 'is none that TensorFlow.js has' : 'has options, for which TensorFlow.js has no place';
  throw new FormatError(`the loss "${name}" ${why}; ${advice}`);
}

function writeMetric({ name, className, config }: Metric): string {
  const isNamed = ({ name: _, ...options }: Values, { name: __, ...others }: Values) => isSame(options, others);
  const found = [...metricNames].find(([, ours]) => {
    const metric = metrics[ours]();
    return metric.className === className && isNamed(metric.config ?? {}, config ?? {});
  });
  if (found !== undefined && className !== undefined) return found[0];
  throw new FormatError(
    `the metric "${name}" is none that TensorFlow.js finds by name; it has ${[...metricNames.values()].join(', ')}; ${advice}`,
  );
}

function writeOptimizer(optimizer: Optimizer): Json {
  const { options, theirs } = namesOf(optimizer);
  const { config } = optimizer;
  const own = Object.entries(options).map(([name, ours]) => [name, ours, config[ours]!] as const);
  const again = optimizerFromConfig({
    className: optimizer.className!,
    config: Object.fromEntries(own.map(([, ours, value]) => [ours, value])),
  });
  const odd = Object.keys(config).find(option => !isSame(again.config[option], config[option]));
  const schedule = own.find(([, , value]) => typeof value === 'object');
  if (odd !== undefined || schedule !== undefined) {
    const what = odd ?? `a schedule as its ${schedule![1]}`;
    throw new FormatError(
      `the optimizer "${optimizer.name}" has ${what}, for which TensorFlow.js has no place; ${advice}`,
    );
  }
  const written = own.map(([name, , value]) => [name, value] as const);
  return { class_name: theirs, config: { ...Object.fromEntries(written), learningRate: optimizer.learningRate } };
}

/** The optimizer of TensorFlow.js that does the same. Throws FormatError where there is none. */
export function namesOf({ name, className, config }: Optimizer): OptimizerNames {
  const isPlain = config['momentum'] === 0 && config['nesterov'] === false;
  const theirs = className === 'SGD' && !isPlain ? 'Momentum' : undefined;
  const found = optimizers.find(each => each.ours === className && (theirs ?? each.theirs) === each.theirs);
  if (found !== undefined) return found;
  const list = optimizers.map(each => each.theirs).join(', ');
  throw new FormatError(`the optimizer "${name}" is none that TensorFlow.js has, which has ${list}; ${advice}`);
}
