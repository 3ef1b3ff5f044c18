/** Images read at other places: pieces are rows of outputs; backward whole images, since outputs meet in their pixels. */
import type { ResampleGeometry } from '../geometry.ts';
import { type Bindings, imageRanges, rowRanges, type SimdPiece } from './stages.binding.ts';

/** As in resample.ts. */
const fillModes: readonly ResampleGeometry['fillMode'][] = ['constant', 'nearest', 'reflect', 'wrap'];

const sizes = ({ n, h, w, c, p, q, interpolation, fillMode }: ResampleGeometry): readonly number[] => [
  ...[n, h, w, c, p, q],
  Number(interpolation === 'nearest'),
  fillModes.indexOf(fillMode),
];

export const resampleBindings: Bindings<'resampleForward' | 'resampleBackward'> = {
  resampleForward({ inputs: { x, matrix, shift }, outputs: { y }, geometry, pieces }) {
    const { n, c, p, q, fillValue, isShifted } = geometry;
    const numbers = [x, y, matrix, shift, ...sizes(geometry), fillValue, Number(isShifted)];
    return [
      rowRanges(n * p, q * c, pieces).map(({ from, to }): SimdPiece => [['resampleForward', ...numbers, from, to]]),
    ];
  },
  resampleBackward({ inputs: { dy, matrix, shift }, outputs: { dx }, geometry, pieces }) {
    const numbers = [dy, dx, matrix, shift, ...sizes(geometry), Number(geometry.isShifted)];
    return [
      imageRanges(geometry.n, pieces).map(({ from, to }): SimdPiece => [['resampleBackward', ...numbers, from, to]]),
    ];
  },
};
