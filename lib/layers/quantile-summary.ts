/** Quantiles of numbers that come in batches, as Keras's Discretization estimates them: in float32, to within an error. */

/** Numbers in ascending order, and how many each stands for. */
export interface Summary {
  readonly values: Float32Array;
  readonly weights: Float32Array;
}

/** Numbers at equal distances among those in ascending order, about 1 / epsilon of them. */
export function summaryOf(numbers: ArrayLike<number>, epsilon: number): Summary {
  const sorted = Float32Array.from(numbers).sort();
  const step = Math.max(sorted.length / (1 / epsilon), 1);
  const values = sorted.filter(
    (_, i) => i >= Math.trunc(step - 1) && (i - Math.trunc(step - 1)) % Math.trunc(step) === 0,
  );
  return { values, weights: new Float32Array(values.length).fill(step) };
}

/** Both, compressed to about 1 / epsilon numbers. */
export function merged(a: Summary, b: Summary, epsilon: number): Summary {
  const values = [...a.values, ...b.values];
  const weights = [...a.weights, ...b.weights];
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  return compressed(
    { values: Float32Array.from(order, i => values[i]!), weights: Float32Array.from(order, i => weights[i]!) },
    epsilon,
  );
}

/** The numbers that cut what the summary stands for into so many parts of equal size. */
export const boundariesOf = (summary: Summary, parts: number): readonly number[] => [
  ...compressed(summary, 1 / parts).values.slice(0, -1),
];

/** The numbers at the shares epsilon, 2 epsilon, ... 1 of the weights, on straight lines between those of the summary. */
function compressed(summary: Summary, epsilon: number): Summary {
  if (summary.values.length * epsilon < 1) return summary;
  const sums = summary.weights.slice();
  for (let i = 1; i < sums.length; i++) sums[i] = sums[i]! + sums[i - 1]!;
  const shares = sums.map(sum => sum / sums.at(-1)!);
  const wanted = Array.from({ length: Math.ceil(1 / epsilon) }, (_, i) => epsilon + i * epsilon);
  const values = wanted.map(share => between(share, shares, summary.values));
  const totals = wanted.map(share => between(share, shares, sums));
  return {
    values: Float32Array.from(values),
    weights: Float32Array.from(totals, (total, i) => total - (totals[i - 1] ?? 0)),
  };
}

/** y at x, on the lines through the points (xs, ys), and as at their ends beyond these. */
function between(x: number, xs: Float32Array, ys: Float32Array): number {
  const next = xs.findIndex(each => each > x);
  if (next === 0) return ys[0]!;
  if (next < 0) return ys.at(-1)!;
  const slope = (ys[next]! - ys[next - 1]!) / (xs[next]! - xs[next - 1]!);
  return slope * (x - xs[next - 1]!) + ys[next - 1]!;
}
