import type { Callback, CallbackState, Logs, TrainingRun } from './callback.ts';
import { checkedOptions, flag } from './options.ts';
import { Frequency, type SaveFrequency } from './save-frequency.ts';
import { outputOf, type TextOutput } from './text-output.ts';

export interface JsonLinesLoggerOptions {
  /** `epoch` (the default), or a number of batches behind which there is a line as well. */
  readonly updateFreq?: SaveFrequency;
  /** Whether lines go behind those that are there; false if left out. A training that is resumed always goes on so. */
  readonly append?: boolean;
}

/**
 * Writes a line of JSON for each epoch, counted from 0: `{"epoch":0,"learningRate":0.01,"loss":0.5}`, and with `batch`
 * for batches. A number that JSON has no form for is a text: `"NaN"`.
 */
export class JsonLinesLogger implements Callback {
  readonly #output: TextOutput;
  readonly #frequency: Frequency;
  readonly #append: boolean;
  #epoch = 0;

  constructor(output: TextOutput | TextOutput['write'], options: JsonLinesLoggerOptions = {}) {
    const what = 'JsonLinesLogger';
    const given = checkedOptions<JsonLinesLoggerOptions>(what, options, ['updateFreq', 'append']);
    this.#output = outputOf(what, output);
    this.#frequency = new Frequency(what, 'updateFreq', given.updateFreq ?? 'epoch');
    this.#append = flag(what, 'append', given.append ?? false);
  }

  async onTrainBegin({ resumed }: TrainingRun): Promise<void> {
    await this.#output.open(!(this.#append || resumed));
  }

  onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  async onTrainBatchEnd(batch: number, logs: Logs, run: TrainingRun): Promise<void> {
    if (this.#frequency.isDue()) await this.#write({ epoch: this.#epoch, batch }, logs, run);
  }

  async onEpochEnd(epoch: number, logs: Logs, run: TrainingRun): Promise<void> {
    await this.#write({ epoch }, logs, run);
  }

  async #write(place: { readonly [name: string]: number }, logs: Logs, run: TrainingRun): Promise<void> {
    const line = { ...place, learningRate: run.model.optimizer.learningRate, ...logs };
    await this.#output.write(`${JSON.stringify(line, withAllNumbers)}\n`);
  }

  getState(): CallbackState {
    return { values: { epoch: this.#epoch, count: this.#frequency.count } };
  }

  setState({ values }: CallbackState): void {
    const { epoch, count } = values as { readonly epoch: number; readonly count: number };
    this.#epoch = epoch;
    this.#frequency.count = count;
  }
}

const withAllNumbers = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
