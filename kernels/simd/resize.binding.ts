/** Resizing: pieces are ranges of outputs; backward ranges of what lies in front of the axis, or else behind it. */
import { type Bindings, leastElements, rowRanges, type SimdPiece, split } from './stages.binding.ts';

type Resizing = 'resizeForward' | 'resizeBackward';

export const resizeBindings: Bindings<Resizing> = {
  resizeForward({ inputs: { x }, outputs: { y }, geometry, pieces }) {
    const { outer, length, inner, count, interpolation } = geometry;
    const isNearest = Number(interpolation === 'nearest');
    return [
      rowRanges(outer * count, inner, pieces).map(({ from, to }): SimdPiece => {
        return [['resizeForward', x, y, length, count, inner, isNearest, from, to]];
      }),
    ];
  },
  resizeBackward({ inputs: { dy }, outputs: { dx }, geometry, pieces }) {
    const { outer, length, inner, count, interpolation } = geometry;
    const common = [dy, dx, length, count, inner, Number(interpolation === 'nearest')] as const;
    const isLittle = outer * inner * Math.max(length, count) < leastElements;
    if (outer >= pieces || isLittle) {
      return [
        rowRanges(outer, inner * Math.max(length, count), pieces).map(({ from, to }): SimdPiece => {
          return [['resizeBackward', ...common, from, to, 0, inner]];
        }),
      ];
    }
    return [
      split(inner, 16, pieces).map(({ from, to }): SimdPiece => [['resizeBackward', ...common, 0, outer, from, to]]),
    ];
  },
};
