import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Logs, TrainingRun } from './callback.ts';

export interface MonitorOptions {
  /** The log to watch; `val_loss` if left out. */
  readonly monitor?: string;
  /**
   * Whether less (`min`) or more (`max`) is better; `auto` (the default) tells it by the name of the log, where that ends
   * in `loss`, `error`, `accuracy` or the like.
   */
  readonly mode?: 'auto' | 'min' | 'max';
}

/** How the names of logs end of which more, or less, is better. */
const more = /(acc|accuracy|auc|precision|recall|sensitivity|specificity|score|iou|kappa|similarity)$/i;
const less = /(loss|error|entropy|mse|mae|mape|msle|rmse|divergence|hinge|poisson|huber|logcosh|perplexity)$/i;

/** A log that is watched for its best value, as Keras does it. */
export class Monitor {
  /** The name of the log. */
  readonly name: string;
  readonly #callback: string;
  readonly #sign: 1 | -1;
  readonly #minDelta: number;
  /** The best value so far. */
  best: number | undefined;

  /** `callback` begins every message. A change counts as better from `minDelta` on. Throws OptionError. */
  constructor(callback: string, { monitor = 'val_loss', mode = 'auto' }: MonitorOptions, minDelta = 0) {
    if (typeof monitor !== 'string' || monitor === '') {
      throw new OptionError(`${callback}: monitor must be the name of a log, got ${describe(monitor)}`);
    }
    if (!['auto', 'min', 'max'].includes(mode)) {
      throw new OptionError(`${callback}: mode must be "auto", "min" or "max", got ${describe(mode)}`);
    }
    this.name = monitor;
    this.#callback = callback;
    this.#sign = this.#isMoreBetter(mode) ? -1 : 1;
    this.#minDelta = Math.abs(minDelta);
  }

  /**
   * The value of the log; undefined behind an epoch without validation. Throws OptionError where there is no such log.
   */
  read(logs: Logs, { validationExamples }: TrainingRun): number | undefined {
    const value = logs[this.name];
    if (value !== undefined) return value;
    const isOfValidation = this.name.startsWith('val_');
    const hasValidation = validationExamples !== 0;
    if (isOfValidation && hasValidation && Object.hasOwn(logs, this.name.slice('val_'.length))) return undefined;
    const known = Object.keys(logs).join(', ');
    const hint = isOfValidation && !hasValidation ? '; give fit validationSplit or validationData' : '';
    throw new OptionError(`${this.#callback}: there is no log "${this.name}" to monitor, only ${known}${hint}`);
  }

  /** Whether a value is better than another, or than nothing. NaN never is. */
  isBetter(value: number, than: number | undefined): boolean {
    if (than === undefined) return !Number.isNaN(value);
    return this.#sign * value + this.#minDelta < this.#sign * than;
  }

  /** Takes a value over if it is the best so far, and tells whether it is. */
  improves(value: number): boolean {
    if (!this.isBetter(value, this.best)) return false;
    this.best = value;
    return true;
  }

  #isMoreBetter(mode: 'auto' | 'min' | 'max'): boolean {
    if (mode !== 'auto') return mode === 'max';
    const isMore = more.test(this.name);
    if (isMore || less.test(this.name)) return isMore;
    throw new OptionError(
      `${this.#callback}: the name "${this.name}" does not tell whether less or more of it is better; give mode: "min" or "max"`,
    );
  }
}
