/** What formulas of rows ask of a row, the elements from `start` to before `end`. */

/** The largest element, NaN left out; -Infinity where there is none. */
export function largestOf(x: Float32Array, start: number, end: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) largest = x[i]! > largest ? x[i]! : largest;
  return largest;
}

/** The place of the first largest element. */
export function firstLargest(x: Float32Array, start: number, end: number): number {
  let best = start;
  for (let i = start + 1; i < end; i++) if (x[i]! > x[best]!) best = i;
  return best - start;
}
