import type { KernelFunction } from '../contract.ts';
import { exp, log, log1p, sigmoid } from '../math.ts';
import { softmaxRow } from './activations.ts';

/** Keras's epsilon: probabilities are clipped to epsilon ... 1 - epsilon before a logarithm is taken. */
const epsilon = 1e-7;

const clipped = (p: number): number => (p < epsilon ? epsilon : p > 1 - epsilon ? 1 - epsilon : p);

/** loss = log(sum of e^(x - max)) + max - x for the target, which no logit can overflow. */
export const softmaxCrossEntropyForward: KernelFunction<'softmaxCrossEntropyForward'> = (
  { loss, probabilities },
  { logits, targets },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = start; i < start + columns; i++) largest = logits[i]! > largest ? logits[i]! : largest;
    let sum = 0;
    for (let i = start; i < start + columns; i++) sum += exp(logits[i]! - largest);
    const logSum = log(sum);
    let rowLoss = 0;
    for (let i = start; i < start + columns; i++) rowLoss += targets[i]! * (logSum - (logits[i]! - largest));
    loss[row] = rowLoss;
    softmaxRow(probabilities, logits, start, columns);
  }
};

/** dlogits = dloss (probabilities times the sum of the targets - targets); the sum is 1 for targets that are probabilities. */
export const softmaxCrossEntropyBackward: KernelFunction<'softmaxCrossEntropyBackward'> = (
  { dlogits },
  { dloss, probabilities, targets },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const scale = dloss[row]!;
    let total = 0;
    for (let i = start; i < start + columns; i++) total += targets[i]!;
    for (let i = start; i < start + columns; i++) dlogits[i] = scale * (probabilities[i]! * total - targets[i]!);
  }
};

export const crossEntropyForward: KernelFunction<'crossEntropyForward'> = (
  { loss },
  { x, targets },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let sum = 0;
    for (let i = start; i < start + columns; i++) sum += x[i]!;
    let rowLoss = 0;
    for (let i = start; i < start + columns; i++) {
      const target = targets[i]!;
      if (target !== 0) rowLoss -= target * log(clipped(x[i]! / sum));
    }
    loss[row] = rowLoss;
  }
};

/** With q = x / sum: dx = (g - sum of g q) / sum, where g = -dloss target / q, or 0 where q is clipped. */
export const crossEntropyBackward: KernelFunction<'crossEntropyBackward'> = (
  { dx },
  { dloss, x, targets },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let sum = 0;
    for (let i = start; i < start + columns; i++) sum += x[i]!;
    let dot = 0;
    for (let i = start; i < start + columns; i++) {
      const q = x[i]! / sum;
      if (clipped(q) === q) dot -= targets[i]!;
    }
    const scale = dloss[row]! / sum;
    for (let i = start; i < start + columns; i++) {
      const q = x[i]! / sum;
      dx[i] = scale * ((clipped(q) === q ? -targets[i]! / q : 0) - dot);
    }
  }
};

/** For each logit x: max(x, 0) - x t + log(1 + e^-|x|). */
export const sigmoidBinaryCrossEntropyForward: KernelFunction<'sigmoidBinaryCrossEntropyForward'> = (
  { loss, probabilities },
  { logits, targets },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let sum = 0;
    for (let i = start; i < start + columns; i++) {
      const x = logits[i]!;
      sum += (x > 0 ? x : 0) - x * targets[i]! + log1p(exp(-Math.abs(x)));
      probabilities[i] = sigmoid(x);
    }
    loss[row] = sum / columns;
  }
};

export const sigmoidBinaryCrossEntropyBackward: KernelFunction<'sigmoidBinaryCrossEntropyBackward'> = (
  { dlogits },
  { dloss, probabilities, targets },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const scale = dloss[row]! / columns;
    for (let i = row * columns; i < (row + 1) * columns; i++) dlogits[i] = scale * (probabilities[i]! - targets[i]!);
  }
};

export const binaryCrossEntropyForward: KernelFunction<'binaryCrossEntropyForward'> = (
  { loss },
  { x, targets },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      const p = clipped(x[i]!);
      sum -= targets[i]! * log(p) + (1 - targets[i]!) * log(1 - p);
    }
    loss[row] = sum / columns;
  }
};

export const binaryCrossEntropyBackward: KernelFunction<'binaryCrossEntropyBackward'> = (
  { dx },
  { dloss, x, targets },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const scale = dloss[row]! / columns;
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      const p = x[i]!;
      dx[i] = clipped(p) === p ? (scale * (p - targets[i]!)) / (p * (1 - p)) : 0;
    }
  }
};

export const meanSquaredErrorForward: KernelFunction<'meanSquaredErrorForward'> = (
  { loss },
  { x, targets },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      const difference = x[i]! - targets[i]!;
      sum += difference * difference;
    }
    loss[row] = sum / columns;
  }
};

export const meanSquaredErrorBackward: KernelFunction<'meanSquaredErrorBackward'> = (
  { dx },
  { dloss, x, targets },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const scale = (2 * dloss[row]!) / columns;
    for (let i = row * columns; i < (row + 1) * columns; i++) dx[i] = scale * (x[i]! - targets[i]!);
  }
};
