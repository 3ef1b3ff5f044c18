import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';

/** Where a logger writes its lines. */
export interface TextOutput {
  /**
   * Called when a training begins. Where `isNew` is false, lines go behind what is there, whose first line is returned;
   * undefined where there is nothing. Where it is true, what is there goes.
   */
  open(isNew: boolean): string | undefined | Promise<string | undefined>;
  write(text: string): void | Promise<void>;
}

/** A function that takes text is an output in which nothing is there before. Throws OptionError for what is neither. */
export function outputOf(callback: string, given: TextOutput | TextOutput['write']): TextOutput {
  if (typeof given === 'function') return { open: () => undefined, write: given };
  const { open, write }: Partial<TextOutput> = given ?? {};
  if (typeof open === 'function' && typeof write === 'function') return given;
  throw new OptionError(`${callback}: expected a function (text) => ..., or { open, write }, got ${describe(given)}`);
}
