import type { Callback, CallbackState, Logs, TrainingRun } from './callback.ts';

/** A callback made of functions: `new LambdaCallback({ onEpochEnd: (epoch, logs) => ... })`. */
export class LambdaCallback implements Callback {
  readonly #functions: Callback;

  constructor(functions: Callback) {
    this.#functions = functions;
  }

  onTrainBegin(run: TrainingRun): void | Promise<void> {
    return this.#functions.onTrainBegin?.(run);
  }
  onEpochBegin(epoch: number, run: TrainingRun): void | Promise<void> {
    return this.#functions.onEpochBegin?.(epoch, run);
  }
  onTrainBatchBegin(batch: number, run: TrainingRun): void | Promise<void> {
    return this.#functions.onTrainBatchBegin?.(batch, run);
  }
  onTrainBatchEnd(batch: number, logs: Logs, run: TrainingRun): void | Promise<void> {
    return this.#functions.onTrainBatchEnd?.(batch, logs, run);
  }
  onTestBegin(run: TrainingRun): void | Promise<void> {
    return this.#functions.onTestBegin?.(run);
  }
  onTestEnd(logs: Logs, run: TrainingRun): void | Promise<void> {
    return this.#functions.onTestEnd?.(logs, run);
  }
  onEpochEnd(epoch: number, logs: Logs, run: TrainingRun): void | Promise<void> {
    return this.#functions.onEpochEnd?.(epoch, logs, run);
  }
  onTrainEnd(logs: Logs, run: TrainingRun): void | Promise<void> {
    return this.#functions.onTrainEnd?.(logs, run);
  }
  onTrainError(error: unknown, run: TrainingRun): void | Promise<void> {
    return this.#functions.onTrainError?.(error, run);
  }
  getState(): CallbackState {
    return this.#functions.getState?.() ?? {};
  }
  setState(state: CallbackState): void {
    this.#functions.setState?.(state);
  }
}
