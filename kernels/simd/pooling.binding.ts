/** Pooling: pieces are ranges of the images. */
import type { Bindings } from './stages.binding.ts';
import { perImages } from './window.binding.ts';

type Pooling =
  | 'maxPool2dForward'
  | 'maxPool2dBackward'
  | 'maxPool2dWhereBackward'
  | 'averagePool2dForward'
  | 'averagePool2dBackward';

export const poolingBindings: Bindings<Pooling> = {
  maxPool2dForward: ({ inputs: { x }, outputs: { y }, geometry, pieces }) => [
    perImages(geometry, pieces, ({ from, to }, window) => ['maxPool2dForward', x, y, from, to, window]),
  ],
  maxPool2dBackward: ({ inputs: { dy, x, y }, outputs: { dx }, geometry, pieces }) => [
    perImages(geometry, pieces, ({ from, to }, window) => ['maxPool2dBackward', dy, x, y, dx, from, to, window]),
  ],
  averagePool2dForward: ({ inputs: { x }, outputs: { y }, geometry, pieces }) => [
    perImages(geometry, pieces, ({ from, to }, window) => ['averagePool2dForward', x, y, from, to, window]),
  ],
  averagePool2dBackward: ({ inputs: { dy }, outputs: { dx }, geometry, pieces }) => [
    perImages(geometry, pieces, ({ from, to }, window) => ['averagePool2dBackward', dy, dx, from, to, window]),
  ],
  maxPool2dWhereBackward: ({ inputs: { dy, where }, outputs: { dx }, geometry, pieces }) => [
    perImages(geometry, pieces, ({ from, to }, window) => ['maxPool2dWhereBackward', dy, where, dx, from, to, window]),
  ],
};
