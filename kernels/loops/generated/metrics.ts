// Made by `npm run generate`; what is changed here is lost.
import type { KernelFunction } from '../../contract.ts';
import { firstLargest, largestOf } from '../rows.ts';

/**
 * 1 where the first largest column of x is the first largest of the targets, else 0; 0 where these are zeros.
 *
 *     correct = argmax(x) == argmax(targets) && largest(targets) > 0 ? 1 : 0
 */
export const categoricalAccuracy: KernelFunction<'categoricalAccuracy'> = (
  { correct: correctAll },
  { x: xAll, targets: targetsAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    const argmax = firstLargest(xAll, start, end);
    const argmax2 = firstLargest(targetsAll, start, end);
    const largest = largestOf(targetsAll, start, end);
    correctAll[row] = argmax === argmax2 && largest > 0 ? 1 : 0;
  }
};

/**
 * The share of the columns in which the target is 1 and x above 0.5, or the target 0 and x not above.
 *
 *     correct = mean((x > 0.5 ? 1 : 0) == targets ? 1 : 0)
 */
export const binaryAccuracy: KernelFunction<'binaryAccuracy'> = (
  { correct: correctAll },
  { x: xAll, targets: targetsAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    let sum = 0;
    for (let i = start; i < end; i++) {
      const x = xAll[i]!;
      const targets = targetsAll[i]!;
      sum += (x > 0.5 ? 1 : 0) === targets ? 1 : 0;
    }
    correctAll[row] = sum / columns;
  }
};
