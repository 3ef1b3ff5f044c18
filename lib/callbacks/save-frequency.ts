import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';

/** Behind every epoch, or behind every so many batches, which are counted on over epochs. */
export type SaveFrequency = 'epoch' | number;

/** Counts batches, and tells when something is due. */
export class Frequency {
  readonly #every: SaveFrequency;
  /** Batches since it was due. */
  count = 0;

  /** `callback` begins every message. Throws OptionError. */
  constructor(callback: string, option: string, every: SaveFrequency) {
    const isNumber = typeof every === 'number' && Number.isSafeInteger(every) && every >= 1;
    if (every !== 'epoch' && !isNumber) {
      throw new OptionError(
        `${callback}: ${option} must be "epoch" or a positive number of batches, got ${describe(every)}`,
      );
    }
    this.#every = every;
  }

  get isOfEpochs(): boolean {
    return this.#every === 'epoch';
  }

  /** To be called behind every batch. */
  isDue(): boolean {
    if (typeof this.#every !== 'number') return false;
    this.count = (this.count + 1) % this.#every;
    return this.count === 0;
  }
}
