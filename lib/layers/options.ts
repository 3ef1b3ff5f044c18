import type { Interpolation, Padding, Pair } from '../../kernels/geometry.ts';
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { unknownName } from '../nearest-name.ts';
import { type Sentence, sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';

/** Checks on the options of layers. `layer` is the factory's name; every message begins with it. */

/** What callers of plain JavaScript may give besides: anything. */
export const isObject = (given: unknown): given is { readonly [name: string]: unknown } =>
  typeof given === 'object' && given !== null && !Array.isArray(given);

/**
 * The options of a layer, checked to be an object that holds none but those `known` and those of every layer. What is no
 * object is the option `shorthand` alone, right or wrong.
 */
export function checkedOptions<O extends object>(
  layer: string,
  given: unknown,
  known: readonly string[],
  shorthand?: string,
): O {
  const options = shorthand === undefined || isObject(given) ? given : { [shorthand]: given };
  if (!isObject(options)) throw new OptionError(`${layer}: expected an object with options, got ${describe(options)}`);
  const names = [...known, 'name', 'inputShape', 'trainable'];
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw unknownName(`option of ${layer}`, name, names);
  }
  const { name, inputShape, trainable } = options;
  if (name !== undefined) checkedName(layer, name);
  if (inputShape !== undefined) checkedShape(`${layer}: inputShape`, inputShape as Shape);
  if (trainable !== undefined) flag(layer, 'trainable', trainable);
  return options as O;
}

/** Names are parts of paths. */
export function checkedName(layer: string, name: unknown): string {
  if (typeof name === 'string' && name !== '' && !/[/:]/.test(name)) return name;
  throw new OptionError(`${layer}: name must be a text without "/" and ":", got ${JSON.stringify(name)}`);
}

export function checkedText(what: string, option: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new OptionError(`${what}: ${option} must be a text, got ${describe(value)}`);
}

export function positiveInteger(layer: string, option: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new OptionError(sentence('positiveInteger', { layer, option, value: describe(value) }));
  }
  return value;
}

export function natural(layer: string, option: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new OptionError(sentence('natural', { layer, option, value: describe(value) }));
}

export function finiteNumber(layer: string, option: string, value: number): number {
  if (!Number.isFinite(value))
    throw new OptionError(`${layer}: ${option} must be a finite number, got ${describe(value)}`);
  return value;
}

export function positiveNumber(layer: string, option: string, value: number): number {
  if (finiteNumber(layer, option, value) > 0) return value;
  throw new OptionError(`${layer}: ${option} must be greater than 0, got ${value}`);
}

export function flag(layer: string, option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new OptionError(`${layer}: ${option} must be true or false, got ${describe(value)}`);
}

/** A number for both axes, or [rows, columns]. */
export function pair(layer: string, option: string, value: unknown): Pair {
  const both: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  const [rows, columns] = both;
  if (both.length !== 2 || typeof rows !== 'number' || typeof columns !== 'number') {
    throw new OptionError(`${layer}: ${option} must be a number or [rows, columns], got ${JSON.stringify(value)}`);
  }
  return [positiveInteger(layer, option, rows), positiveInteger(layer, option, columns)];
}

/** The same with 0. */
export function naturalPair(layer: string, option: string, value: unknown): Pair {
  const both: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  if (both.length === 2) return [natural(layer, option, both[0]), natural(layer, option, both[1])];
  throw new OptionError(`${layer}: ${option} must be a number or [rows, columns], got ${JSON.stringify(value)}`);
}

/** [[top, bottom], [left, right]], given so, as [rows, columns] of both sides, or as one number for all. */
export function sides(layer: string, option: string, value: unknown): readonly [Pair, Pair] {
  const axes: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  if (axes.length !== 2 || axes.some(axis => Array.isArray(axis) && axis.length !== 2)) {
    throw new OptionError(
      `${layer}: ${option} must be a number, [rows, columns] or [[top, bottom], [left, right]], got ${JSON.stringify(value)}`,
    );
  }
  return [naturalPair(layer, option, axes[0]), naturalPair(layer, option, axes[1])];
}

