/** Ranges as samplers see them: numbers on a scale. */
import { exp, log } from '../../kernels/math.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { isObject } from '../layers/options.ts';
import type { FloatRange, IntRange, OptionValue, Range, Space } from './ranges.ts';

/** The space, if each of its options has a range. Throws OptionError. */
export function checkedSpace<S extends Space>(what: string, space: S): S {
  if (!isObject(space) || Object.keys(space).length === 0) {
    throw new OptionError(`${what}: space must be an object with a range for each option, got ${describe(space)}`);
  }
  for (const [option, range] of Object.entries(space)) {
    if (isObject(range) && ['choice', 'int', 'float'].includes(String(range['kind']))) continue;
    const ways = 'ranges.choice(), int(), float() or boolean()';
    throw new OptionError(`${what}: the option ${option} needs a range, ${ways}, got ${describe(range)}`);
  }
  return space;
}

/** Where the numbers of a range lie on its own scale: the logarithm's, if it has one; whole numbers get half a step at each end. */
export function scaleOf(range: IntRange | FloatRange): { readonly low: number; readonly high: number } {
  const half = range.kind === 'int' ? 0.5 : 0;
  const [low, high] = [range.min - half, range.max + half].map(end => onScale(range, end));
  return { low: low!, high: high! };
}

/** A number on the scale of its range. */
export const onScale = ({ log: isLog }: IntRange | FloatRange, value: number): number => (isLog ? log(value) : value);

/** The value of a range at a place of its scale. */
export function valueAt(range: IntRange | FloatRange, place: number): number {
  const value = range.log ? exp(place) : place;
  return Math.min(Math.max(range.kind === 'int' ? Math.round(value) : value, range.min), range.max);
}

/** The value of a range for a random number 0 <= u < 1. */
export function valueFor(range: Range, u: number): OptionValue {
  if (range.kind === 'choice') return range.values[Math.floor(u * range.values.length)]!;
  const { low, high } = scaleOf(range);
  return valueAt(range, low + u * (high - low));
}
