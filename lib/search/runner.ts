import { DataError } from '../errors.ts';
import type { OptionsOf, Space } from './ranges.ts';
import type { Suggestion } from './trial.ts';

/** What a trial is asked to do. All but the functions is plain data, so that it can be sent elsewhere. */
export interface TrialRequest<S extends Space = Space> extends Omit<Suggestion, 'options'> {
  /** Counted from 0. */
  readonly id: number;
  readonly options: OptionsOf<S>;
  /** Of the trial: for a model's weights and its training. */
  readonly seed: number;
  /** Aborted when the trial is to end early: hand it to `fit`. */
  readonly signal: AbortSignal;
  /** Tells how good the trial is so far, such as behind each epoch. Throws DataError unless it is a finite number. */
  report(value: number): void;
}

/**
 * Runs trials, here or elsewhere. A trial that is given up rejects, as `fit` does with an aborted signal; what it rejects
 * with is kept where the search had not asked for that.
 */
export interface TrialRunner<S extends Space = Space> {
  /** The value of the trial. */
  run(request: TrialRequest<S>): Promise<number>;
}

/** A function that makes a trial's options into a value. */
export type Objective<S extends Space> = (options: OptionsOf<S>, trial: TrialRequest<S>) => number | Promise<number>;

/** Runs trials in this process. */
export function localRunner<S extends Space>(objective: Objective<S>): TrialRunner<S> {
  return { run: async request => objective(request.options, request) };
}

/** A trial's value or report. Throws DataError unless it is a finite number. */
export function checkedValue(what: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new DataError(`${what}: expected a finite number, got ${String(value)}`);
}