export function checkedPadding(layer: string, padding: Padding): Padding {
  if (typeof padding === 'string') {
    if (padding === 'valid' || padding === 'same') return padding;
    throw unknownName(`padding of ${layer}`, padding, ['valid', 'same']);
  }
  if (!isObject(padding)) {
    throw new OptionError(
      `${layer}: padding must be 'valid', 'same' or { top, bottom, left, right }, got ${describe(padding)}`,
    );
  }
  for (const side of ['top', 'bottom', 'left', 'right'] as const) {
    const amount = padding[side];
    if (!Number.isInteger(amount) || amount < 0) {
      throw new OptionError(sentence('natural', { layer, option: `padding.${side}`, value: describe(amount) }));
    }
  }
  return { top: padding.top, bottom: padding.bottom, left: padding.left, right: padding.right };
}

const interpolations: readonly Interpolation[] = ['nearest', 'bilinear'];

export function checkedInterpolation(layer: string, given: Interpolation): Interpolation {
  if (interpolations.includes(given)) return given;
  throw unknownName(`interpolation of ${layer}`, String(given), interpolations);
}

/** A shape whose axes are all positive integers. */
export function checkedShape(what: string, shape: Shape): Shape {
  if (!Array.isArray(shape) || !shape.every(axis => Number.isInteger(axis) && axis > 0)) {
    throw new OptionError(`${what} must be a list of positive integers, got ${JSON.stringify(shape)}`);
  }
  return shape;
}

/** [rows, columns, channels] of an image input. */
export function imageShape(input: Shape): readonly [number, number, number] {
  const [h, w, c] = input;
  if (input.length !== 3 || h === undefined || w === undefined || c === undefined) {
    throw new ShapeError(sentence('imageInput', { input: formatShape(input) }));
  }
  return [h, w, c];
}

/** For the compiler: a positive integer, or the sentence that tells what it must be. */
export type PositiveInteger<L extends string, O extends string, N> = N extends number
  ? IsPositiveInteger<N> extends true
    ? N
    : Sentence<'positiveInteger', { layer: L; option: O; value: N }>
  : N;

export type IsPositiveInteger<N extends number> = number extends N
  ? true
  : `${N}` extends `${bigint}`
    ? `${N}` extends '0' | `-${string}`
      ? false
      : true
    : false;

/**
 * For the compiler: positive integers, one for both axes or [rows, columns], or the sentence that tells so. Written
 * so that it does not distribute, since the compiler would take [3, 3] as number[] then.
 */
export type PositivePair<L extends string, O extends string, N> = [PairFault<N>] extends [infer Fault extends number]
  ? [Fault] extends [never]
    ? N
    : Sentence<'positiveInteger', { layer: L; option: O; value: Fault }>
  : N;

/** For the compiler: integers of 0 or more, one, in pairs or in pairs of pairs, or the sentence that tells so. */
export type Naturals<L extends string, O extends string, N> = [NaturalFault<N>] extends [infer Fault extends number]
  ? [Fault] extends [never]
    ? N
    : Sentence<'natural', { layer: L; option: O; value: Fault }>
  : N;

type NaturalFault<N> = N extends readonly [infer A, infer B]
  ? [NaturalFault<A>] extends [never]
    ? NaturalFault<B>
    : NaturalFault<A>
  : N extends number
    ? N extends 0
      ? never
      : IntegerFault<N>
    : never;

/** The first number that is no positive integer; `never` if there is none. */
type PairFault<N> = N extends readonly [infer A, infer B]
  ? [IntegerFault<A>] extends [never]
    ? IntegerFault<B>
    : IntegerFault<A>
  : IntegerFault<N>;
type IntegerFault<N> = N extends number ? (IsPositiveInteger<N> extends true ? never : N) : never;
