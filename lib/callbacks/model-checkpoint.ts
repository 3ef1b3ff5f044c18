import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { encodeModel, namedWeights } from '../formats/model-file.ts';
import { encodeSafetensors } from '../formats/safetensors.ts';
import type { Callback, CallbackState, Logs, TrainingModel, TrainingRun } from './callback.ts';
import { checkPattern, fillPattern } from './filename.ts';
import { Monitor, type MonitorOptions } from './monitor.ts';
import { type CallbackVerbosity, checkedOptions, finite, flag, messages, text } from './options.ts';
import { Frequency, type SaveFrequency } from './save-frequency.ts';

/** Makes the files of a model by their names, the main one, which has the given name, last. */
export type EncodeModel = (model: TrainingModel, file: string) => Promise<{ readonly [file: string]: Uint8Array }>;

export interface ModelCheckpointOptions extends MonitorOptions {
  /**
   * The file, a safetensors file unless `encode` makes others; `{epoch}` and `{batch}`, counted from 1, and logs are filled
   * in: `{epoch:02d}`, `{val_loss:.4f}` or `{valLoss:.4f}`.
   */
  readonly filepath: string;
  /** Whether only a model that is better than all before is saved; false if left out. */
  readonly saveBestOnly?: boolean;
  /** Whether the weights are saved without the architecture, by their paths; false if left out. */
  readonly saveWeightsOnly?: boolean;
  /** `epoch` (the default), or a number of batches. */
  readonly saveFreq?: SaveFrequency;
  /** What the first model must be better than, with `saveBestOnly`; the first one is saved if left out. */
  readonly initialValueThreshold?: number;
  /** 1: tells on the console what it saves; 0 if left out. */
  readonly verbose?: CallbackVerbosity;
  /**
   * Makes the files of a model by their names, the one that is given last, in the format that its ending tells:
   * `encodeFiles` of `inkling/formats`. If left out, every file is a safetensors file.
   */
  readonly encode?: EncodeModel;
  /** Keeps the bytes of a file: it should replace one of the same name at once, whole or not at all. */
  readonly write: (path: string, bytes: Uint8Array) => void | Promise<void>;
}

export const modelCheckpointOptions = [
  'filepath',
  'monitor',
  'mode',
  'saveBestOnly',
  'saveWeightsOnly',
  'saveFreq',
  'initialValueThreshold',
  'verbose',
  'encode',
  'write',
] as const;

/**
 * Saves the model while it trains: the best, the last, or all. `loadModel` or `decodeModel` reads it. Throws OptionError
 * for an option out of range.
 */
export class ModelCheckpoint implements Callback {
  readonly #monitor: Monitor;
  readonly #options: ModelCheckpointOptions;
  readonly #isBestOnly: boolean;
  readonly #isWeightsOnly: boolean;
  readonly #frequency: Frequency;
  readonly #say: (message: string) => void;
  #epoch = 0;
  /** The file that was saved last. */
  saved: string | undefined;

