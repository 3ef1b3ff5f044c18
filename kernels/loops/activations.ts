import type { KernelFunction } from '../contract.ts';
import { exp, expm1, sigmoid, tanh } from '../math.ts';

// Plain loops, one for each function: a shared loop that is handed a function runs several times slower.
// `x > 0 ? x : x * 0`-like forms are chosen so that NaN stays NaN.

export const reluForward: KernelFunction<'reluForward'> = ({ y }, { x }, { size }) => {
  for (let i = 0; i < size; i++) {
    const value = x[i]!;
    y[i] = value <= 0 ? 0 : value;
  }
};

export const reluBackward: KernelFunction<'reluBackward'> = ({ dx }, { dy, y }, { size }) => {
  for (let i = 0; i < size; i++) dx[i] = y[i]! > 0 ? dy[i]! : 0;
};

export const leakyReluForward: KernelFunction<'leakyReluForward'> = ({ y }, { x }, { size, alpha }) => {
  for (let i = 0; i < size; i++) {
    const value = x[i]!;
    y[i] = value > 0 ? value : alpha * value;
  }
};

export const leakyReluBackward: KernelFunction<'leakyReluBackward'> = ({ dx }, { dy, x }, { size, alpha }) => {
  for (let i = 0; i < size; i++) dx[i] = x[i]! > 0 ? dy[i]! : alpha * dy[i]!;
};

export const eluForward: KernelFunction<'eluForward'> = ({ y }, { x }, { size, alpha }) => {
  for (let i = 0; i < size; i++) {
    const value = x[i]!;
    y[i] = value > 0 ? value : alpha * expm1(value);
  }
};

/** For x <= 0 the derivative alpha e^x is y + alpha. */
export const eluBackward: KernelFunction<'eluBackward'> = ({ dx }, { dy, x, y }, { size, alpha }) => {
  for (let i = 0; i < size; i++) dx[i] = x[i]! > 0 ? dy[i]! : dy[i]! * (y[i]! + alpha);
};

export const sigmoidForward: KernelFunction<'sigmoidForward'> = ({ y }, { x }, { size }) => {
  for (let i = 0; i < size; i++) y[i] = sigmoid(x[i]!);
};

export const sigmoidBackward: KernelFunction<'sigmoidBackward'> = ({ dx }, { dy, y }, { size }) => {
  for (let i = 0; i < size; i++) {
    const value = y[i]!;
    dx[i] = dy[i]! * value * (1 - value);
  }
};

export const tanhForward: KernelFunction<'tanhForward'> = ({ y }, { x }, { size }) => {
  for (let i = 0; i < size; i++) y[i] = tanh(x[i]!);
};

export const tanhBackward: KernelFunction<'tanhBackward'> = ({ dx }, { dy, y }, { size }) => {
  for (let i = 0; i < size; i++) {
    const value = y[i]!;
    dx[i] = dy[i]! * (1 - value * value);
  }
};

/** Writes the softmax of one row; also used by the losses. */
export function softmaxRow(y: Float32Array, x: Float32Array, start: number, columns: number): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < start + columns; i++) largest = x[i]! > largest ? x[i]! : largest;
  // The sum is taken before the terms are rounded to float32; the terms are cheap enough to compute twice.
  let sum = 0;
  for (let i = start; i < start + columns; i++) sum += exp(x[i]! - largest);
  for (let i = start; i < start + columns; i++) y[i] = exp(x[i]! - largest) / sum;
}

export const softmaxForward: KernelFunction<'softmaxForward'> = ({ y }, { x }, { rows, columns }) => {
  for (let row = 0; row < rows; row++) softmaxRow(y, x, row * columns, columns);
};

/** dx = y (dy - sum of dy y). */
export const softmaxBackward: KernelFunction<'softmaxBackward'> = ({ dx }, { dy, y }, { rows, columns }) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let dot = 0;
    for (let i = start; i < start + columns; i++) dot += dy[i]! * y[i]!;
    for (let i = start; i < start + columns; i++) dx[i] = y[i]! * (dy[i]! - dot);
  }
};
