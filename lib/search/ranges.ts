/** Which values an option may have in a search. */
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { isObject } from '../layers/options.ts';
import { unknownName } from '../nearest-name.ts';

/** What an option of a search may be: a number, a text, or true or false. */
export type OptionValue = number | string | boolean;

/** One of several values, in no order. */
export interface Choice<out V extends OptionValue = OptionValue> {
  readonly kind: 'choice';
  readonly values: readonly V[];
}
/** Whole numbers from `min` to `max`, both among them. */
export interface IntRange {
  readonly kind: 'int';
  readonly min: number;
  readonly max: number;
  /** Whether equal ratios are equally likely, and not equal differences. */
  readonly log: boolean;
}
/** Numbers from `min` to `max`. */
export interface FloatRange {
  readonly kind: 'float';
  readonly min: number;
  readonly max: number;
  /** Whether equal ratios are equally likely, and not equal differences. */
  readonly log: boolean;
}
export type Range = Choice | IntRange | FloatRange;

/** The options of a search, by name, each with its range: plain data, which JSON can hold. */
export interface Space {
  readonly [option: string]: Range;
}
/** The options that a trial is given. */
export type OptionsOf<S extends Space> = {
  readonly [O in keyof S]: S[O] extends Choice<infer V> ? V : number;
};

export interface NumberRangeOptions {
  /** For numbers that matter by their ratio, such as learning rates; false if left out. */
  readonly log?: boolean;
}

/** One of several values: `choice(['relu', 'gelu'])`. Throws OptionError for none. */
export function choice<const V extends readonly OptionValue[]>(values: V): Choice<V[number]> {
  const isValue = (value: unknown) => typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  if (Array.isArray(values) && values.length > 0 && values.every(isValue))
    return { kind: 'choice', values: [...values] };
  throw new OptionError(`choice: expected a list of finite numbers, texts, true or false, got ${describe(values)}`);
}

/** true or false. */
export const boolean = (): Choice<boolean> => ({ kind: 'choice', values: [false, true] });

/** Whole numbers from `min` to `max`, both among them. Throws OptionError. */
export function int(min: number, max: number, options: NumberRangeOptions = {}): IntRange {
  for (const end of [min, max]) {
    if (!Number.isSafeInteger(end)) throw new OptionError(`int: min and max must be integers, got ${describe(end)}`);
  }
  return { kind: 'int', ...checkedRange('int', min, max, options) };
}

/** Numbers from `min` to `max`. Throws OptionError. */
export function float(min: number, max: number, options: NumberRangeOptions = {}): FloatRange {
  return { kind: 'float', ...checkedRange('float', min, max, options) };
}

function checkedRange(what: string, min: number, max: number, options: NumberRangeOptions) {
  if (!(Number.isFinite(min) && Number.isFinite(max) && min < max)) {
    throw new OptionError(`${what}: min must be less than max, got ${describe(min)} and ${describe(max)}`);
  }
  if (!isObject(options)) throw new OptionError(`${what}: expected an object with options, got ${describe(options)}`);
  for (const name of Object.keys(options)) if (name !== 'log') throw unknownName(`option of ${what}`, name, ['log']);
  const { log = false } = options as NumberRangeOptions;
  if (typeof log !== 'boolean') throw new OptionError(`${what}: log must be true or false, got ${describe(log)}`);
  if (log && min <= 0) throw new OptionError(`${what}: a range with log must be above 0, got ${min}`);
  return { min, max, log };
}
