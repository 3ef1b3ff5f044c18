import type { KernelFunction } from '../contract.ts';
import { pow } from '../math.ts';

/** s^-beta; AlexNet's 0.75 has a fast form. */
function inversePower(s: number, beta: number): number {
  if (beta === 0.75) {
    const root = Math.sqrt(s);
    return 1 / (root * Math.sqrt(root));
  }
  return pow(s, -beta);
}

/** bias + alpha times the sum of the squares around channel c. */
function denominator(
  x: Float32Array,
  start: number,
  columns: number,
  c: number,
  depthRadius: number,
  bias: number,
  alpha: number,
): number {
  const first = c > depthRadius ? c - depthRadius : 0;
  const last = c + depthRadius < columns ? c + depthRadius : columns - 1;
  let sum = 0;
  for (let j = start + first; j <= start + last; j++) sum += x[j]! * x[j]!;
  return bias + alpha * sum;
}

export const localResponseNormalizationForward: KernelFunction<'localResponseNormalizationForward'> = (
  { y },
  { x },
  { rows, columns, depthRadius, bias, alpha, beta },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    for (let c = 0; c < columns; c++) {
      y[start + c] = x[start + c]! * inversePower(denominator(x, start, columns, c, depthRadius, bias, alpha), beta);
    }
  }
};

/**
 * With s the denominators: dx[c] = dy[c] s[c]^-beta - 2 alpha beta x[c] sum of dy[j] y[j] / s[j], j over the channels
 * whose sums hold x[c].
 */
export const localResponseNormalizationBackward: KernelFunction<'localResponseNormalizationBackward'> = (
  { dx },
  { dy, x, y },
  { rows, columns, depthRadius, bias, alpha, beta },
  scratch,
) => {
  const factor = 2 * alpha * beta;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    // scratch holds the denominators and then dy y / s.
    for (let c = 0; c < columns; c++) {
      const s = denominator(x, start, columns, c, depthRadius, bias, alpha);
      scratch[c] = s;
      scratch[columns + c] = (dy[start + c]! * y[start + c]!) / s;
    }
    for (let c = 0; c < columns; c++) {
      const first = c > depthRadius ? c - depthRadius : 0;
      const last = c + depthRadius < columns ? c + depthRadius : columns - 1;
      let sum = 0;
      for (let j = first; j <= last; j++) sum += scratch[columns + j]!;
      dx[start + c] = dy[start + c]! * inversePower(scratch[c]!, beta) - factor * x[start + c]! * sum;
    }
  }
};

/** Two rows of float64. */
export const localResponseNormalizationScratch = ({ columns }: { readonly columns: number }): number => 2 * 8 * columns;
