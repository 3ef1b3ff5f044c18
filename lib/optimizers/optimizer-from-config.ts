import { describe } from '../describe.ts';
import { FormatError } from '../errors.ts';
import type { Json } from '../json.ts';
import { isObject } from '../layers/options.ts';
import { withSchedules } from '../schedules/registry.ts';
import { type MultiOptimizerOptions, multiOptimizer } from './multi-optimizer.ts';
import type { Optimizer } from './optimizer.ts';
import { optimizers } from './registry.ts';

/** An optimizer as it is saved. */
export interface OptimizerConfig {
  readonly className: string;
  readonly config: { readonly [option: string]: Json };
}

/** Makes an optimizer again. Throws FormatError for an unknown class, OptionError for options that it does not take. */
export function optimizerFromConfig({ className, config }: OptimizerConfig): Optimizer {
  if (className === 'MultiOptimizer') return multiOptimizerFrom(config);
  const factories: readonly ((options?: object) => Optimizer)[] = Object.values(optimizers);
  const factory = factories.find(each => each().className === className);
  if (factory === undefined) {
    const names = factories.map(each => each().className).join(', ');
    throw new FormatError(`the optimizer ${className} is not known; known are ${names}, MultiOptimizer`);
  }
  // Every factory checks its options itself, so what comes from a file is as safe as what a user writes.
  return factory(withSchedules(config) as object);
}

function multiOptimizerFrom({ defaultOptimizer, optimizerMap, ...stage }: OptimizerConfig['config']): Optimizer {
  if (!Array.isArray(optimizerMap)) {
    throw new FormatError(`MultiOptimizer: optimizerMap must be a list, got ${describe(optimizerMap)}`);
  }
  const pairs = optimizerMap.map(pair => {
    const [patterns, optimizer] = Array.isArray(pair) ? pair : [];
    return [Array.isArray(patterns) ? patterns[0] : patterns, innerFrom(optimizer)];
  });
  const options = { ...stage, defaultOptimizer: innerFrom(defaultOptimizer), optimizerMap: pairs };
  return multiOptimizer(options as MultiOptimizerOptions);
}

function innerFrom(given: Json | undefined): Optimizer {
  const { className, config } = isObject(given) ? given : {};
  if (typeof className !== 'string' || !isObject(config) || className === 'MultiOptimizer') {
    throw new FormatError(`MultiOptimizer: expected an optimizer with className and config, got ${describe(given)}`);
  }
  return optimizerFromConfig({ className, config: config as OptimizerConfig['config'] });
}
