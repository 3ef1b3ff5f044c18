/** Windows that move over images: pieces are ranges of the images. */
import type { Conv2dGeometry, Window2dGeometry } from '../geometry.ts';
import { type Bindings, type Range, type SimdInvocation, type SimdStage, split } from './binding.ts';
import { type OwnScratch, ownScratch } from './own-scratch.ts';

type Pooling =
  | 'maxPool2dForward'
  | 'maxPool2dBackward'
  | 'maxPool2dWhereBackward'
  | 'averagePool2dForward'
  | 'averagePool2dBackward';

/** A window's geometry in memory. */
export const windowBytes = 64;

/** Pieces that take ranges of the images and look up the window in their own scratch memory. */
export function perImages(
  geometry: Window2dGeometry | Conv2dGeometry,
  pieces: number,
  invocation: (range: Range, window: OwnScratch) => SimdInvocation,
): SimdStage {
  const window = ownScratch();
  return split(geometry.n, 1, pieces).map(range => [windowSetup(window, geometry), invocation(range, window)]);
}

export function windowSetup(window: number | OwnScratch, geometry: Window2dGeometry | Conv2dGeometry): SimdInvocation {
  const { n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft } = geometry;
  const k = 'k' in geometry ? geometry.k : 0;
  return ['setWindow', window, n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft, k];
}

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
