import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { checkedText, isObject } from '../layers/options.ts';
import { unknownName } from '../nearest-name.ts';

/** The options of a model. Throws OptionError for what is no object, and for options that are not known. */
export function checkedModelOptions<O extends object>(
  what: string,
  given: unknown,
  known: readonly string[] = ['name', 'seed', 'backend', 'inputShape'],
): O {
  if (!isObject(given)) {
    const expected = what === 'Sequential' ? 'a list of layers, or an object with options' : 'an object with options';
    throw new OptionError(`${what}: expected ${expected}, got ${describe(given)}`);
  }
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw unknownName(`option of ${what}`, name, known);
  }
  if (given['name'] !== undefined) checkedText(what, 'name', given['name']);
  return given as O & typeof given;
}
