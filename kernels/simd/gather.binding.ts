/** Places along an axis that are read by their indices: each element of a result belongs to one piece. */
import { type Bindings, leastElements, rowRanges, split } from './stages.binding.ts';

export const gatherBindings: Bindings<'gatherForward' | 'gatherBackward'> = {
  gatherForward({ inputs: { x, indices }, outputs: { y }, geometry: { outer, length, inner, count }, pieces }) {
    const rows = rowRanges(outer * count, inner, pieces);
    return [rows.map(({ from, to }) => [['gatherForward', x, indices, y, from, to, length, count, inner] as const])];
  },
  gatherBackward({ inputs: { dy, indices }, outputs: { dx }, geometry, pieces }) {
    const { outer, length, inner, count } = geometry;
    const most = outer * Math.max(length, count) * inner < leastElements ? 1 : pieces;
    const rest = [length, count, inner];
    if (outer > 1) {
      const ranges = split(outer, 1, most);
      return [
        ranges.map(({ from, to }) => [['gatherBackward', dy, indices, dx, from, to, 0, inner, ...rest] as const]),
      ];
    }
    const ranges = split(inner, 16, most);
    return [ranges.map(({ from, to }) => [['gatherBackward', dy, indices, dx, 0, 1, from, to, ...rest] as const])];
  },
};
