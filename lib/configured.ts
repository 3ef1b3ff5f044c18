import { describe } from './describe.ts';
import { OptionError } from './errors.ts';
import type { Json } from './json.ts';
import { unknownName } from './nearest-name.ts';

/** What a layer is given by a name, by a config or as an object: initializers, activations, regularizers, constraints. */
export interface Configured {
  readonly name: string;
  /** The options that rebuild it, with the defaults filled in; what has none cannot be saved. */
  readonly config?: { readonly [option: string]: Json };
}

/** One of them as a file holds it. */
export interface ConfiguredJson {
  readonly name: string;
  readonly [option: string]: Json;
}

/** The functions that make those of one kind, by their names. */
export type Factories = { readonly [name: string]: (options: never) => Configured };

/**
 * The object given, or the one that its name or its config stands for. Throws OptionError for what is none of these;
 * `kind` is what messages call it, `method` what such an object has.
 */
export function configured<T extends Configured>(
  kind: string,
  factories: Factories,
  given: unknown,
  method: keyof T & string,
): T {
  if (typeof given === 'object' && given !== null && method in given) return given as T;
  const { name, ...options } = typeof given === 'string' ? { name: given } : asJson(kind, factories, given);
  if (!Object.hasOwn(factories, name)) throw unknownName(kind, name, Object.keys(factories));
  // Each factory checks the options that it takes.
  const factory = factories[name] as unknown;
  return (factory as (options: object) => T)(options);
}

function asJson(kind: string, factories: Factories, given: unknown): ConfiguredJson {
  if (typeof given === 'object' && given !== null && typeof (given as { name?: unknown }).name === 'string') {
    return given as ConfiguredJson;
  }
  const names = Object.keys(factories).join(', ');
  const article = /^[aeiou]/.test(kind) ? 'an' : 'a';
  throw new OptionError(
    `expected ${article} ${kind}: its name, a config or an object, got ${describe(given)}; known: ${names}`,
  );
}

/** What a file holds of it; undefined where it cannot be saved. */
export function configJson({ name, config }: Configured): ConfiguredJson | undefined {
  return config === undefined ? undefined : { ...config, name };
}

/** The options of a factory, checked to be an object with none but those `known`. Throws OptionError. */
export function checkedFactoryOptions<O extends object>(factory: string, given: unknown, known: readonly string[]): O {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new OptionError(`${factory}: expected an object with options, got ${describe(given)}`);
  }
  const unknown = Object.keys(given).find(name => !known.includes(name));
  if (unknown !== undefined && known.length === 0) {
    throw new OptionError(`${factory} takes no options, got ${describe(given)}`);
  }
  if (unknown !== undefined) throw unknownName(`option of ${factory}`, unknown, known);
  return given as O;
}
