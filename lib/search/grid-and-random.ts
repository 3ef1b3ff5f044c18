import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { positiveInteger } from '../layers/options.ts';
import type { OptionValue, Range } from './ranges.ts';
import { drawOptions, type Sampler } from './sampler.ts';
import { scaleOf, valueAt } from './scale.ts';

/** Options drawn at random, each by itself. */
export function random(): Sampler {
  return {
    className: 'RandomSampler',
    config: {},
    ends: false,
    suggest: ({ space, seed, id }) => ({ options: drawOptions(space, seed, `trial ${id}`) }),
  };
}

export interface GridOptions {
  /** How many values are tried of a range of numbers: both ends, and others in equal steps between; 5 if left out. */
  readonly steps?: number;
}

/** All combinations of values, those of the last option changing first. Throws OptionError. */
export function grid(options: GridOptions = {}): Sampler {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError(`grid: expected an object with options, got ${describe(options)}`);
  }
  const steps = positiveInteger('grid', 'steps', options.steps ?? 5);
  return {
    className: 'GridSampler',
    config: { steps },
    ends: true,
    suggest({ space, id }) {
      let left = id;
      const values: [string, OptionValue][] = [];
      for (const [option, range] of Object.entries(space).reverse()) {
        const all = valuesOf(range, steps);
        values.unshift([option, all[left % all.length]!]);
        left = Math.floor(left / all.length);
      }
      return left > 0 ? undefined : { options: Object.fromEntries(values) };
    },
  };
}

/** The values of a range that a grid has, each once. */
function valuesOf(range: Range, steps: number): readonly OptionValue[] {
  if (range.kind === 'choice') return range.values;
  const { low, high } = scaleOf({ ...range, kind: 'float' });
  const places = Array.from({ length: steps }, (_, i) =>
    steps === 1 ? (low + high) / 2 : low + ((high - low) * i) / (steps - 1),
  );
  return [...new Set(places.map(place => valueAt(range, place)))];
}
