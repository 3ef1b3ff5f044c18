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

export interface LinearWarmupOptions {
  /** What follows: a schedule, whose steps count from the end of the warm-up, or a number. */
  readonly schedule: SchedulePart;
  /** Steps until its first value is reached. */
  readonly warmupSteps: number;
  /** The value at step 0; 0 if left out. */
  readonly initialLearningRate?: number;
}

/** A straight line to the first value of another schedule, and then that schedule. Throws OptionError. */
export function linearWarmup(options: LinearWarmupOptions): Schedule {
  const what = 'linearWarmup';
  const given = checkedOptions<LinearWarmupOptions>(what, options, ['schedule', 'warmupSteps', 'initialLearningRate']);
  const schedule = checkedPart(what, 'schedule', given.schedule);
  const warmupSteps = checkedNumber(what, 'warmupSteps', given.warmupSteps, numberRules.count);
  const initialLearningRate = checkedNumber(what, 'initialLearningRate', given.initialLearningRate ?? 0);
  const config = () => ({ schedule: partConfig(what, schedule), warmupSteps, initialLearningRate });
  return makeSchedule('LinearWarmup', config, step => {
    if (step >= warmupSteps) return partAt(schedule, step - warmupSteps);
    return initialLearningRate + (partAt(schedule, 0) - initialLearningRate) * (step / warmupSteps);
  });
}