  constructor(options: ModelCheckpointOptions) {
    const what = 'ModelCheckpoint';
    const given = checkedOptions<ModelCheckpointOptions>(what, options, modelCheckpointOptions);
    const { initialValueThreshold, saveFreq = 'epoch', encode, write } = given;
    this.#isBestOnly = flag(what, 'saveBestOnly', given.saveBestOnly ?? false);
    this.#isWeightsOnly = flag(what, 'saveWeightsOnly', given.saveWeightsOnly ?? false);
    checkFile(what, given, this.#isWeightsOnly);
    if (encode !== undefined && typeof encode !== 'function') {
      throw new OptionError(`${what}: encode must be a function (model, file) => ..., got ${describe(encode)}`);
    }
    if (typeof write !== 'function') {
      throw new OptionError(`${what}: write must be a function (path, bytes) => ..., got ${describe(write)}`);
    }
    this.#options = given;
    this.#frequency = new Frequency(what, 'saveFreq', saveFreq);
    this.#say = messages(what, given.verbose ?? 0);
    // What is not compared needs no name that tells whether less or more is better.
    this.#monitor = new Monitor(what, this.#isBestOnly ? given : { ...given, mode: 'min' });
    if (this.#isBestOnly && !this.#frequency.isOfEpochs && this.#monitor.name.startsWith('val_')) {
      throw new OptionError(
        `${what}: "${this.#monitor.name}" is known behind epochs alone; use saveFreq: "epoch", or monitor a log of the training`,
      );
    }
    if (initialValueThreshold !== undefined) {
      this.#monitor.best = finite(what, 'initialValueThreshold', initialValueThreshold);
    }
  }

  /** A model that the format cannot express is refused before it trains, not behind the first epoch. */
  async onTrainBegin({ model }: TrainingRun): Promise<void> {
    if (this.#options.encode !== undefined) await this.#encoded(model, this.#options.filepath);
  }

  onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  async onTrainBatchEnd(batch: number, logs: Logs, run: TrainingRun): Promise<void> {
    if (this.#frequency.isDue()) await this.#save({ ...logs, epoch: this.#epoch + 1, batch: batch + 1 }, logs, run);
  }

  async onEpochEnd(epoch: number, logs: Logs, run: TrainingRun): Promise<void> {
    if (this.#frequency.isOfEpochs) await this.#save({ ...logs, epoch: epoch + 1 }, logs, run);
  }

  async #save(names: { readonly [name: string]: number }, logs: Logs, run: TrainingRun): Promise<void> {
    const path = fillPattern('ModelCheckpoint', this.#options.filepath, names);
    const before = this.#monitor.best;
    if (this.#isBestOnly) {
      const value = this.#monitor.read(logs, run);
      if (value === undefined || !this.#monitor.improves(value)) return;
    }
    try {
      for (const [file, bytes] of Object.entries(await this.#encoded(run.model, path))) {
        await this.#options.write(file, bytes);
      }
    } catch (error) {
      // A file that could not be written holds no best model.
      this.#monitor.best = before;
      throw error;
    }
    this.saved = path;
    const value = this.#isBestOnly ? `, whose ${this.#monitor.name} is ${this.#monitor.best}` : '';
    this.#say(`saved the model of epoch ${this.#epoch + 1}${value}, as ${path}`);
  }

  async #encoded(model: TrainingModel, path: string): ReturnType<EncodeModel> {
    const { encode } = this.#options;
    const isOfKeras = encode !== undefined && kerasWeights.test(path);
    if (this.#isWeightsOnly && !isOfKeras) return { [path]: encodeSafetensors({ tensors: await namedWeights(model) }) };
    return encode === undefined ? { [path]: await encodeModel(model) } : encode(model, path);
  }

  getState(): CallbackState {
    const { best = null } = this.#monitor;
    return { values: { best, count: this.#frequency.count, epoch: this.#epoch, saved: this.saved ?? null } };
  }

  setState({ values }: CallbackState): void {
    const { best, count, epoch, saved } = values as {
      readonly best: number | null;
      readonly count: number;
      readonly epoch: number;
      readonly saved: string | null;
    };
    this.#monitor.best = best ?? undefined;
    this.#frequency.count = count;
    this.#epoch = epoch;
    this.saved = saved ?? undefined;
  }
}

/** Endings of the formats that are no safetensors files. */
const otherFormats = /\.(keras|h5|hdf5|onnx|json|pt|pth)$/i;
const kerasWeights = /\.weights\.h5$/i;

function checkFile(callback: string, { filepath, encode }: ModelCheckpointOptions, isWeightsOnly: boolean): void {
  const path = text(callback, 'filepath', filepath);
  checkPattern(callback, 'filepath', path);
  const refuse = (advice: string) => {
    throw new OptionError(`${callback}: ${advice}, got "${path}"`);
  };
  if (encode === undefined && otherFormats.test(path)) {
    refuse(
      'files are safetensors files; let filepath end in .safetensors, or give encodeFiles of inkling/formats as encode',
    );
  }
  if (isWeightsOnly && otherFormats.test(path) && !kerasWeights.test(path)) {
    refuse(
      'files of weights alone are safetensors files or those of Keras; let filepath end in .safetensors or .weights.h5',
    );
  }
  if (!isWeightsOnly && kerasWeights.test(path)) {
    refuse(
      'files that end in .weights.h5 have weights alone; give saveWeightsOnly: true, or let filepath end in .keras',
    );
  }
}
