import { OptionError } from '../errors.ts';
import type { Tensor } from '../tensor/index.ts';
import type { Callback, CallbackState, Logs, TrainingRun } from './callback.ts';

export interface EarlyStoppingOptions {
  /** The log to watch; `val_loss` if left out. */
  readonly monitor?: string;
  /** The least change that counts as an improvement; 0 if left out. */
  readonly minDelta?: number;
  /** Epochs without improvement after which training stops; 0 if left out. */
  readonly patience?: number;
  /** Whether less (`min`) or more (`max`) is better; `auto` (the default): `max` for accuracies, else `min`. */
  readonly mode?: 'auto' | 'min' | 'max';
  /** A value that the log must pass to count as an improvement. */
  readonly baseline?: number;
  /** Whether the model gets back the weights of its best epoch at the end; false if left out. */
  readonly restoreBestWeights?: boolean;
  /** The first epoch that is watched; 0 if left out. */
  readonly startFromEpoch?: number;
}

/** Stops training when a log has stopped improving. Throws OptionError for an option out of range. */
export class EarlyStopping implements Callback {
  readonly #monitor: string;
  readonly #minDelta: number;
  readonly #patience: number;
  readonly #sign: 1 | -1;
  readonly #baseline: number | undefined;
  readonly #restore: boolean;
  readonly #startFromEpoch: number;
  #best = Number.POSITIVE_INFINITY;
  #wait = 0;
  #bestWeights: Tensor[] | undefined;
  /** The best epoch and the one after which training was stopped; undefined before that. */
  bestEpoch: number | undefined;
  stoppedEpoch: number | undefined;

  constructor(options: EarlyStoppingOptions = {}) {
    this.#monitor = options.monitor ?? 'val_loss';
    this.#minDelta = Math.abs(options.minDelta ?? 0);
    this.#patience = options.patience ?? 0;
    if (!Number.isInteger(this.#patience) || this.#patience < 0) {
      throw new OptionError(`EarlyStopping: patience must be an integer of 0 or more, got ${options.patience}`);
    }
    const mode = options.mode ?? 'auto';
    const more = mode === 'max' || (mode === 'auto' && /accuracy$/i.test(this.#monitor));
    this.#sign = more ? -1 : 1;
    this.#baseline = options.baseline;
    this.#restore = options.restoreBestWeights ?? false;
    this.#startFromEpoch = options.startFromEpoch ?? 0;
  }

  onTrainBegin(): void {
    this.#best = Number.POSITIVE_INFINITY;
    this.#wait = 0;
    this.#bestWeights = undefined;
    this.bestEpoch = undefined;
    this.stoppedEpoch = undefined;
  }

  async onEpochEnd(epoch: number, logs: Logs, run: TrainingRun): Promise<void> {
    const value = logs[this.#monitor];
    if (value === undefined) {
      const known = Object.keys(logs).join(', ');
      const hint = this.#monitor.startsWith('val_') ? '; give fit validationSplit or validationData' : '';
      throw new OptionError(`EarlyStopping: there is no log "${this.#monitor}" to monitor, only ${known}${hint}`);
    }
    if (epoch < this.#startFromEpoch) return;
    // As a number of which less is better, whatever the mode.
    const score = this.#sign * value;
    this.#wait++;
    if (score < this.#best - this.#minDelta) {
      this.#best = score;
      this.bestEpoch = epoch;
      if (this.#restore) this.#bestWeights = await run.model.getWeights();
      if (this.#baseline === undefined || score < this.#sign * this.#baseline) this.#wait = 0;
    }
    if (this.#wait >= this.#patience && this.#wait > 0) {
      this.stoppedEpoch = epoch;
      run.stop();
    }
  }

  async onTrainEnd(_logs: Logs, run: TrainingRun): Promise<void> {
    if (this.#bestWeights !== undefined) await run.model.setWeights(this.#bestWeights);
  }

  getState(): CallbackState {
    const { bestEpoch = null, stoppedEpoch = null } = this;
    return {
      values: { best: this.#best, wait: this.#wait, bestEpoch, stoppedEpoch },
      tensors: Object.fromEntries((this.#bestWeights ?? []).map((tensor, i) => [String(i), tensor])),
    };
  }

  setState({ values, tensors = {} }: CallbackState): void {
    const { best, wait, bestEpoch, stoppedEpoch } = values as {
      readonly best: number;
      readonly wait: number;
      readonly bestEpoch: number | null;
      readonly stoppedEpoch: number | null;
    };
    this.#best = best;
    this.#wait = wait;
    this.bestEpoch = bestEpoch ?? undefined;
    this.stoppedEpoch = stoppedEpoch ?? undefined;
    const weights = Object.keys(tensors).map((_, i) => tensors[String(i)]!);
    this.#bestWeights = weights.length === 0 ? undefined : weights;
  }
}
