import { describe } from '../describe.ts';
import { FormatError, OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import { isObject } from '../layers/options.ts';
import type { Pruner } from './pruners.ts';
import type { Space } from './ranges.ts';
import type { Sampler } from './sampler.ts';
import { type Direction, ranked, type Trial } from './trial.ts';

/** What decides on the trials of a search. */
export interface SearchPlan<S extends Space = Space> {
  readonly space: S;
  readonly direction: Direction;
  readonly seed: number;
  readonly sampler: Sampler;
  readonly pruner: Pruner | undefined;
}

/** A search as JSON holds it, with which it can go on later. */
export interface SearchState {
  readonly format: 'inkling-search';
  readonly version: 1;
  /** Space, direction, seed, sampler and pruner, by which a search is known again. */
  readonly plan: { readonly [part: string]: Json };
  readonly trials: readonly Json[];
}

/** What a search has found: its trials, and the best of them. */
export class Search<S extends Space = Space> {
  readonly space: S;
  readonly direction: Direction;
  readonly seed: number;
  readonly #plan: SearchPlan<S>;
  #trials: readonly Trial<S>[] = [];

  /** `tune` makes searches. Throws FormatError or OptionError for a state that is not that of such a search. */
  constructor(plan: SearchPlan<S>, state?: SearchState) {
    this.#plan = plan;
    this.space = plan.space;
    this.direction = plan.direction;
    this.seed = plan.seed;
    if (state !== undefined) this.#trials = trialsOf<S>(state, planOf(plan));
  }

  /** The trials that have ended, in the order of their numbers: plain data, such as charts are made of. */
  get trials(): readonly Trial<S>[] {
    return this.#trials;
  }

  /** The trial with the best value of those that came to their end; undefined where none did. */
  get best(): (Trial<S> & { readonly value: number }) | undefined {
    const [best] = ranked(this.direction, this.#trials);
    return best;
  }

  /** Everything that `tune` needs to go on: plain data for `JSON.stringify`. */
  get state(): SearchState {
    const trials = this.#trials as readonly object[] as readonly Json[];
    return { format: 'inkling-search', version: 1, plan: planOf(this.#plan), trials };
  }

  /** For `tune` alone: a trial has ended. */
  '~add'(trial: Trial<S>): void {
    this.#trials = [...this.#trials, trial].sort((a, b) => a.id - b.id);
  }

  /** The trials as a table in text, the best marked with a star. */
  toString(): string {
    const names = Object.keys(this.space);
    const hasBudget = this.#trials.some(({ budget }) => budget !== undefined);
    const head = ['trial', 'status', 'value', ...(hasBudget ? ['budget'] : []), ...names, 'seconds'];
    const best = this.best?.id;
    const rows = this.#trials.map(({ id, status, value, budget, options, seconds }) => [
      id === best ? `${id} *` : `${id}`,
      status,
      value === undefined ? '-' : short(value),
      ...(hasBudget ? [String(budget ?? '-')] : []),
      ...names.map(name => short(options[name])),
      seconds.toFixed(1),
    ]);
    const widths = head.map((name, column) => Math.max(name.length, ...rows.map(row => row[column]!.length)));
    const line = (cells: readonly string[]) =>
      cells
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd();
    return [head, ...rows].map(line).join('\n');
  }
}

const short = (value: unknown): string =>
  typeof value === 'number'
    ? String(Number(value.toPrecision(5)))
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

/** What two searches must have in common to be the same. */
function planOf({ space, direction, seed, sampler, pruner }: SearchPlan): { readonly [part: string]: Json } {
  const part = (made: Sampler | Pruner) => ({ className: made.className, config: made.config });
  const ranges = space as { readonly [option: string]: object } as { readonly [option: string]: Json };
  return { space: ranges, direction, seed, sampler: part(sampler), pruner: pruner === undefined ? null : part(pruner) };
}

/** The trials of a state. Throws FormatError for what is no state, OptionError for that of another search. */
function trialsOf<S extends Space>(state: SearchState, plan: SearchState['plan']): readonly Trial<S>[] {
  if (!isObject(state) || state['format'] !== 'inkling-search' || state['version'] !== 1 || !isObject(state['plan'])) {
    throw new FormatError(`tune: state must be the state of a search, got ${describe(state)}`);
  }
  for (const [part, value] of Object.entries(plan)) {
    const was = JSON.stringify((state['plan'] as SearchState['plan'])[part]);
    if (was === JSON.stringify(value)) continue;
    throw new OptionError(`tune: the state is that of a search with ${part} ${was}, not ${JSON.stringify(value)}`);
  }
  const trials: unknown = state['trials'];
  if (!Array.isArray(trials))
    throw new FormatError(`tune: the trials of a state must be a list, got ${describe(trials)}`);
  for (const trial of trials) {
    if (
      isObject(trial) &&
      Number.isInteger(trial['id']) &&
      isObject(trial['options']) &&
      Array.isArray(trial['reports'])
    )
      continue;
    throw new FormatError(`tune: a trial of the state must have id, options and reports, got ${describe(trial)}`);
  }
  return [...(trials as Trial<S>[])].sort((a, b) => a.id - b.id);
}
