import type { KernelFunction } from '../contract.ts';

export const oneHot: KernelFunction<'oneHot'> = ({ y }, { labels }, { rows, columns }) => {
  y.fill(0);
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    if (label >= 0 && label < columns) y[row * columns + label] = 1;
  }
};
