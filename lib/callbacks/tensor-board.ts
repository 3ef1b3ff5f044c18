import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { namedWeights } from '../formats/model-file.ts';
import { encodeSummary, fileBegin, type SummaryValue } from '../formats/tensor-board/events.ts';
import { histogramOf } from '../formats/tensor-board/histogram.ts';
import { imageOfWeights, pixelsOf } from '../formats/tensor-board/images.ts';
import type { Tensor } from '../tensor/index.ts';
import type { Callback, CallbackState, Logs, TrainingRun } from './callback.ts';
import { checkedOptions, flag, text, whole } from './options.ts';
import { Frequency, type SaveFrequency } from './save-frequency.ts';

export interface TensorBoardOptions {
  /** Histograms of all weights behind every so many epochs; 0, none, if left out. */
  readonly histogramFreq?: number;
  /** Whether there are images of the weights with their histograms; false if left out. */
  readonly writeImages?: boolean;
  /** Whether the steps per second of each epoch are told; false if left out. */
  readonly writeStepsPerSecond?: boolean;
  /** `epoch` (the default), `batch`, or a number of batches behind which the logs are told as well. */
  readonly updateFreq?: SaveFrequency | 'batch';
}

/** Adds bytes to the end of a file, which is made where there is none. */
export type AppendToFile = (file: string, bytes: Uint8Array) => void | Promise<void>;

export const tensorBoardOptions = ['histogramFreq', 'writeImages', 'writeStepsPerSecond', 'updateFreq'] as const;
let files = 0;

/**
 * Writes event files for TensorBoard, named as Keras names them: `train/` with `epoch_loss`, `epoch_learning_rate` and the
 * like, `batch_loss` where batches are told, and the weights; `validation/` with `epoch_loss` and the like. Throws
 * OptionError for an option out of range.
 */
export class TensorBoard implements Callback {
  readonly #append: AppendToFile;
  readonly #histogramFreq: number;
  readonly #hasImages: boolean;
  readonly #hasSpeed: boolean;
  readonly #frequency: Frequency;
  /** The names of the files that have been begun. */
  #files = new Map<string, string>();
  #batches = 0;
  #epochStart = { time: 0, batches: 0 };

  constructor(append: AppendToFile, options: TensorBoardOptions = {}) {
    const what = 'TensorBoard';
    const given = checkedOptions<TensorBoardOptions>(what, options, tensorBoardOptions);
    if (typeof append !== 'function') {
      throw new OptionError(`${what}: expected a function (file, bytes) => ..., got ${describe(append)}`);
    }
    const { updateFreq = 'epoch' } = given;
    this.#append = append;
    this.#histogramFreq = whole(what, 'histogramFreq', given.histogramFreq ?? 0, 0);
    this.#hasImages = flag(what, 'writeImages', given.writeImages ?? false);
    this.#hasSpeed = flag(what, 'writeStepsPerSecond', given.writeStepsPerSecond ?? false);
    this.#frequency = new Frequency(what, 'updateFreq', updateFreq === 'batch' ? 1 : updateFreq);
  }

  onTrainBegin(): void {
    this.#files = new Map();
    this.#batches = 0;
  }

  onEpochBegin(): void {
    this.#epochStart = { time: performance.now(), batches: this.#batches };
  }

  async onTrainBatchEnd(_batch: number, logs: Logs): Promise<void> {
    const step = this.#batches++;
    if (this.#frequency.isDue()) await this.#write('train', step, scalars('batch_', Object.entries(logs)));
  }

  async onEpochEnd(epoch: number, logs: Logs, run: TrainingRun): Promise<void> {
    const entries = Object.entries(logs);
    const isOfValidation = ([name]: readonly [string, number]) => name.startsWith('val_');
    const trained = entries.filter(entry => !isOfValidation(entry));
    const validated = entries
      .filter(isOfValidation)
      .map(([name, value]) => [name.slice('val_'.length), value] as const);
    const rate = ['learning_rate', run.model.optimizer.learningRate] as const;
    await this.#write('train', epoch, scalars('epoch_', [...trained, rate, ...this.#speed()]));
    if (validated.length > 0) await this.#write('validation', epoch, scalars('epoch_', validated));
    const isDue = this.#histogramFreq > 0 && epoch % this.#histogramFreq === 0;
    if (isDue) await this.#write('train', epoch, await this.#weights(run));
  }

  /** Tells a number of one's own. Throws OptionError for what is no number. */
  async scalar(tag: string, value: number, step: number): Promise<void> {
    if (typeof value !== 'number')
      throw new OptionError(`TensorBoard.scalar: expected a number, got ${describe(value)}`);
    await this.#tell('scalar', tag, step, { scalar: value });
  }

  /** Tells how the numbers of a tensor are spread. Those that are not finite are left out. */
  async histogram(tag: string, values: Tensor, step: number): Promise<void> {
    const histogram = histogramOf(values.data);
    if (histogram !== undefined) await this.#tell('histogram', tag, step, { histogram });
  }

  /** Shows an image [height, width, channels]: uint8, or from 0 to 1. Throws ShapeError for what is none. */
  async image(tag: string, image: Tensor, step: number): Promise<void> {
    await this.#tell('image', tag, step, { image: pixelsOf('TensorBoard.image', image) });
  }

  async #tell(method: string, tag: string, step: number, data: SummaryValue['data']): Promise<void> {
    const what = `TensorBoard.${method}`;
    await this.#write('train', whole(what, 'step', step, 0), [{ tag: text(what, 'tag', tag), data }]);
  }

  #speed(): (readonly [string, number])[] {
    if (!this.#hasSpeed) return [];
    const seconds = (performance.now() - this.#epochStart.time) / 1000;
    return [['steps_per_second', (this.#batches - this.#epochStart.batches) / Math.max(seconds, 1e-3)]];
  }

  async #weights(run: TrainingRun): Promise<SummaryValue[]> {
    const weights = Object.entries(await namedWeights(run.model));
    return weights.flatMap(([path, weight]): SummaryValue[] => {
      const histogram = histogramOf(weight.data);
      const image = this.#hasImages ? imageOfWeights(weight) : undefined;
      return [
        ...(histogram === undefined ? [] : [{ tag: `${path}/histogram`, data: { histogram } }]),
        ...(image === undefined ? [] : [{ tag: `${path}/image`, data: { image } }]),
      ];
    });
  }

  async #write(folder: 'train' | 'validation', step: number, values: readonly SummaryValue[]): Promise<void> {
    const seconds = Date.now() / 1000;
    let file = this.#files.get(folder);
    if (file === undefined) {
      // TensorBoard knows event files by this name; the rest of it only has to be another one for each file.
      file = `${folder}/events.out.tfevents.${Math.floor(seconds)}.inkling.${Date.now() % 1000}.${files++}`;
      this.#files.set(folder, file);
      await this.#append(file, fileBegin(seconds));
    }
    await this.#append(file, encodeSummary(seconds, step, values));
  }

  getState(): CallbackState {
    return { values: { batches: this.#batches, count: this.#frequency.count } };
  }

  setState({ values }: CallbackState): void {
    const { batches, count } = values as { readonly batches: number; readonly count: number };
    this.#batches = batches;
    this.#epochStart = { time: performance.now(), batches };
    this.#frequency.count = count;
  }
}

const scalars = (prefix: string, entries: readonly (readonly [string, number])[]): SummaryValue[] =>
  entries.map(([name, scalar]) => ({ tag: `${prefix}${name}`, data: { scalar } }));
