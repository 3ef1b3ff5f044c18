import type { Callback, CallbackState, Logs, TrainingRun } from './callback.ts';

/**
 * Stops training at the end of a batch whose loss is NaN or infinite, and says so in one line on the console. The loss
 * is the mean over the epoch so far, which no later batch makes finite again.
 */
export class TerminateOnNaN implements Callback {
  /** The batch after which training was stopped, and its epoch, both counted from 0; undefined before that. */
  stoppedBatch: number | undefined;
  stoppedEpoch: number | undefined;
  #epoch = 0;

  onTrainBegin(): void {
    this.stoppedBatch = undefined;
    this.stoppedEpoch = undefined;
  }

  onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  onTrainBatchEnd(batch: number, { loss }: Logs, run: TrainingRun): void {
    if (Number.isFinite(loss)) return;
    this.stoppedBatch = batch;
    this.stoppedEpoch = this.#epoch;
    console.warn(
      `TerminateOnNaN: the loss is ${loss} at batch ${batch} of epoch ${this.#epoch}; the training is stopped`,
    );
    run.stop();
  }

  getState(): CallbackState {
    const { stoppedBatch = null, stoppedEpoch = null } = this;
    return { values: { epoch: this.#epoch, stoppedBatch, stoppedEpoch } };
  }

  /** A training that goes on in the middle of an epoch does not begin it again. */
  setState({ values }: CallbackState): void {
    const { epoch, stoppedBatch, stoppedEpoch } = values as {
      readonly epoch: number;
      readonly stoppedBatch: number | null;
      readonly stoppedEpoch: number | null;
    };
    this.#epoch = epoch;
    this.stoppedBatch = stoppedBatch ?? undefined;
    this.stoppedEpoch = stoppedEpoch ?? undefined;
  }
}
