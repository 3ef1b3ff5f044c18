import { unknownName } from '../nearest-name.ts';
import { adam } from './adam.ts';
import type { Optimizer } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

const optimizers = { adam, sgd, rmsprop };

export type OptimizerName = keyof typeof optimizers;

/** An optimizer by its name, with its defaults, or the one given. Throws OptionError for an unknown name. */
export function optimizerOf(given: OptimizerName | Optimizer): Optimizer {
  if (typeof given !== 'string') return given;
  if (!Object.hasOwn(optimizers, given)) throw unknownName('optimizer', given, Object.keys(optimizers));
  return optimizers[given]();
}
