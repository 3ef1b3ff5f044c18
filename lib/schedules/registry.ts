import { FormatError } from '../errors.ts';
import { isObject } from '../layers/options.ts';
import { cosineDecay } from './cosine-decay.ts';
import { cosineDecayRestarts } from './cosine-decay-restarts.ts';
import { exponentialDecay, inverseTimeDecay } from './exponential-decay.ts';
import { linearWarmup } from './linear-warmup.ts';
import { oneCycle, oneCycleMomentum } from './one-cycle.ts';
import { piecewiseConstantDecay } from './piecewise-constant-decay.ts';
import { polynomialDecay } from './polynomial-decay.ts';
import type { Schedule, ScheduleConfig } from './schedule.ts';
import { type SequencePart, sequence } from './sequence.ts';
import { stepDecay } from './step-decay.ts';

/** The schedules that Inkling brings, by class name: what a saved state may hold. */
export const schedules = {
  CosineDecay: cosineDecay,
  CosineDecayRestarts: cosineDecayRestarts,
  ExponentialDecay: exponentialDecay,
  InverseTimeDecay: inverseTimeDecay,
  LinearWarmup: linearWarmup,
  OneCycle: oneCycle,
  OneCycleMomentum: oneCycleMomentum,
  PiecewiseConstantDecay: piecewiseConstantDecay,
  PolynomialDecay: polynomialDecay,
  Sequence: ({ parts }: { readonly parts: readonly SequencePart[] }): Schedule => sequence(parts),
  StepDecay: stepDecay,
};

/** Makes a schedule again. Throws FormatError for an unknown class, OptionError for options that it does not take. */
export function scheduleFromConfig({ className, config }: ScheduleConfig, depth = 0): Schedule {
  const known: { readonly [className: string]: unknown } = schedules;
  if (!Object.hasOwn(known, className)) {
    const names = Object.keys(known).join(', ');
    throw new FormatError(`the schedule ${className} is not known; known are ${names}`);
  }
  // Every factory checks its options itself, so what comes from a file is as safe as what a user writes.
  const factory = known[className] as (options: unknown) => Schedule;
  return factory(withSchedules(config, depth));
}

/** Levels of schedules and of lists of them: more is a file that was made to do harm. */
const deepest = 32;

/** The same value with the schedules that lie in it made again. Throws FormatError where they lie too deep. */
export function withSchedules(value: unknown, depth = 0): unknown {
  if (depth > deepest) throw new FormatError(`schedules lie in one another more than ${deepest} deep`);
  if (Array.isArray(value)) return value.map(each => withSchedules(each, depth + 1));
  if (isScheduleConfig(value)) return scheduleFromConfig(value, depth + 1);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withSchedules(each, depth + 1)]));
}

export const isScheduleConfig = (value: unknown): value is ScheduleConfig =>
  isObject(value) && typeof value['className'] === 'string' && isObject(value['config']);
