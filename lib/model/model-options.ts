import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { checkedText, isObject } from '../layers/options.ts';
import { unknownName } from '../nearest-name.ts';
import type { SequentialOptions } from './options.ts';

/** The options of a model. Throws OptionError for what is no object, and for options that are not known. */
export function checkedModelOptions(given: unknown): SequentialOptions {
  if (!isObject(given)) {
    throw new OptionError(`Sequential: expected a list of layers, or an object with options, got ${describe(given)}`);
  }
  const known = ['name', 'seed', 'backend', 'inputShape'];
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw unknownName('option of Sequential', name, known);
  }
  if (given['name'] !== undefined) checkedText('Sequential', 'name', given['name']);
  return given;
}
