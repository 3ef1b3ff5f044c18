import type { RandomStream } from '../random/random.ts';

/**
 * Fills a matrix of so many columns with `gain` times orthogonal unit vectors: the columns, or the rows where there are
 * fewer of them. They are normal draws, of which each loses what it has along those before it (Gram and Schmidt); that is
 * the Q of the factors Q R whose R has a positive diagonal, so Q is even among all such matrices (Mezzadri 2007).
 */
export function fillOrthogonal(out: Float32Array, columns: number, gain: number, random: RandomStream): void {
  const rows = out.length / columns;
  const [length, count] = [Math.max(rows, columns), Math.min(rows, columns)];
  const vectors: Float64Array[] = [];
  for (let k = 0; k < count; k++) {
    // Element i of vector k is the draw of row i and column k, as Keras draws a matrix of `length` rows.
    const vector = Float64Array.from({ length }, (_, i) => random.normal(i * count + k));
    const before = norm(vector);
    clear(vector, vectors);
    // Where much was lost the rest has few digits: what it still has along the others is taken away too.
    if (norm(vector) < 0.7 * before) clear(vector, vectors);
    const scale = 1 / norm(vector);
    for (let i = 0; i < length; i++) vector[i]! *= scale;
    vectors.push(vector);
  }
  for (const [k, vector] of vectors.entries()) {
    for (let i = 0; i < length; i++) out[rows < columns ? k * columns + i : i * columns + k] = gain * vector[i]!;
  }
}

/** Takes from a vector what it has along each of the unit vectors. */
function clear(vector: Float64Array, units: readonly Float64Array[]): void {
  for (const unit of units) {
    let along = 0;
    for (let i = 0; i < vector.length; i++) along += vector[i]! * unit[i]!;
    for (let i = 0; i < vector.length; i++) vector[i]! -= along * unit[i]!;
  }
}

function norm(vector: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i]! * vector[i]!;
  return Math.sqrt(squares);
}
