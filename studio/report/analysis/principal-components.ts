import { ShapeError, Tensor } from 'inkling';

/** Points seen in the two directions in which they differ most. */
export interface Projection {
  /** [N, 2]: the places along the two directions, with the mean of all points in the middle. */
  readonly points: Tensor;
  /** [2, D], of length 1; the number that is largest, its sign left aside, is positive in each. */
  readonly axes: Tensor;
  /** The share of the variance that each direction has. */
  readonly shares: readonly [number, number];
}

/** More directions than are asked for are followed, for then the first two settle sooner. */
const followed = 8;
const mostRounds = 300;
const tolerance = 1e-10;

/**
 * Principal components (Pearson 1901) of points [N, D], by subspace iteration with Rayleigh-Ritz (Golub and Van Loan,
 * "Matrix Computations", section 8.2.4): no matrix of D x D is made, so D may be some thousands. The same points give the
 * same directions. Throws ShapeError for other shapes, or for less than two points or numbers.
 */
export function principalComponents(points: Tensor): Projection {
  const [count = 0, size = 0] = points.shape;
  if (points.rank !== 2 || count < 2 || size < 2) {
    throw new ShapeError(
      `principalComponents: expected points as [N, D] with at least 2 of each, got [${points.shape.join(', ')}]`,
    );
  }
  const centred = centredRows(points.data, count, size);
  const total = centred.reduce((sum, value) => sum + value * value, 0);
  const width = Math.min(followed, count, size);
  let basis = Array.from({ length: width }, (_, k) => firstDirection(k, size));
  orthonormalize(basis);
  let latest: readonly number[] = [];
  for (let round = 0; round < mostRounds; round++) {
    const images = basis.map(direction => covarianceTimes(centred, count, size, direction));
    const { values, vectors } = symmetricEigen(basis.map(row => images.map(column => dot(row, column))));
    basis = vectors.map(weights => combined(images, weights));
    orthonormalize(basis);
    const isSettled = [0, 1].every(i => Math.abs((latest[i] ?? 0) - values[i]!) <= tolerance * values[0]!);
    latest = values;
    if (isSettled) break;
  }
  const axes = basis.slice(0, 2).map(positiveWhereLargest);
  const places = new Float32Array(count * 2);
  const variances = [0, 0];
  for (let row = 0; row < count; row++) {
    for (const [k, axis] of axes.entries()) {
      const place = dot(centred.subarray(row * size, (row + 1) * size), axis);
      places[row * 2 + k] = place;
      variances[k]! += place * place;
    }
  }
  const share = (k: number) => (total === 0 ? 0 : variances[k]! / total);
  return {
    points: new Tensor([count, 2], 'float32', places),
    axes: new Tensor([2, size], 'float32', Float32Array.from(axes.flatMap(axis => [...axis]))),
    shares: [share(0), share(1)],
  };
}

function centredRows(data: ArrayLike<number>, count: number, size: number): Float64Array {
  const centred = Float64Array.from(data);
  for (let column = 0; column < size; column++) {
    let sum = 0;
    for (let row = 0; row < count; row++) sum += centred[row * size + column]!;
    for (let row = 0; row < count; row++) centred[row * size + column]! -= sum / count;
  }
  return centred;
}

/** Some direction or other, always the same: numbers between -1 and 1 without a pattern. */
const firstDirection = (k: number, size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => Math.sin((i + 1) * (k + 1) * 12.9898 + k) % 1);

/** X' X v, row by row. */
function covarianceTimes(rows: Float64Array, count: number, size: number, vector: Float64Array): Float64Array {
  const product = new Float64Array(size);
  for (let row = 0; row < count; row++) {
    const values = rows.subarray(row * size, (row + 1) * size);
    const along = dot(values, vector);
    for (let i = 0; i < size; i++) product[i]! += along * values[i]!;
  }
  return product;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function combined(vectors: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const [k, vector] of vectors.entries()) for (let i = 0; i < sum.length; i++) sum[i]! += weights[k]! * vector[i]!;
  return sum;
}

/** Gram-Schmidt, twice, in place; a direction that the others span becomes 0. */
function orthonormalize(vectors: readonly Float64Array[]): void {
  for (const [k, vector] of vectors.entries()) {
    const before = Math.sqrt(dot(vector, vector));
    for (let round = 0; round < 2; round++) {
      for (const other of vectors.slice(0, k)) {
        const along = dot(vector, other);
        for (let i = 0; i < vector.length; i++) vector[i]! -= along * other[i]!;
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    const isSpanned = length <= 1e-12 * before || length === 0;
    for (let i = 0; i < vector.length; i++) vector[i] = isSpanned ? 0 : vector[i]! / length;
  }
}

/** Eigenvalues, the largest first, and eigenvectors of a small symmetric matrix, by Jacobi's rotations. */
function symmetricEigen(given: readonly (readonly number[])[]): { values: number[]; vectors: number[][] } {
  const size = given.length;
  const a = given.map((row, i) => row.map((value, j) => (value + given[j]![i]!) / 2));
  const vectors = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, vectors, p, q);
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j]![j]! - a[i]![i]!);
  return { values: order.map(i => a[i]![i]!), vectors: order.map(i => vectors[i]!) };
}

/** Makes a[p][q] zero; the rows of `vectors` turn along. */
function rotate(a: number[][], vectors: number[][], p: number, q: number): void {
  if (a[p]![q] === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  const turn = (rows: number[][]) => {
    const [one, two] = [rows[p]!, rows[q]!];
    rows[p] = one.map((value, i) => cosine * value - sine * two[i]!);
    rows[q] = one.map((value, i) => sine * value + cosine * two[i]!);
  };
  turn(a);
  for (const row of a) [row[p], row[q]] = [cosine * row[p]! - sine * row[q]!, sine * row[p]! + cosine * row[q]!];
  turn(vectors);
}

function positiveWhereLargest(axis: Float64Array): Float64Array {
  let largest = 0;
  for (const [i, value] of axis.entries()) if (Math.abs(value) > Math.abs(axis[largest]!)) largest = i;
  return axis[largest]! < 0 ? axis.map(value => -value) : axis;
}
