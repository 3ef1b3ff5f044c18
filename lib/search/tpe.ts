import { erf, exp, log } from '../../kernels/math.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { positiveInteger } from '../layers/options.ts';
import { RandomStream } from '../random/random.ts';
import type { Choice, FloatRange, IntRange, OptionValue, Range } from './ranges.ts';
import { drawOptions, type Sampler } from './sampler.ts';
import { onScale, scaleOf, valueAt } from './scale.ts';
import { type Direction, ranked, type Trial } from './trial.ts';

export interface TpeOptions {
  /** So many trials are drawn at random before; 10 if left out. */
  readonly startupTrials?: number;
  /** How many values are drawn for each option, of which the most promising is taken; 24 if left out. */
  readonly candidates?: number;
}

/**
 * Tree-structured Parzen estimator (Bergstra et al. 2011): of values drawn as the good trials have them, the one is taken
 * that is likeliest among the good trials as against the others. Good are a tenth of the trials, at most 25. The widths of
 * the estimators follow from the distances of the trials, with a wide one over the whole range; each option by itself.
 * Throws OptionError.
 */
export function tpe(options: TpeOptions = {}): Sampler {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError(`tpe: expected an object with options, got ${describe(options)}`);
  }
  const startupTrials = positiveInteger('tpe', 'startupTrials', options.startupTrials ?? 10);
  const candidates = positiveInteger('tpe', 'candidates', options.candidates ?? 24);
  return {
    className: 'TpeSampler',
    config: { startupTrials, candidates },
    ends: false,
    suggest({ space, seed, direction, trials, id }) {
      const { good, others } = divided(direction, trials);
      if (good.length + others.length < startupTrials) return { options: drawOptions(space, seed, `trial ${id}`) };
      const chosen = Object.entries(space).map(([option, range]) => {
        const values = [good, others].map(each => each.map(trial => trial.options[option]!));
        const draws = new RandomStream(seed, `trial ${id}: ${option}`);
        return [option, promising(range, values[0]!, values[1]!, candidates, draws)];
      });
      return { options: Object.fromEntries(chosen) };
    },
  };
}

/** The best tenth of the trials, and the rest, to which those belong that were ended early. */
function divided(direction: Direction, trials: readonly Trial[]): { good: readonly Trial[]; others: readonly Trial[] } {
  const best = ranked(direction, trials);
  const pruned = trials.filter(({ status }) => status === 'pruned');
  const count = Math.min(Math.ceil((best.length + pruned.length) / 10), 25);
  return { good: best.slice(0, count), others: [...best.slice(count), ...pruned] };
}

/** Of values drawn from the density of the good ones, that which is likeliest there as against the others. */
function promising(
  range: Range,
  good: readonly OptionValue[],
  others: readonly OptionValue[],
  candidates: number,
  draws: RandomStream,
): OptionValue {
  const [of, against] = [good, others].map(values => estimator(range, values));
  let best: { value: OptionValue; gain: number } | undefined;
  for (let i = 0; i < candidates; i++) {
    const value = of!.draw(draws, i);
    const gain = of!.logDensity(value) - against!.logDensity(value);
    if (best === undefined || gain > best.gain) best = { value, gain };
  }
  return best!.value;
}

interface Estimator {
  /** A value, drawn from this density; the i-th one. */
  draw(draws: RandomStream, i: number): OptionValue;
  logDensity(value: OptionValue): number;
}

const estimator = (range: Range, values: readonly OptionValue[]): Estimator =>
  range.kind === 'choice' ? ofChoice(range, values) : ofNumbers(range, values as readonly number[]);

/** Each value as often as it was tried, and all values once more together. */
function ofChoice({ values: all }: Choice, tried: readonly OptionValue[]): Estimator {
  const weights = all.map(() => 1 / all.length);
  for (const value of tried) weights[all.indexOf(value)]! += 1;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    draw(draws, i) {
      let left = draws.uniform(drawsOfCandidate * i) * total;
      const chosen = weights.findIndex(weight => {
        left -= weight;
        return left < 0;
      });
      return all[Math.max(0, chosen)]!;
    },
    logDensity: value => log(weights[all.indexOf(value)]! / total),
  };
}

/** Random numbers that one candidate may need. */
const drawsOfCandidate = 256;

interface Kernel {
  readonly mean: number;
  readonly width: number;
  /** How much of it lies within the range. */
  readonly share: number;
}

/** A sum of normal densities that are cut at the ends of the range, around the numbers tried and around its middle. */
function ofNumbers(range: IntRange | FloatRange, tried: readonly number[]): Estimator {
  const { low, high } = scaleOf(range);
  const kernels = kernelsOf(
    low,
    high,
    tried.map(value => onScale(range, value)),
  );
  return {
    draw(draws, i) {
      const first = drawsOfCandidate * i;
      const { mean, width } = kernels[Math.floor(draws.uniform(first) * kernels.length)]!;
      // Normal draws of another number than the uniform ones before: each takes two.
      for (let k = 1; k < drawsOfCandidate / 2; k++) {
        const place = mean + width * draws.normal(first / 2 + k);
        if (place >= low && place <= high) return valueAt(range, place);
      }
      return valueAt(range, mean);
    },
    logDensity(value) {
      const place = onScale(range, value as number);
      let sum = 0;
      for (const { mean, width, share } of kernels) {
        sum += exp(-0.5 * ((place - mean) / width) ** 2) / (width * share);
      }
      return log(Math.max(sum / kernels.length, 1e-300));
    },
  };
}

/** One density around each number, as wide as the farther neighbour is away, within bounds; and one over the whole range. */
function kernelsOf(low: number, high: number, places: readonly number[]): Kernel[] {
  const range = high - low;
  const sorted = [...places].sort((a, b) => a - b);
  const least = range / Math.min(100, places.length + 2);
  const kernels = sorted.map((mean, i) => {
    const apart = Math.max(mean - (sorted[i - 1] ?? low), (sorted[i + 1] ?? high) - mean);
    return { mean, width: Math.min(Math.max(apart, least), range) };
  });
  const below = (z: number) => 0.5 * (1 + erf(z / Math.SQRT2));
  return [...kernels, { mean: (low + high) / 2, width: range }].map(({ mean, width }) => ({
    mean,
    width,
    share: below((high - mean) / width) - below((low - mean) / width),
  }));
}
