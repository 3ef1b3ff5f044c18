import type { OptionsOf, OptionValue, Space } from './ranges.ts';

/** What a sampler asks for: options, and how much may be spent on them. */
export interface Suggestion {
  readonly options: { readonly [option: string]: OptionValue };
  /** Epochs, or what else an objective measures its cost by; undefined if that is up to the objective. */
  readonly budget?: number;
  /** Of Hyperband: which bracket and which of its rungs. */
  readonly bracket?: number;
  readonly rung?: number;
  /** The number of the trial whose options these are, if it has been tried with less. */
  readonly continues?: number;
}

/** `complete`: it has a value; `pruned`: it was ended early; `failed`: it threw an error. */
export type TrialStatus = 'complete' | 'pruned' | 'failed';

/** One trial that has ended: plain data, which JSON can hold. */
export interface Trial<S extends Space = Space> extends Suggestion {
  /** Counted from 0. */
  readonly id: number;
  readonly options: OptionsOf<S>;
  readonly status: TrialStatus;
  /** What the objective gave, or what a pruned trial had reported last. */
  readonly value?: number;
  /** What it reported, in order: one for each epoch, as a rule. */
  readonly reports: readonly number[];
  /** Of a failed trial. */
  readonly error?: string;
  readonly seconds: number;
}

/** Which values are better. */
export type Direction = 'maximize' | 'minimize';

/** Whether a is better than b. */
export const isBetter = (direction: Direction, a: number, b: number): boolean =>
  direction === 'maximize' ? a > b : a < b;

/** The trials that have a value, the best first; of equal ones, the first that was tried. */
export function ranked<T extends Trial>(
  direction: Direction,
  trials: readonly T[],
): (T & { readonly value: number })[] {
  const sign = direction === 'maximize' ? -1 : 1;
  return trials
    .filter(
      (trial): trial is T & { readonly value: number } => trial.status === 'complete' && trial.value !== undefined,
    )
    .sort((a, b) => sign * (a.value - b.value) || a.id - b.id);
}
