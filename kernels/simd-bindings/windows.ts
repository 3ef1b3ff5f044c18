/** Windows that move over images: parts are ranges of the images. */
import type { Conv2dGeometry, Window2dGeometry } from '../geometry.ts';
import { type Bindings, type Range, type SimdStage, type SimdStep, split } from './binding.ts';

type Pooling =
  | 'maxPool2dForward'
  | 'maxPool2dBackward'
  | 'maxPool2dWhereBackward'
  | 'averagePool2dForward'
  | 'averagePool2dBackward';

/** A window's geometry in memory. */
export const windowBytes = 64;

/** A part for each range of the images, which looks up the window in its own scratch memory. */
export function perImages(
  geometry: Window2dGeometry | Conv2dGeometry,
  scratch: readonly number[],
  step: (range: Range, window: number) => SimdStep,
): SimdStage {
  return split(geometry.n, 1, scratch.length).map((range, thread) => {
    return [windowStep(scratch[thread]!, geometry), step(range, scratch[thread]!)];
  });
}

export function windowStep(window: number, geometry: Window2dGeometry | Conv2dGeometry): SimdStep {
  const { n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft } = geometry;
  const k = 'k' in geometry ? geometry.k : 0;
  return ['setWindow', window, n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft, k];
}

export const poolingBindings: Bindings<Pooling> = {
  maxPool2dForward: ({ inputs: { x }, outputs: { y }, geometry, scratch }) => [
    perImages(geometry, scratch, ({ from, to }, window) => ['maxPool2dForward', x, y, from, to, window]),
  ],
  maxPool2dBackward: ({ inputs: { dy, x, y }, outputs: { dx }, geometry, scratch }) => [
    perImages(geometry, scratch, ({ from, to }, window) => ['maxPool2dBackward', dy, x, y, dx, from, to, window]),
  ],
  averagePool2dForward: ({ inputs: { x }, outputs: { y }, geometry, scratch }) => [
    perImages(geometry, scratch, ({ from, to }, window) => ['averagePool2dForward', x, y, from, to, window]),
  ],
  averagePool2dBackward: ({ inputs: { dy }, outputs: { dx }, geometry, scratch }) => [
    perImages(geometry, scratch, ({ from, to }, window) => ['averagePool2dBackward', dy, dx, from, to, window]),
  ],
  maxPool2dWhereBackward: ({ inputs: { dy, where }, outputs: { dx }, geometry, scratch }) => [
    perImages(geometry, scratch, ({ from, to }, window) => ['maxPool2dWhereBackward', dy, where, dx, from, to, window]),
  ],
};
