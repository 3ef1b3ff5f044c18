import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';

/** Where a logger writes its lines. */
export interface TextOutput {
  /**
   * Called before the first `write` of a training: of the lines that are there, the first `keep` stay, all if it is
   * Infinity, and what is behind them goes. Gives the lines that stay.
   */
  open(keep: number): readonly string[] | Promise<readonly string[]>;
  /** Adds whole lines to the end. */
  write(text: string): void | Promise<void>;
}

/** A function that takes text is an output in which nothing is there before. Throws OptionError for what is neither. */
function outputOf(callback: string, given: TextOutput | TextOutput['write']): TextOutput {
  if (typeof given === 'function') return { open: () => [], write: given };
  const { open, write }: Partial<TextOutput> = given ?? {};
  if (typeof open === 'function' && typeof write === 'function') return given;
  throw new OptionError(`${callback}: expected a function (text) => ..., or { open, write }, got ${describe(given)}`);
}

/**
 * The lines of a logger. A training that goes on from a state finds those that were there at that time: what was logged
 * behind it goes, and is logged again.
 */
export class LogLines {
  readonly #output: TextOutput;
  readonly #appends: boolean;
  #isOpen = false;
  /** Lines that are there. */
  count = 0;
  /** The first line of what was there before; undefined if nothing was. */
  first: string | undefined;

  constructor(callback: string, output: TextOutput | TextOutput['write'], appends: boolean) {
    this.#output = outputOf(callback, output);
    this.#appends = appends;
  }

  /** To be called at the begin of a training; `count` of one that goes on is set afterwards. */
  async begin(resumed: boolean): Promise<void> {
    this.#isOpen = false;
    if (!resumed) await this.#open(this.#appends ? Number.POSITIVE_INFINITY : 0);
  }

  /** Makes `first` known. */
  async ready(): Promise<void> {
    if (!this.#isOpen) await this.#open(this.count);
  }

  async write(text: string): Promise<void> {
    await this.ready();
    await this.#output.write(text);
    this.count += text.split('\n').length - 1;
  }

  async #open(keep: number): Promise<void> {
    const lines = await this.#output.open(keep);
    this.#isOpen = true;
    this.first = lines[0];
    this.count = lines.length;
  }
}
