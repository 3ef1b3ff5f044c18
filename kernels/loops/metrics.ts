import type { KernelFunction } from '../contract.ts';

export const oneHot: KernelFunction<'oneHot'> = ({ y }, { labels }, { rows, columns }) => {
  y.fill(0);
  for (let row = 0; row < rows; row++) y[row * columns + labels[row]!] = 1;
};

export const categoricalAccuracy: KernelFunction<'categoricalAccuracy'> = (
  { correct },
  { x, targets },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    correct[row] = firstLargest(x, start, columns) === firstLargest(targets, start, columns) ? 1 : 0;
  }
};

export const binaryAccuracy: KernelFunction<'binaryAccuracy'> = ({ correct }, { x, targets }, { rows, columns }) => {
  for (let row = 0; row < rows; row++) {
    let count = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) count += x[i]! > 0.5 === targets[i]! > 0.5 ? 1 : 0;
    correct[row] = count / columns;
  }
};

function firstLargest(x: Float32Array, start: number, columns: number): number {
  let best = 0;
  for (let i = 1; i < columns; i++) if (x[start + i]! > x[start + best]!) best = i;
  return best;
}
