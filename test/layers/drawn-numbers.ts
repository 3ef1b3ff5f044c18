/** What tests say of numbers that layers draw. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
export const deviation = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map(value => (value - middle) ** 2)));
};
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Evenly drawn from the range: its ends, its mean and its deviation. */
export function isUniform(values: readonly number[], low: number, high: number): boolean {
  const size = high - low;
  const slack = 1e-4 + size * 1e-4;
  return (
    values.every(value => value >= low - slack && value <= high + slack) &&
    Math.abs(mean(values) - (low + high) / 2) < 0.06 * size &&
    Math.abs(deviation(values) - size / Math.sqrt(12)) < 0.03 * size
  );
}
