import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { isObject } from '../layers/options.ts';
import { unknownName } from '../nearest-name.ts';
import { type LossOptions, type Reduction, reductions } from './loss.ts';

/** Checks on the options of losses and metrics. `of` is the factory's name; every message begins with it. */

/**
 * What was given with the defaults filled in. Throws OptionError for what is no object, and for options that are not
 * known: the defaults name them all, `optional` those that have none.
 */
export function filled<D extends object, O extends object>(
  of: string,
  given: O,
  defaults: D,
  optional: readonly string[] = [],
): D & O {
  if (!isObject(given)) throw new OptionError(`${of}: expected an object with options, got ${describe(given)}`);
  const known = [...Object.keys(defaults), ...optional];
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw unknownName(`option of ${of}`, name, known);
  }
  const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...defaults, ...(stated as O) };
}

/** The options of a loss with the defaults filled in, the reduction among them. */
export function lossOptions<D extends object, O extends LossOptions>(
  loss: string,
  given: O,
  defaults: D,
): D & O & { readonly reduction: Reduction } {
  const options = filled(loss, given, { reduction: 'sumOverBatchSize' as Reduction, ...defaults });
  const reduction: unknown = options.reduction;
  if (reduction === null || reduction === 'none') {
    const way = "use 'sumOverBatchSize', 'mean', 'sum' or 'meanWithSampleWeight'";
    throw new OptionError(`${loss}: reduction "none" leaves many numbers, but training lowers a single one; ${way}`);
  }
  if (!reductions.some(known => known === reduction)) {
    throw typeof reduction === 'string'
      ? unknownName(`reduction of ${loss}`, reduction, reductions)
      : new OptionError(`${loss}: reduction must be one of ${reductions.join(', ')}, got ${describe(reduction)}`);
  }
  return options;
}

/** Throws OptionError unless min <= value <= max. */
export function within(of: string, option: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new OptionError(`${of}: ${option} must be at least ${min} and at most ${max}, got ${describe(value)}`);
}

/** Throws OptionError unless the value is a finite number of 0 or more. */
export function notNegative(of: string, option: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new OptionError(`${of}: ${option} must be a finite number of 0 or more, got ${describe(value)}`);
}

/** Throws OptionError unless the value is a finite number above 0. */
export function positiveNumber(of: string, option: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new OptionError(`${of}: ${option} must be a finite number above 0, got ${describe(value)}`);
}

/** Throws OptionError unless the value is a whole number of 0 or more. */
export function natural(of: string, option: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new OptionError(`${of}: ${option} must be an integer of 0 or more, got ${describe(value)}`);
}

/** Throws OptionError for a text that is none of those known. */
export function oneOf<T extends string>(of: string, option: string, value: T, known: readonly T[]): T {
  if (known.includes(value)) return value;
  if (typeof value === 'string') throw unknownName(`${option} of ${of}`, value, known);
  throw new OptionError(`${of}: ${option} must be one of ${known.join(', ')}, got ${describe(value)}`);
}

/** Throws OptionError unless the value is an integer. */
export function checkedAxisOption(of: string, axis: number): number {
  if (Number.isInteger(axis) && axis !== 0) return axis;
  const why = axis === 0 ? '0 is the batch axis' : 'expected an integer';
  throw new OptionError(`${of}: axis must name an axis behind the batch axis, got ${describe(axis)}: ${why}`);
}
