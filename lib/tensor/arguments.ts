/** Checks of arguments that the compiler makes too: plain JavaScript programs run without it. */
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import type { Shape } from '../shape/shape.ts';
import type { NdArray } from './dtype.ts';

const isNatural = (axis: unknown): boolean => Number.isSafeInteger(axis) && Number(axis) >= 0;

/** A list of integers of 0 or more. Throws ShapeError. */
export function checkedShape<S extends Shape>(what: string, shape: S): S {
  if (Array.isArray(shape) && shape.every(isNatural)) return shape;
  throw new ShapeError(`${what}: a shape is a list of integers of 0 or more, such as [2, 3], got ${describe(shape)}`);
}

/** A list of integers of any sign, such as axes. Throws ShapeError. */
export function checkedIntegers(what: string, name: string, values: readonly number[]): readonly number[] {
  if (Array.isArray(values) && values.every(Number.isSafeInteger)) return values;
  throw new ShapeError(`${what}: ${name} must be a list of integers, such as [0, 1], got ${describe(values)}`);
}

/** Throws OptionError unless it is a number. */
export function checkedNumber(what: string, name: string, value: number): number {
  if (typeof value === 'number') return value;
  throw new OptionError(`${what}: ${name} must be a number, got ${describe(value)}`);
}

/** Throws OptionError unless it is a finite number. */
export function checkedFinite(what: string, name: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new OptionError(`${what}: ${name} must be a finite number, got ${describe(value)}`);
}

/** Throws OptionError unless it is true or false. */
export function checkedBoolean(what: string, name: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw new OptionError(`${what}: ${name} must be true or false, got ${describe(value)}`);
}

/** Throws OptionError unless it is an object of options. */
export function checkedOptions<O extends object>(what: string, options: O): O {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options;
  throw new OptionError(`${what}: options must be an object, such as { seed: 1 }, got ${describe(options)}`);
}

/** Whether it is a tensor, also one of another copy of the library. */
export function isTensor(value: unknown): value is NdArray {
  return (
    typeof value === 'object' &&
    value !== null &&
    'dtype' in value &&
    'shape' in value &&
    Array.isArray(value.shape) &&
    'data' in value &&
    ArrayBuffer.isView(value.data)
  );
}

/** Throws OptionError unless it is a tensor. */
export function checkedTensor(what: string, value: NdArray): NdArray {
  if (isTensor(value)) return value;
  throw new OptionError(`${what}: expected a tensor, got ${describe(value)}; make one of it with tensor(...)`);
}

/** Throws OptionError unless it is a tensor or a number. */
export function checkedOperand(what: string, value: NdArray | number): NdArray | number {
  if (typeof value === 'number' || isTensor(value)) return value;
  const advice = 'make a tensor of it with tensor(...)';
  throw new OptionError(`${what}: expected a tensor or a number, got ${describe(value)}; ${advice}`);
}

/** Throws OptionError unless it is a list of tensors with at least one. */
export function checkedTensors(what: string, parts: readonly NdArray[]): readonly [NdArray, ...NdArray[]] {
  if (!Array.isArray(parts)) {
    throw new OptionError(`${what}: expected a list of tensors, such as ${what}([a, b]), got ${describeTensor(parts)}`);
  }
  for (const [i, part] of parts.entries()) {
    if (!isTensor(part))
      throw new OptionError(`${what}: element ${i} of the list must be a tensor, got ${describe(part)}`);
  }
  const [head, ...rest]: readonly NdArray[] = parts;
  if (head === undefined) throw new OptionError(`${what}: expected at least one tensor, got an empty list`);
  return [head, ...rest];
}

const describeTensor = (value: unknown): string => (isTensor(value) ? 'a tensor' : describe(value));
