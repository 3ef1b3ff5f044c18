import type { Tensor } from '../tensor/index.ts';
import type { Callback, CallbackState, Logs, TrainingRun } from './callback.ts';
import { Monitor, type MonitorOptions } from './monitor.ts';
import { type CallbackVerbosity, checkedOptions, finite, flag, messages, whole } from './options.ts';

export interface EarlyStoppingOptions extends MonitorOptions {
  /** The least change that counts as an improvement; 0 if left out. */
  readonly minDelta?: number;
  /** Epochs without improvement after which training stops; 0 if left out. */
  readonly patience?: number;
  /** A value that the log must pass: improvements that do not reach it do not make the patience begin anew. */
  readonly baseline?: number;
  /** Whether the model gets back the weights of its best epoch at the end; false if left out. */
  readonly restoreBestWeights?: boolean;
  /** The first epoch that is watched; 0 if left out. */
  readonly startFromEpoch?: number;
  /** 1: tells on the console when it stops and which weights it gives back; 0 if left out. */
  readonly verbose?: CallbackVerbosity;
}

const known = [
  'monitor',
  'mode',
  'minDelta',
  'patience',
  'baseline',
  'restoreBestWeights',
  'startFromEpoch',
  'verbose',
] as const;

/** Stops training when a log has stopped improving. Throws OptionError for an option out of range. */
export class EarlyStopping implements Callback {
  readonly #monitor: Monitor;
  readonly #patience: number;
  readonly #baseline: number | undefined;
  readonly #restore: boolean;
  readonly #startFromEpoch: number;
  readonly #say: (message: string) => void;
  #wait = 0;
  #bestWeights: Tensor[] | undefined;
  /** The best epoch and the one after which training was stopped; undefined before that. */
  bestEpoch: number | undefined;
  stoppedEpoch: number | undefined;

  constructor(options: EarlyStoppingOptions = {}) {
    const what = 'EarlyStopping';
    const given = checkedOptions<EarlyStoppingOptions>(what, options, known);
    this.#monitor = new Monitor(what, given, finite(what, 'minDelta', given.minDelta ?? 0));
    this.#patience = whole(what, 'patience', given.patience ?? 0, 0);
    this.#baseline = given.baseline === undefined ? undefined : finite(what, 'baseline', given.baseline);
    this.#restore = flag(what, 'restoreBestWeights', given.restoreBestWeights ?? false);
    this.#startFromEpoch = whole(what, 'startFromEpoch', given.startFromEpoch ?? 0, 0);
    this.#say = messages(what, given.verbose ?? 0);
  }

  onTrainBegin(): void {
    this.#monitor.best = undefined;
    this.#wait = 0;
    this.#bestWeights = undefined;
    this.bestEpoch = undefined;
    this.stoppedEpoch = undefined;
  }

  async onEpochEnd(epoch: number, logs: Logs, run: TrainingRun): Promise<void> {
    const value = this.#monitor.read(logs, run);
    if (value === undefined || epoch < this.#startFromEpoch) return;
    this.#wait++;
    if (this.#monitor.improves(value)) {
      this.bestEpoch = epoch;
      if (this.#restore) this.#bestWeights = await run.model.getWeights();
      if (this.#baseline === undefined || this.#monitor.isBetter(value, this.#baseline)) this.#wait = 0;
      return;
    }
    if (this.#wait < this.#patience || epoch === 0) return;
    this.stoppedEpoch = epoch;
    this.#say(`the training is stopped behind epoch ${epoch + 1}`);
    run.stop();
  }

  async onTrainEnd(_logs: Logs, run: TrainingRun): Promise<void> {
    if (this.#bestWeights === undefined || this.bestEpoch === undefined) return;
    this.#say(`the model gets back the weights of epoch ${this.bestEpoch + 1}`);
    await run.model.setWeights(this.#bestWeights);
  }

  getState(): CallbackState {
    const { bestEpoch = null, stoppedEpoch = null } = this;
    return {
      values: { best: this.#monitor.best ?? null, wait: this.#wait, bestEpoch, stoppedEpoch },
      tensors: Object.fromEntries((this.#bestWeights ?? []).map((tensor, i) => [String(i), tensor])),
    };
  }

  setState({ values, tensors = {} }: CallbackState): void {
    const { best, wait, bestEpoch, stoppedEpoch } = values as {
      readonly best: number | null;
      readonly wait: number;
      readonly bestEpoch: number | null;
      readonly stoppedEpoch: number | null;
    };
    this.#monitor.best = best ?? undefined;
    this.#wait = wait;
    this.bestEpoch = bestEpoch ?? undefined;
    this.stoppedEpoch = stoppedEpoch ?? undefined;
    const weights = Object.keys(tensors).map((_, i) => tensors[String(i)]!);
    this.#bestWeights = weights.length === 0 ? undefined : weights;
  }
}
