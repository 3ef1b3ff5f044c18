import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import { isObject } from '../layers/options.ts';
import { unknownName } from '../nearest-name.ts';

/** What gives a hyper-parameter for each training step since `compile`, counted from 0. */
export type ScheduleLike = Schedule | ((step: number) => number);

/** A schedule that can be saved: `className` and `config` rebuild it. */
export interface Schedule {
  (step: number): number;
  /** Keras's name of the class, where Keras has one. */
  readonly className: string;
  /** The options that rebuild this schedule, with the defaults filled in. Throws OptionError where one is a function. */
  readonly config: { readonly [option: string]: Json };
}

/** A schedule as it is saved. */
export type ScheduleConfig = { readonly className: string; readonly config: { readonly [option: string]: Json } };

/** A schedule of a function; `config` may be asked for late, since it throws where a part cannot be saved. */
export function makeSchedule(
  className: string,
  config: Schedule['config'] | (() => Schedule['config']),
  valueAt: (step: number) => number,
): Schedule {
  const schedule = (step: number): number => valueAt(step);
  return Object.defineProperties(schedule, {
    className: { value: className, enumerable: true },
    config: { get: () => (typeof config === 'function' ? config() : config), enumerable: true },
  }) as Schedule;
}

export const isSchedule = (given: ScheduleLike): given is Schedule => 'className' in given && 'config' in given;

/** What is saved of a schedule. Throws OptionError for a function that is none; `what` begins the message. */
export function scheduleConfig(what: string, given: ScheduleLike): ScheduleConfig {
  if (isSchedule(given)) return { className: given.className, config: given.config };
  throw new OptionError(
    `${what}: the schedule is a function, which cannot be saved; use one that Inkling brings, such as sequence([...])`,
  );
}

/** The options of a schedule, checked to be an object that holds none but those known. `what` is the factory's name. */
export function checkedOptions<O extends object>(
  what: string,
  given: unknown,
  known: readonly (keyof O & string)[],
): O {
  if (!isObject(given)) throw new OptionError(`${what}: expected an object with options, got ${describe(given)}`);
  for (const name of Object.keys(given)) {
    if (!known.includes(name as keyof O & string)) throw unknownName(`option of ${what}`, name, known);
  }
  return given as O;
}

/** A finite number within bounds, which the words tell. */
export function checkedNumber(
  what: string,
  option: string,
  value: unknown,
  rule: NumberRule = numberRules.finite,
): number {
  if (typeof value === 'number' && Number.isFinite(value) && rule.holds(value)) return value;
  throw new OptionError(`${what}: ${option} must be ${rule.words}, got ${describe(value)}`);
}

export interface NumberRule {
  readonly words: string;
  holds(value: number): boolean;
}

export const numberRules = {
  finite: { words: 'a finite number', holds: () => true },
  positive: { words: 'a finite number above 0', holds: value => value > 0 },
  notNegative: { words: 'a finite number of 0 or more', holds: value => value >= 0 },
  atLeastOne: { words: 'a finite number of 1 or more', holds: value => value >= 1 },
  count: { words: 'an integer of 1 or more', holds: value => Number.isSafeInteger(value) && value >= 1 },
  index: { words: 'an integer of 0 or more', holds: value => Number.isSafeInteger(value) && value >= 0 },
  share: { words: 'between 0 and 1, without them', holds: value => value > 0 && value < 1 },
} as const satisfies { readonly [name: string]: NumberRule };

export function checkedFlag(what: string, option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new OptionError(`${what}: ${option} must be true or false, got ${describe(value)}`);
}

/** A part of a schedule that is made of others: a schedule, or a number that always holds. */
export type SchedulePart = ScheduleLike | number;

/** Throws OptionError for what is neither a schedule nor a finite number. */
export function checkedPart(what: string, option: string, given: unknown): SchedulePart {
  if (typeof given === 'function') return given as ScheduleLike;
  if (typeof given === 'number' && Number.isFinite(given)) return given;
  throw new OptionError(`${what}: ${option} must be a schedule or a finite number, got ${describe(given)}`);
}

export const partAt = (part: SchedulePart, step: number): number => (typeof part === 'number' ? part : part(step));

/** What is saved of a part. Throws OptionError for a function; `what` begins the message. */
export const partConfig = (what: string, part: SchedulePart): number | ScheduleConfig =>
  typeof part === 'number' ? part : scheduleConfig(what, part);
