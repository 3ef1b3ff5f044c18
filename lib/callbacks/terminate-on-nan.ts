import type { Callback, CallbackState, Logs, NonFinite, TrainingRun } from './callback.ts';

/**
 * Stops training at the end of a batch whose loss is NaN or infinite, and says in one line on the console which layer went
 * wrong first, and on which batch. The loss is the mean over the epoch so far, which no later batch makes finite again.
 */
export class TerminateOnNaN implements Callback {
  /** The batch after which training was stopped, and its epoch, both counted from 0; undefined before that. */
  stoppedBatch: number | undefined;
  stoppedEpoch: number | undefined;
  /** Where a number first was not finite; undefined before that, and where it cannot be found out. */
  found: NonFinite | undefined;
  #epoch = 0;

  onTrainBegin(run: TrainingRun): void {
    this.stoppedBatch = undefined;
    this.stoppedEpoch = undefined;
    this.found = undefined;
    run.recordSteps();
  }

  onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  async onTrainBatchEnd(batch: number, { loss }: Logs, run: TrainingRun): Promise<void> {
    if (Number.isFinite(loss)) return;
    run.stop();
    this.stoppedBatch = batch;
    this.stoppedEpoch = this.#epoch;
    this.found = await run.findNonFinite();
    const stopped = `the loss is ${loss} at batch ${batch} of epoch ${this.#epoch}; the training is stopped (batches and epochs are counted from 0)`;
    console.warn(`TerminateOnNaN: ${stopped}; ${this.found === undefined ? unknown : tell(this.found)}`);
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

const unknown = 'the last steps, done again, have finite numbers: something else has changed the weights';

/** What a person would say of it. */
function tell({ epoch, batch, what, path, value }: NonFinite): string {
  const places = {
    activation: `the output of the layer "${path}" has ${value}`,
    loss: `the loss is ${value}, while the outputs of all layers are finite`,
    gradient: `the gradient of "${path}" has ${value}, while the loss is finite`,
    update: `"${path}" has ${value} behind the update, while its gradient is finite`,
  };
  return `it began at batch ${batch} of epoch ${epoch}: ${places[what]}`;
}
