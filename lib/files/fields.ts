import { describe } from '../describe.ts';
import { FormatError } from '../errors.ts';
import type { Json } from '../json.ts';

/** The members of a JSON object that may come from anywhere. Each reader throws FormatError for what is of another type. */
export class Fields {
  readonly #what: string;
  /** The members themselves, of any type. */
  readonly values: { readonly [name: string]: unknown };

  /** `what` begins every message. Throws FormatError unless `values` is an object. */
  constructor(what: string, values: unknown) {
    this.#what = what;
    this.values = isObject(values) ? values : fail(`${what} must be an object, got ${describe(values)}`);
  }

  get names(): string[] {
    return Object.keys(this.values);
  }

  number(name: string): number {
    const value = this.#get(name);
    return typeof value === 'number' ? value : this.#wrong(name, 'a number');
  }

  /** An integer of 0 or more. */
  count(name: string): number {
    const value = this.#get(name);
    return isCount(value) ? value : this.#wrong(name, 'an integer of 0 or more');
  }

  /** Undefined where there is null or nothing. */
  optionalCount(name: string): number | undefined {
    return this.#isMissing(name) ? undefined : this.count(name);
  }

  text(name: string): string {
    const value = this.#get(name);
    return typeof value === 'string' ? value : this.#wrong(name, 'a text');
  }

  flag(name: string): boolean {
    const value = this.#get(name);
    return typeof value === 'boolean' ? value : this.#wrong(name, 'true or false');
  }

  /** A list of integers of 0 or more. */
  shape(name: string): readonly number[] {
    const value = this.#get(name);
    return Array.isArray(value) && value.every(isCount) ? value : this.#wrong(name, 'a list of integers');
  }

  object(name: string): Fields {
    return new Fields(`${this.#what}: ${name}`, this.#get(name));
  }

  /** Undefined where there is null or nothing. */
  optional(name: string): Fields | undefined {
    return this.#isMissing(name) ? undefined : this.object(name);
  }

  /** A list of objects. */
  list(name: string): Fields[] {
    const value = this.#get(name);
    if (!Array.isArray(value)) return this.#wrong(name, 'a list');
    return value.map((each, i) => new Fields(`${this.#what}: ${name}[${i}]`, each));
  }

  /** A list of texts; none where there is null or nothing. */
  optionalTexts(name: string): readonly string[] {
    const value = this.#get(name) ?? [];
    const isTexts = Array.isArray(value) && value.every(each => typeof each === 'string');
    return isTexts ? value : this.#wrong(name, 'a list of texts');
  }

  /** Whatever JSON is there. */
  json(name: string): Json {
    return this.#get(name) as Json;
  }

  /** All members as numbers. */
  numbers(): { [name: string]: number } {
    return Object.fromEntries(this.names.map(name => [name, this.number(name)]));
  }

  /** All members as texts. */
  texts(): { [name: string]: string } {
    return Object.fromEntries(this.names.map(name => [name, this.text(name)]));
  }

  /** All members as lists of numbers. */
  lists(): { [name: string]: readonly number[] } {
    const isList = (value: unknown): value is number[] =>
      Array.isArray(value) && value.every(each => typeof each === 'number');
    return Object.fromEntries(
      this.names.map(name => {
        const value = this.#get(name);
        return [name, isList(value) ? value : this.#wrong(name, 'a list of numbers')];
      }),
    );
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.values, name) ? this.values[name] : undefined;
  }

  #isMissing(name: string): boolean {
    return this.#get(name) === undefined || this.#get(name) === null;
  }

  #wrong(name: string, expected: string): never {
    return fail(`${this.#what}: ${name} must be ${expected}, got ${describe(this.#get(name))}`);
  }
}

function fail(message: string): never {
  throw new FormatError(message);
}

const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
