import type { Callback, Logs, TrainingRun } from '../callbacks/callback.ts';
import { Monitor, type MonitorOptions } from '../callbacks/monitor.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { TrialRequest } from './runner.ts';

/** A callback of `fit` that reports a log to a search behind each epoch, so that a pruner can end the trial early. */
export class TrialReport implements Callback {
  readonly #trial: Pick<TrialRequest, 'report'>;
  readonly #monitor: Monitor;

  /** `val_loss` is reported unless another log is named. Throws OptionError. */
  constructor(trial: Pick<TrialRequest, 'report'>, options: Pick<MonitorOptions, 'monitor'> = {}) {
    if (typeof trial?.report !== 'function') {
      throw new OptionError(`TrialReport: expected the trial that an objective is given, got ${describe(trial)}`);
    }
    this.#trial = trial;
    this.#monitor = new Monitor('TrialReport', { ...options, mode: 'min' });
  }

  onEpochEnd(_epoch: number, logs: Logs, run: TrainingRun): void {
    const value = this.#monitor.read(logs, run);
    if (value !== undefined) this.#trial.report(value);
  }
}
