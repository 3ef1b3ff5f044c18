/** The middle of the numbers, or the mean of the two in the middle. Throws RangeError without numbers. */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) throw new RangeError('the median of no numbers');
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The median of the distances from the median. */
export function medianDeviation(numbers: readonly number[]): number {
  const middle = median(numbers);
  return median(numbers.map(number => Math.abs(number - middle)));
}
