import type { Padding, Pair } from '../../kernels/geometry.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { unknownName } from '../nearest-name.ts';
import { type Sentence, sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';

/** Checks on the options of layers. `layer` is the factory's name; every message begins with it. */

export function positiveInteger(layer: string, option: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new OptionError(sentence('positiveInteger', { layer, option, value }));
  }
  return value;
}

export function finiteNumber(layer: string, option: string, value: number): number {
  if (!Number.isFinite(value)) throw new OptionError(`${layer}: ${option} must be a finite number, got ${value}`);
  return value;
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

export function checkedPadding(layer: string, padding: Padding): Padding {
  if (typeof padding === 'string') {
    if (padding === 'valid' || padding === 'same') return padding;
    throw unknownName(`padding of ${layer}`, padding, ['valid', 'same']);
  }
  for (const side of ['top', 'bottom', 'left', 'right'] as const) {
    const amount = padding[side];
    if (!Number.isInteger(amount) || amount < 0) {
      throw new OptionError(sentence('natural', { layer, option: `padding.${side}`, value: amount }));
    }
  }
  return { top: padding.top, bottom: padding.bottom, left: padding.left, right: padding.right };
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

/** The first number that is no positive integer; `never` if there is none. */
type PairFault<N> = N extends readonly [infer A, infer B]
  ? [IntegerFault<A>] extends [never]
    ? IntegerFault<B>
    : IntegerFault<A>
  : IntegerFault<N>;
type IntegerFault<N> = N extends number ? (IsPositiveInteger<N> extends true ? never : N) : never;
