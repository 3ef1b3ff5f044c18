/** How often numbers fall into each of some buckets of equal width. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** The upper ends of the buckets. */
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/** As many as TensorBoard's own summaries have. */
const buckets = 30;

/** The histogram of those numbers that are finite; undefined where there is none. */
export function histogramOf(numbers: ArrayLike<number>): Histogram | undefined {
  let [min, max, count, sum, sumOfSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumOfSquares += value * value;
    count++;
  }
  if (count === 0) return undefined;
  const moments = { min, max, count, sum, sumOfSquares };
  if (min === max) return { ...moments, limits: [max], counts: [count] };
  const counts = new Array<number>(buckets).fill(0);
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (!Number.isFinite(value)) continue;
    const bucket = Math.floor(((value - min) / (max - min)) * buckets);
    counts[Math.min(bucket, buckets - 1)]!++;
  }
  const limits = counts.map((_, i) => (i === buckets - 1 ? max : min + ((max - min) * (i + 1)) / buckets));
  return { ...moments, limits, counts };
}
