import type { Json } from '../json.ts';
import { RandomStream } from '../random/random.ts';
import type { OptionValue, Space } from './ranges.ts';
import { valueFor } from './scale.ts';
import type { Direction, Suggestion, Trial } from './trial.ts';

/** What a sampler knows when it is asked. */
export interface Searched {
  readonly space: Space;
  readonly direction: Direction;
  readonly seed: number;
  /** Those that have ended, in the order of their numbers. */
  readonly trials: readonly Trial[];
  /** Suggestions that are being tried, with the numbers of their trials. */
  readonly running: readonly (Suggestion & { readonly id: number })[];
  /** The number of the trial that is asked for. */
  readonly id: number;
}

/**
 * Says what to try next. What it suggests follows from what it is told alone: it keeps nothing, so that a search that was
 * killed goes on with the same trials.
 */
export interface Sampler {
  readonly className: string;
  /** The options that make it again, with the defaults filled in. */
  readonly config: { readonly [option: string]: Json };
  /** Whether it comes to an end by itself. */
  readonly ends: boolean;
  /** What to try next; `wait` while that depends on trials that run; undefined when there is nothing left. */
  suggest(searched: Searched): Suggestion | 'wait' | undefined;
}

/** Options drawn at random, by the seed and a name. */
export function drawOptions(space: Space, seed: number, name: string): { [option: string]: OptionValue } {
  return Object.fromEntries(
    Object.entries(space).map(([option, range]) => [
      option,
      valueFor(range, new RandomStream(seed, `${name}: ${option}`).uniform(0)),
    ]),
  );
}
