import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { decodeState, encodeState } from '../formats/state-file.ts';
import type { Callback, CallbackState, Logs, TrainingRun, TrainingState } from './callback.ts';
import { checkedOptions, flag } from './options.ts';
import { Frequency, type SaveFrequency } from './save-frequency.ts';

/** Where a backup is kept. */
export interface BackupStore {
  /** Named in messages. */
  readonly name: string;
  /** Undefined where there is none. */
  read(): Promise<Uint8Array | undefined>;
  /** Replaces the one that is there, at once, whole or not at all. */
  write(bytes: Uint8Array): Promise<void>;
  remove(): Promise<void>;
}

export interface BackupAndRestoreOptions {
  /** `epoch` (the default), or a number of batches. */
  readonly saveFreq?: SaveFrequency;
  /** Whether the backup is deleted when the training has ended; true if left out. */
  readonly deleteCheckpoint?: boolean;
}

/**
 * Keeps the state of the training. A `fit` of the same model on the same data with the same callbacks, in a new process
 * too, finds it, goes on from there and ends with the same bits. Throws FormatError in `fit` for a backup that is none.
 */
export class BackupAndRestore implements Callback {
  readonly #store: BackupStore;
  readonly #frequency: Frequency;
  readonly #deletes: boolean;

  constructor(store: BackupStore, options: BackupAndRestoreOptions = {}) {
    const what = 'BackupAndRestore';
    const given = checkedOptions<BackupAndRestoreOptions>(what, options, ['saveFreq', 'deleteCheckpoint']);
    this.#store = checkedStore(what, store);
    this.#frequency = new Frequency(what, 'saveFreq', given.saveFreq ?? 'epoch');
    this.#deletes = flag(what, 'deleteCheckpoint', given.deleteCheckpoint ?? true);
  }

  async findState(): Promise<TrainingState | undefined> {
    const bytes = await this.#store.read();
    return bytes === undefined ? undefined : decodeState(bytes, this.#store.name);
  }

  onTrainBegin(): void {
    this.#frequency.count = 0;
  }

  async onTrainBatchEnd(_batch: number, _logs: Logs, run: TrainingRun): Promise<void> {
    if (this.#frequency.isDue()) await this.#save(run);
  }

  async onEpochEnd(_epoch: number, _logs: Logs, run: TrainingRun): Promise<void> {
    if (this.#frequency.isOfEpochs) await this.#save(run);
  }

  async onTrainEnd(): Promise<void> {
    if (this.#deletes) await this.#store.remove();
  }

  async #save(run: TrainingRun): Promise<void> {
    await this.#store.write(encodeState(await run.model.getState()));
  }

  getState(): CallbackState {
    return { values: { count: this.#frequency.count } };
  }

  setState({ values }: CallbackState): void {
    this.#frequency.count = (values as { readonly count: number }).count;
  }
}

function checkedStore(callback: string, store: BackupStore): BackupStore {
  const { read, write, remove }: Partial<BackupStore> = store ?? {};
  if ([read, write, remove].every(each => typeof each === 'function')) return store;
  throw new OptionError(`${callback}: expected { name, read, write, remove }, got ${describe(store)}`);
}
