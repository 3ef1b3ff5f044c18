import { describe } from '../describe.ts';
import { FormatError, OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import { isObject } from '../layers/options.ts';
import { unknownName } from '../nearest-name.ts';
import type { Value } from '../plan/graph.ts';
import { checkedGradientStage, type GradientStageOptions, gradientStageOptions } from './gradient-options.ts';
import { type Optimizer, optimizerState, restoreOptimizer, slotsOf } from './optimizer.ts';
import { type OptimizerName, optimizerOf } from './registry.ts';
import { checkedPatterns, isMatched, type PathPattern, savedPatterns } from './weight-decay.ts';

export interface MultiOptimizerOptions extends GradientStageOptions {
  /** For the parameters that no pattern is for: an optimizer, or the name of one with its defaults. */
  readonly defaultOptimizer: Optimizer | OptimizerName;
  /**
   * Which parameters, and their optimizer: `[['head', sgd()], [/norm/, adam()]]`. A text stands for all parameters whose path,
   * such as `head/dense/kernel`, has it in it.
   */
  readonly optimizerMap: Iterable<readonly [PathPattern, Optimizer | OptimizerName]>;
}

/** An optimizer that gives each parameter to one of several. */
export interface MultiOptimizer extends Optimizer {
  readonly className: 'MultiOptimizer';
  /** The default one, and those of the map in their order; their rates may be set between steps. */
  readonly optimizers: readonly Optimizer[];
}

const name = 'multiOptimizer';

/**
 * Several optimizers in one training, each for some of the parameters: `multiOptimizer({ defaultOptimizer: adam(),
 * optimizerMap: [['head', sgd(0.1)]] })`. Clipping, accumulation and averages are options of this optimizer, since they
 * concern all gradients together. `learningRate` is that of the default optimizer, and cannot be set: set it on one of
 * `optimizers`. Throws OptionError for options that are none, and, once a model trains, for a parameter that two
 * patterns fit.
 */
export function multiOptimizer(options: MultiOptimizerOptions): MultiOptimizer {
  const { optimizers, patterns, gradientStage } = checkedOptions(options);
  const placeOf = (parameter: string): number => placeAmong(patterns, parameter);
  const starts = optimizers.map((_, i) => optimizers.slice(0, i).reduce((sum, { hyper }) => sum + hyper.length, 0));
  /** The numbers of each optimizer, once for all its parameters. */
  const slicesOf = new WeakMap<Value, Value[]>();
  let trained = 0;
  return {
    name,
    className: 'MultiOptimizer',
    optimizers,
    gradientStage,
    hyper: optimizers.flatMap(({ hyper }, i) => hyper.map(each => `${i}.${each}`)),
    get steps() {
      return trained;
    },
    set steps(steps) {
      trained = steps;
      for (const each of optimizers) each.steps = steps;
    },
    get learningRate() {
      return optimizers[0]!.learningRate;
    },
    set learningRate(_) {
      throw new OptionError(`${name}: there are ${optimizers.length} rates; set that of one of its optimizers`);
    },
    get config() {
      const [first, ...others] = optimizers.map(savedOptimizer);
      return {
        defaultOptimizer: first!,
        optimizerMap: others.map((each, i) => [savedPatterns([patterns[i]!]), each]),
        ...gradientStage,
      };
    },
    slots: parameter => slotsOf(optimizers[placeOf(parameter.name)]!, parameter),
    hyperparameters: (change, asked) =>
      Object.fromEntries(
        optimizers.flatMap((each, i) =>
          Object.entries(each.hyperparameters(change, asked)).map(([key, number]) => [`${i}.${key}`, number]),
        ),
      ),
    decays: parameter => optimizers[placeOf(parameter)]!.decays?.(parameter) ?? true,
    update(ops, operands) {
      const place = placeOf(operands.w.name);
      const chosen = optimizers[place]!;
      const slices = slicesOf.get(operands.hyper) ?? [];
      slicesOf.set(operands.hyper, slices);
      slices[place] ??= ops.slice(operands.hyper, [starts[place]!], [chosen.hyper.length]);
      chosen.update(ops, { ...operands, hyper: slices[place] });
    },
    getState: () => ({ optimizers: optimizers.map(optimizerState) }),
    setState: state => restoreAll(optimizers, state['optimizers']),
  };
}

/** 0 for the default optimizer, else the place in the map behind it. */
function placeAmong(patterns: readonly PathPattern[], parameter: string): number {
  const fitting = patterns.flatMap((pattern, i) => (isMatched(parameter, [pattern]) ? [i] : []));
  if (fitting.length > 1) {
    const found = fitting.map(i => String(patterns[i])).join(', ');
    throw new OptionError(
      `${name}: the parameter "${parameter}" fits several patterns of optimizerMap: ${found}; give each parameter to one optimizer`,
    );
  }
  return fitting.length === 0 ? 0 : fitting[0]! + 1;
}

const savedOptimizer = ({
  name,
  className,
  config,
}: Optimizer): { className: string; config: { [option: string]: Json } } => {
  if (className !== undefined) return { className, config };
  throw new OptionError(`${name}: an optimizer without a className cannot be saved`);
};

/** Takes over the states of all of them or of none. */
function restoreAll(optimizers: readonly Optimizer[], states: unknown): void {
  if (!Array.isArray(states) || states.length !== optimizers.length || !states.every(isObject)) {
    const expected = `the states of ${optimizers.length} optimizers`;
    throw new FormatError(`the training state: optimizer: expected ${expected}, got ${describe(states)}`);
  }
  const before = optimizers.map(optimizerState);
  try {
    for (const [i, each] of optimizers.entries()) restoreOptimizer(each, states[i]!);
  } catch (error) {
    for (const [i, each] of optimizers.entries()) restoreOptimizer(each, before[i]!);
    throw error;
  }
}

function checkedOptions(options: MultiOptimizerOptions) {
  if (!isObject(options)) {
    throw new OptionError(`${name}: expected { defaultOptimizer, optimizerMap }, got ${describe(options)}`);
  }
  const known = ['defaultOptimizer', 'optimizerMap', ...gradientStageOptions];
  for (const option of Object.keys(options)) {
    if (!known.includes(option)) throw unknownName(`option of ${name}`, option, known);
  }
  const { defaultOptimizer, optimizerMap } = options as MultiOptimizerOptions;
  const pairs = pairsOf(optimizerMap);
  const optimizers = [defaultOptimizer, ...pairs.map(([, optimizer]) => optimizer)].map(optimizerOf);
  for (const each of optimizers) checkInner(each);
  return {
    optimizers,
    patterns: checkedPatterns(
      name,
      'optimizerMap',
      pairs.map(([pattern]) => pattern),
    ),
    gradientStage: checkedGradientStage(name, options),
  };
}

function pairsOf(given: unknown): readonly (readonly [PathPattern, Optimizer | OptimizerName])[] {
  const isIterable = typeof given === 'object' && given !== null && Symbol.iterator in given;
  const pairs: unknown[] = isIterable ? [...(given as Iterable<unknown>)] : [];
  if (pairs.length > 0 && pairs.every(pair => Array.isArray(pair) && pair.length === 2)) {
    return pairs as [PathPattern, Optimizer | OptimizerName][];
  }
  throw new OptionError(
    `${name}: optimizerMap must be pairs of a pattern and an optimizer, such as [['head', sgd()]], got ${describe(given)}`,
  );
}

/** What concerns all gradients together is told to the whole. */
function checkInner({ name: inner, className, gradientStage = {} }: Optimizer): void {
  if (className === 'MultiOptimizer')
    throw new OptionError(`${name}: one of its optimizers is a multiOptimizer itself`);
  const [option] = Object.keys(gradientStage);
  if (option === undefined) return;
  throw new OptionError(
    `${name}: ${inner} has ${option}, which concerns the gradients of all parameters; give it to ${name} instead`,
  );
}
