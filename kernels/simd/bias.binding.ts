import { ownScratch } from './own-scratch.binding.ts';
import { type Bindings, leastElements, rowRanges, split } from './stages.binding.ts';

export const biasBindings: Bindings<'biasForward' | 'biasBackward'> = {
  biasForward({ inputs: { x, b }, outputs: { y }, geometry: { rows, columns }, pieces }) {
    const stage = rowRanges(rows, columns, pieces).map(({ from, to }) => {
      const offset = 4 * from * columns;
      return [['biasForward', x + offset, b, y + offset, to - from, columns] as const];
    });
    return [stage];
  },
  biasBackward({ inputs: { dy }, outputs: { db }, geometry: { rows, columns }, pieces }) {
    const ranges = split(columns, 16, rows * columns < leastElements ? 1 : pieces);
    return [ranges.map(({ from, to }) => [['biasBackward', dy, db, rows, columns, from, to, ownScratch()]])];
  },
};
