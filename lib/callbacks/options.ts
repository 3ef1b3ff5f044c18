import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { isObject } from '../layers/options.ts';
import { unknownName } from '../nearest-name.ts';

/** Checks on the options of callbacks. `callback` is the name of the class; every message begins with it. */

/** The options, checked to be an object that holds none but those known. */
export function checkedOptions<O extends object>(callback: string, given: unknown, known: readonly (keyof O)[]): O {
  if (!isObject(given)) throw new OptionError(`${callback}: expected an object with options, got ${describe(given)}`);
  for (const name of Object.keys(given)) {
    const names: readonly PropertyKey[] = known;
    if (!names.includes(name)) throw unknownName(`option of ${callback}`, name, known.map(String));
  }
  return given as O;
}

/** An integer of at least `least`. */
export function whole(callback: string, option: string, value: unknown, least: 0 | 1): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  const words = least === 0 ? 'an integer of 0 or more' : 'a positive integer';
  throw new OptionError(`${callback}: ${option} must be ${words}, got ${describe(value)}`);
}

export function finite(callback: string, option: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new OptionError(`${callback}: ${option} must be a finite number, got ${describe(value)}`);
}

export function flag(callback: string, option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new OptionError(`${callback}: ${option} must be true or false, got ${describe(value)}`);
}

export function text(callback: string, option: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new OptionError(`${callback}: ${option} must be a text, got ${describe(value)}`);
}

/** 1: a line on the console for each thing that the callback does; epochs in it count from 1, as in the progress bar. */
export type CallbackVerbosity = 0 | 1;

/** What writes such lines, or, for 0, drops them. */
export function messages(callback: string, verbose: unknown): (message: string) => void {
  if (verbose === 1) return message => console.log(`${callback}: ${message}`);
  if (verbose === 0) return () => undefined;
  throw new OptionError(`${callback}: verbose must be 0 or 1, got ${describe(verbose)}`);
}
