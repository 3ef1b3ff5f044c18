import type { Callback, CallbackState, Logs, TrainingRun } from './callback.ts';
import { checkedOptions, flag } from './options.ts';
import { Frequency, type SaveFrequency } from './save-frequency.ts';
import { LogLines, type TextOutput } from './text-output.ts';

export interface JsonLinesLoggerOptions {
  /** `epoch` (the default), or a number of batches behind which there is a line as well. */
  readonly updateFreq?: SaveFrequency;
  /** Whether lines go behind those that are there; false if left out. A training that is resumed goes on behind the lines of its state. */
  readonly append?: boolean;
}

/**
 * Writes a line of JSON for each epoch, counted from 0: `{"epoch":0,"learningRate":0.01,"loss":0.5}`, and with `batch`
 * for batches. A number that JSON has no form for is a text: `"NaN"`.
 */
export class JsonLinesLogger implements Callback {
  readonly #lines: LogLines;
  readonly #frequency: Frequency;
  #epoch = 0;

  constructor(output: TextOutput | TextOutput['write'], options: JsonLinesLoggerOptions = {}) {
    const what = 'JsonLinesLogger';
    const given = checkedOptions<JsonLinesLoggerOptions>(what, options, ['updateFreq', 'append']);
    this.#frequency = new Frequency(what, 'updateFreq', given.updateFreq ?? 'epoch');
    this.#lines = new LogLines(what, output, flag(what, 'append', given.append ?? false));
  }

  async onTrainBegin({ resumed }: TrainingRun): Promise<void> {
    await this.#lines.begin(resumed);
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
    await this.#lines.write(`${JSON.stringify(line, withAllNumbers)}\n`);
  }

  getState(): CallbackState {
    return { values: { epoch: this.#epoch, count: this.#frequency.count, lines: this.#lines.count } };
  }

  setState({ values }: CallbackState): void {
    const kept = values as { readonly epoch: number; readonly count: number; readonly lines: number };
    this.#epoch = kept.epoch;
    this.#frequency.count = kept.count;
    this.#lines.count = kept.lines;
  }
}

const withAllNumbers = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
