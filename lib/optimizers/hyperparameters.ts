import { describe } from '../describe.ts';
import { FormatError, OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import { isScheduleConfig, scheduleFromConfig } from '../schedules/registry.ts';
import { isSchedule, type ScheduleLike, scheduleConfig } from '../schedules/schedule.ts';

/** A number, or a schedule that gives one for each training step. */
export type Hyperparameter = number | ScheduleLike;

/** What a hyper-parameter must be. */
export interface Rule {
  readonly words: string;
  holds(value: number): boolean;
  /** Whether it makes parameters smaller, apart from those that are excluded from that. */
  readonly isWeightDecay?: boolean;
  /** Said where it cannot change any more: what the optimizer keeps for each parameter depends on it. */
  readonly fixed?: string;
}

export const rules = {
  rate: { words: 'a finite number of 0 or more', holds: value => value >= 0 },
  positive: { words: 'a finite number above 0', holds: value => value > 0 },
  finite: { words: 'a finite number', holds: () => true },
  notPositive: { words: 'a finite number of 0 or less', holds: value => value <= 0 },
  share: { words: 'at least 0 and less than 1', holds: value => value >= 0 && value < 1 },
  weightDecay: { words: 'a finite number of 0 or more', holds: value => value >= 0, isWeightDecay: true },
} as const satisfies { readonly [name: string]: Rule };

/** The rule for a momentum: one of 0 is none, for which no velocity is kept. */
export const momentumRule = (momentum: Hyperparameter): Rule =>
  momentum !== 0
    ? rules.share
    : { ...rules.share, fixed: 'it was made with a momentum of 0 and keeps no velocity; make one with a momentum' };

/** What a state holds in place of a schedule that is a function of the user's own. */
const functionMark = 'function';

/** The hyper-parameters of one optimizer: each may be set between steps, or follows a schedule. */
export class Hyperparameters<N extends string> {
  readonly #optimizer: string;
  readonly #rules: { readonly [name in N]: Rule };
  readonly #given: { [name in N]: Hyperparameter };

  /** Throws OptionError for a number that breaks its rule. `optimizer` begins every message. */
  constructor(
    optimizer: string,
    table: { readonly [name in N]: Rule },
    given: { readonly [name in N]: Hyperparameter },
  ) {
    this.#optimizer = optimizer;
    this.#rules = table;
    this.#given = { ...given };
    for (const name of this.names) this.#check(name, given[name]);
  }

  get names(): readonly N[] {
    return Object.keys(this.#rules) as N[];
  }

  /** Its number for a training step, counted from 0. Throws OptionError where a schedule gives one that breaks the rule. */
  at(name: N, step: number): number {
    const given = this.#given[name];
    if (typeof given === 'number') return given;
    const value: unknown = given(step);
    if (typeof value === 'number' && this.#holds(name, value)) return value;
    throw this.#broken(name, `${describe(value)} from its schedule at step ${step}`);
  }

  /** All numbers for a training step; those of weight decay are 0 where `decays` is false. */
  allAt(step: number, decays: boolean): { readonly [name in N]: number } {
    const entries = this.names.map(name => [
      name,
      !decays && this.#rules[name].isWeightDecay === true ? 0 : this.at(name, step),
    ]);
    return Object.fromEntries(entries) as { [name in N]: number };
  }

  /** Throws OptionError for what breaks the rule, and for a number in place of a schedule. */
  set(name: N, next: Hyperparameter): void {
    this.#check(name, next);
    const { fixed } = this.#rules[name];
    if (fixed !== undefined && next !== this.#given[name]) {
      throw new OptionError(`${this.#optimizer}: ${name} cannot be set: ${fixed}`);
    }
    const given = this.#given[name];
    if (typeof given === 'function' && typeof next === 'number') {
      const schedule = isSchedule(given) ? `the schedule ${given.className}` : 'a function';
      throw new OptionError(
        `${this.#optimizer}: ${name} follows ${schedule} and cannot be set to a number; set another schedule, or make the optimizer with a number`,
      );
    }
    this.#given[name] = next;
  }

  /** Those that follow a schedule. */
  get schedules(): { readonly [name: string]: ScheduleLike } {
    return Object.fromEntries(
      this.names.flatMap(name => {
        const given: Hyperparameter = this.#given[name];
        return typeof given === 'function' ? [[name, given] as const] : [];
      }),
    );
  }

  /** All as they are saved with the optimizer. Throws OptionError where one follows a function. */
  get config(): { readonly [name: string]: Json } {
    return this.#saved(name => scheduleConfig(`${this.#optimizer}: ${name}`, this.#given[name] as ScheduleLike));
  }

  /** All as a training state holds them: in place of a function there is a mark. */
  get state(): { readonly [name: string]: Json } {
    return this.#saved(name => {
      const schedule = this.#given[name] as ScheduleLike;
      return isSchedule(schedule) ? scheduleConfig(name, schedule) : functionMark;
    });
  }

  /** Takes a state over, all of it or nothing. Throws OptionError or FormatError for one that does not fit. */
  restore(state: { readonly [name: string]: unknown }): void {
    const next = this.names
      .filter(name => Object.hasOwn(state, name))
      .map(name => [name, this.#restored(name, state[name])] as const);
    for (const [name, value] of next) this.#given[name] = value;
  }

  #restored(name: N, value: unknown): Hyperparameter {
    const given = this.#given[name];
    if (value === functionMark) {
      if (typeof given === 'function' && !isSchedule(given)) return given;
      throw new OptionError(
        `${this.#optimizer}: ${name} followed a function, which no state can hold; compile with that function before setState`,
      );
    }
    if (typeof value !== 'number' && !isScheduleConfig(value)) {
      throw new FormatError(
        `the training state: optimizer: ${name} must be a number or a schedule, got ${describe(value)}`,
      );
    }
    const next = typeof value === 'number' ? value : scheduleFromConfig(value);
    this.#check(name, next);
    return next;
  }

  #saved(scheduled: (name: N) => Json | object): { readonly [name: string]: Json } {
    const entries = this.names.map(name => {
      const given = this.#given[name];
      return [name, typeof given === 'number' ? given : scheduled(name)];
    });
    return Object.fromEntries(entries);
  }

  #holds(name: N, value: number): boolean {
    return Number.isFinite(value) && this.#rules[name].holds(value);
  }

  #check(name: N, value: unknown): void {
    if (typeof value === 'function' || (typeof value === 'number' && this.#holds(name, value))) return;
    throw this.#broken(name, describe(value));
  }

  #broken(name: N, got: string): OptionError {
    return new OptionError(`${this.#optimizer}: ${name} must be ${this.#rules[name].words}, got ${got}`);
  }
}
