import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Callback, CallbackState, Logs, TrainingRun } from './callback.ts';
import { Monitor, type MonitorOptions } from './monitor.ts';
import { type CallbackVerbosity, checkedOptions, finite, messages, whole } from './options.ts';

export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** What the rate is multiplied with, above 0 and below 1; 0.1 if left out. */
  readonly factor?: number;
  /** Epochs without improvement after which the rate is reduced; 10 if left out. */
  readonly patience?: number;
  /** The least change that counts as an improvement; 0.0001 if left out. */
  readonly minDelta?: number;
  /** Epochs after a reduction that do not count; 0 if left out. */
  readonly cooldown?: number;
  /** The rate that is never gone below; 0 if left out. */
  readonly minLr?: number;
  /** 1: tells each reduction on the console; 0 if left out. */
  readonly verbose?: CallbackVerbosity;
}

const known = ['monitor', 'mode', 'factor', 'patience', 'minDelta', 'cooldown', 'minLr', 'verbose'] as const;

/**
 * Reduces the learning rate when a log has stopped improving. Throws OptionError for an option out of range, and in `fit`
 * where the rate follows a schedule.
 */
export class ReduceLROnPlateau implements Callback {
  readonly #monitor: Monitor;
  readonly #factor: number;
  readonly #patience: number;
  readonly #cooldown: number;
  readonly #minLr: number;
  readonly #say: (message: string) => void;
  #wait = 0;
  /** Epochs that still do not count. */
  #resting = 0;

  constructor(options: ReduceLROnPlateauOptions = {}) {
    const what = 'ReduceLROnPlateau';
    const given = checkedOptions<ReduceLROnPlateauOptions>(what, options, known);
    this.#monitor = new Monitor(what, given, finite(what, 'minDelta', given.minDelta ?? 1e-4));
    this.#factor = finite(what, 'factor', given.factor ?? 0.1);
    if (!(this.#factor > 0 && this.#factor < 1)) {
      throw new OptionError(`${what}: factor must be above 0 and below 1, got ${describe(given.factor)}`);
    }
    this.#patience = whole(what, 'patience', given.patience ?? 10, 0);
    this.#cooldown = whole(what, 'cooldown', given.cooldown ?? 0, 0);
    this.#minLr = finite(what, 'minLr', given.minLr ?? 0);
    if (this.#minLr < 0) throw new OptionError(`${what}: minLr must be 0 or more, got ${describe(given.minLr)}`);
    this.#say = messages(what, given.verbose ?? 0);
  }

  onTrainBegin({ model: { optimizer } }: TrainingRun): void {
    if (optimizer.schedules?.['learningRate'] !== undefined) {
      throw new OptionError(
        `ReduceLROnPlateau: the learning rate of ${optimizer.name} follows a schedule, which nobody else can reduce; make the optimizer with a number`,
      );
    }
    this.#monitor.best = undefined;
    this.#wait = 0;
    this.#resting = 0;
  }

  onEpochEnd(epoch: number, logs: Logs, run: TrainingRun): void {
    const value = this.#monitor.read(logs, run);
    if (value === undefined) return;
    if (this.#resting > 0) {
      this.#resting--;
      this.#wait = 0;
    }
    if (this.#monitor.improves(value)) {
      this.#wait = 0;
      return;
    }
    if (this.#resting > 0) return;
    this.#wait++;
    if (this.#wait >= this.#patience) this.#reduce(epoch, run);
  }

  #reduce(epoch: number, { model: { optimizer } }: TrainingRun): void {
    const rate = optimizer.learningRate;
    if (rate <= this.#minLr) return;
    const reduced = Math.max(rate * this.#factor, this.#minLr);
    optimizer.learningRate = reduced;
    this.#say(`the learning rate is ${reduced} from epoch ${epoch + 2} on`);
    this.#resting = this.#cooldown;
    this.#wait = 0;
  }

  getState(): CallbackState {
    return { values: { best: this.#monitor.best ?? null, wait: this.#wait, resting: this.#resting } };
  }

  setState({ values }: CallbackState): void {
    const { best, wait, resting } = values as {
      readonly best: number | null;
      readonly wait: number;
      readonly resting: number;
    };
    this.#monitor.best = best ?? undefined;
    this.#wait = wait;
    this.#resting = resting;
  }
}
