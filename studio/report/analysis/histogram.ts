import { OptionError } from 'inkling';

/** How often numbers fall into ranges of the same width. */
export interface Histogram {
  /** One for each bin. */
  readonly counts: readonly number[];
  /** One more than there are bins; the last bin has its upper edge in it. */
  readonly edges: readonly number[];
  /** Of the finite numbers, as are the edges. */
  readonly mean: number;
  readonly deviation: number;
  /** Numbers that are exactly 0. */
  readonly zeros: number;
  readonly nan: number;
  /** Infinities of both signs. */
  readonly infinite: number;
  /** All numbers. */
  readonly total: number;
}

/**
 * Counts numbers as numpy.histogram does, NaN and the infinities apart: from the least to the largest, or in a range, outside
 * of which no bin counts. Throws OptionError for a number of bins below 1.
 */
export function histogramOf(values: ArrayLike<number>, bins = 40, range?: readonly [number, number]): Histogram {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new OptionError(`histogramOf: bins must be a positive integer, got ${bins}`);
  }
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [zeros, nan, infinite, sum] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) nan++;
    else if (!Number.isFinite(value)) infinite++;
    else {
      if (value === 0) zeros++;
      if (value < low) low = value;
      if (value > high) high = value;
      sum += value;
    }
  }
  const finite = values.length - nan - infinite;
  if (range !== undefined) [low, high] = range;
  else if (finite === 0) [low, high] = [0, 1];
  else if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const mean = finite === 0 ? Number.NaN : sum / finite;
  const counts = Array.from({ length: bins }, () => 0);
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value >= low && value <= high) {
      counts[Math.min(Math.floor(((value - low) / (high - low)) * bins), bins - 1)]!++;
    }
    squares += (value - mean) ** 2;
  }
  const edges = Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins);
  const deviation = finite === 0 ? Number.NaN : Math.sqrt(squares / finite);
  return { counts, edges, mean, deviation, zeros, nan, infinite, total: values.length };
}
