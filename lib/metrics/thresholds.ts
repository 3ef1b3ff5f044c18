import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { epsilon } from '../losses/loss.ts';

/** Where outputs are cut into positive and negative ones: those above a threshold are positive. */
export interface Thresholds {
  readonly values: readonly number[];
  /** Whether they go from 0 to 1 in equal steps, so that arithmetic tells how many of them a number exceeds. */
  readonly isEven: boolean;
  /** Whether the first is a little below 0 and the last a little above 1, so that 0 exceeds the first. */
  readonly hasMargins: boolean;
}

/** One threshold or several, as given. Throws OptionError unless all lie in 0 ... 1. */
export function thresholdsOf(metric: string, given: number | readonly number[]): Thresholds {
  const values: readonly number[] = Array.isArray(given) ? given : [given];
  const fits = values.length > 0 && values.every(each => typeof each === 'number' && each >= 0 && each <= 1);
  if (!fits) {
    throw new OptionError(
      `${metric}: thresholds must be a number from 0 to 1 or a list of such numbers, got ${describe(given)}`,
    );
  }
  return { values, isEven: isEven(values), hasMargins: false };
}

/** 0 to 1 in equal steps; a single one is 0.5. */
export function evenThresholds(count: number): Thresholds {
  if (count === 1) return { values: [0.5], isEven: false, hasMargins: false };
  return { values: steps(count), isEven: true, hasMargins: false };
}

/** The same with margins; `between`, in ascending order, are those that lie between the first and the last. */
export function thresholdsWithMargins(between: readonly number[]): Thresholds {
  return { values: [-epsilon, ...between, 1 + epsilon], isEven: isEven([0, ...between, 1]), hasMargins: true };
}

export const steps = (count: number): number[] => Array.from({ length: count }, (_, i) => i / (count - 1));

/** As Keras tells it. */
function isEven(values: readonly number[]): boolean {
  if (values.length < 3) return false;
  return values.every((value, i) => {
    const expected = i / (values.length - 1);
    return Math.abs(value - expected) <= epsilon + 1e-5 * expected;
  });
}
