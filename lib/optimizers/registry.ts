import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { unknownName } from '../nearest-name.ts';
import { adadelta } from './adadelta.ts';
import { adafactor } from './adafactor.ts';
import { adagrad } from './adagrad.ts';
import { adam, adamw } from './adam.ts';
import { adamax } from './adamax.ts';
import { ftrl } from './ftrl.ts';
import { lamb } from './lamb.ts';
import { lion } from './lion.ts';
import { muon } from './muon.ts';
import { nadam } from './nadam.ts';
import type { Optimizer } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { scheduleFreeAdamw } from './schedule-free-adamw.ts';
import { sgd } from './sgd.ts';

/** The optimizers that Inkling brings, by name. */
export const optimizers = {
  adam,
  sgd,
  rmsprop,
  adagrad,
  adadelta,
  adafactor,
  adamax,
  adamw,
  ftrl,
  lamb,
  lion,
  muon,
  nadam,
  scheduleFreeAdamw,
};

export type OptimizerName = keyof typeof optimizers;

/** An optimizer by its name, with its defaults, or the one given. Throws OptionError for what is neither. */
export function optimizerOf(given: OptimizerName | Optimizer): Optimizer {
  if (isOptimizer(given)) return given;
  const known = Object.keys(optimizers);
  if (typeof given !== 'string') {
    const expected = `a name (${known.join(', ')}) or what a function such as adam() gives`;
    throw new OptionError(`compile: optimizer must be ${expected}, got ${describe(given)}`);
  }
  if (!Object.hasOwn(optimizers, given)) throw unknownName('optimizer', given, known);
  return optimizers[given]();
}

function isOptimizer(given: unknown): given is Optimizer {
  if (typeof given !== 'object' || given === null) return false;
  const { name, update } = given as { readonly [member: string]: unknown };
  return typeof name === 'string' && typeof update === 'function';
}
