import type { Callback, CallbackState, Logs, TrainingRun } from './callback.ts';

/** Records the logs of each epoch; `fit` returns one. */
export class History implements Callback {
  /** The epochs recorded, from 0. */
  epoch: number[] = [];
  /** One list for each log: `loss`, `accuracy`, `val_loss`, ... */
  history: { [name: string]: number[] } = {};
  /** The seed of shuffling and dropout: with it and the same start, the run can be repeated bit by bit. */
  seed = 0;

  onTrainBegin(run: TrainingRun): void {
    this.epoch = [];
    this.history = {};
    this.seed = run.seed;
  }

  onEpochEnd(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      this.history[name] ??= [];
      this.history[name].push(value);
    }
  }

  getState(): CallbackState {
    return { values: { epoch: this.epoch, history: this.history } };
  }

  setState({ values }: CallbackState): void {
    const { epoch, history } = values as { epoch: number[]; history: { [name: string]: number[] } };
    this.epoch = [...epoch];
    this.history = Object.fromEntries(Object.entries(history).map(([name, list]) => [name, [...list]]));
  }
}
