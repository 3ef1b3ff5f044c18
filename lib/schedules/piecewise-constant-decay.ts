import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { checkedNumber, checkedOptions, makeSchedule, type Schedule } from './schedule.ts';

export interface PiecewiseConstantDecayOptions {
  /** The last steps of all values but the last, rising. */
  readonly boundaries: readonly number[];
  /** One more than there are boundaries. */
  readonly values: readonly number[];
}

/**
 * values[i] up to and with step boundaries[i], and the last value behind the last boundary, as in Keras. Throws
 * OptionError for lists that do not go together.
 */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): Schedule {
  const what = 'piecewiseConstantDecay';
  const given = checkedOptions<PiecewiseConstantDecayOptions>(what, options, ['boundaries', 'values']);
  const boundaries = checkedList(what, 'boundaries', given.boundaries);
  const values = checkedList(what, 'values', given.values);
  if (boundaries.length === 0 || values.length !== boundaries.length + 1) {
    const got = `got ${boundaries.length} boundaries and ${values.length} values`;
    throw new OptionError(`${what}: expected at least one boundary, and one value more than boundaries, ${got}`);
  }
  if (!boundaries.every((boundary, i) => i === 0 || boundary > boundaries[i - 1]!)) {
    throw new OptionError(`${what}: boundaries must rise, got ${describe(boundaries)}`);
  }
  return makeSchedule('PiecewiseConstantDecay', { boundaries, values }, step => {
    const place = boundaries.findIndex(boundary => step <= boundary);
    return values.at(place)!;
  });
}

function checkedList(what: string, option: string, list: unknown): readonly number[] {
  if (!Array.isArray(list))
    throw new OptionError(`${what}: ${option} must be a list of numbers, got ${describe(list)}`);
  return list.map((value, i) => checkedNumber(what, `${option}[${i}]`, value));
}
