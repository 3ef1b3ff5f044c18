import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Shape } from '../shape/shape.ts';

/** An axis counted as in Keras, with the batch as axis 0. Throws OptionError for that axis, and for what is no integer. */
export function checkedAxis(factory: string, option: string, axis: unknown): number {
  if (typeof axis === 'number' && Number.isInteger(axis) && axis !== 0) return axis;
  const expected = 'an integer other than 0, which is the axis of the batch';
  throw new OptionError(`${factory}: ${option} must be ${expected}, got ${describe(axis)}`);
}

/** The place of such an axis among those of one input; undefined if it has no such axis. */
export function placeOf(axis: number, { length }: Shape): number | undefined {
  const place = axis < 0 ? axis + length : axis - 1;
  return place >= 0 && place < length ? place : undefined;
}
