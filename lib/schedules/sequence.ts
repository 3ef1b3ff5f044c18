import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import {
  checkedNumber,
  checkedOptions,
  checkedPart,
  makeSchedule,
  numberRules,
  partAt,
  partConfig,
  type Schedule,
  type SchedulePart,
} from './schedule.ts';

/** A schedule, whose steps count from where it begins, or a number, and for how many steps it holds. */
export interface SequencePart {
  readonly schedule: SchedulePart;
  /** May be left out of the last part alone, which holds for ever. */
  readonly steps?: number;
}

/**
 * Schedules one behind the other: `sequence([{ schedule: 0.001, steps: 500 }, { schedule: cosineDecay({ ... }) }])`. The
 * last one goes on for ever. Throws OptionError for parts that are none.
 */
export function sequence(parts: readonly SequencePart[]): Schedule {
  const what = 'sequence';
  if (!Array.isArray(parts) || parts.length === 0) {
    throw new OptionError(`${what}: expected a list of { schedule, steps }, got ${describe(parts)}`);
  }
  let begin = 0;
  const checked = parts.map((part: unknown, i) => {
    const given = checkedOptions<SequencePart>(`${what}: part ${i}`, part, ['schedule', 'steps']);
    const schedule = checkedPart(what, `part ${i}: schedule`, given.schedule);
    const isLast = i === parts.length - 1;
    if (isLast && given.steps === undefined) return { schedule, begin };
    const steps = checkedNumber(what, `part ${i}: steps`, given.steps, numberRules.count);
    begin += steps;
    return { schedule, begin: begin - steps, steps };
  });
  const config = () => ({
    parts: checked.map(({ schedule, steps }) => {
      const saved = { schedule: partConfig(what, schedule) };
      return steps === undefined ? saved : { ...saved, steps };
    }),
  });
  return makeSchedule('Sequence', config, step => {
    const part = checked.findLast(({ begin }) => step >= begin) ?? checked[0]!;
    return partAt(part.schedule, step - part.begin);
  });
}
