/** Pooling and convolution: parts are ranges of images, and for filter gradients ranges of the filters. */
import type { Conv2dGeometry, Window2dGeometry } from '../geometry.ts';
import { type Bindings, type Range, type SimdScratch, type SimdStage, type SimdStep, split } from './binding.ts';

type Pooling = 'maxPool2dForward' | 'maxPool2dBackward' | 'averagePool2dForward' | 'averagePool2dBackward';
type Convolution = 'conv2dForward' | 'conv2dBackwardInput' | 'conv2dBackwardFilter';

/** What gemm.ts needs: a window, zeros, a tile, and a packed block of either operand. */
export const gemmBytes = 256 + 4 * 256 + 256 + 4 * 128 * 256 + 4 * 256 * 256;
export const windowBytes = 64;

/** A part for each range of the images, which looks up the window in its own scratch memory. */
function perImages(
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

/** Whether few-channels.ts computes a convolution; the same condition stands there. */
const hasFewChannels = ({ c, q }: Conv2dGeometry): boolean => c <= 4 && q >= 4;

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
};

export const conv2dBindings: Bindings<Convolution> = {
  conv2dForward: ({ inputs: { x, w }, outputs: { y }, geometry, scratch }) => [
    perImages(geometry, scratch, ({ from, to }, window) => ['conv2dForward', x, w, y, from, to, window]),
  ],
  conv2dBackwardInput: ({ inputs: { dy, w }, outputs: { dx }, geometry, scratch }) => [
    perImages(geometry, scratch, ({ from, to }, window) => ['conv2dBackwardInput', dy, w, dx, from, to, window]),
  ],
  conv2dBackwardFilter({ inputs: { x, dy }, outputs: { dw }, geometry, scratch }) {
    const { r, s, c, k } = geometry;
    const ranges = hasFewChannels(geometry) ? split(k, 8, scratch.length) : split(r * s * c, 4, scratch.length);
    const parts = ranges.map(({ from, to }, thread) => {
      const window = scratch[thread]!;
      return [windowStep(window, geometry), ['conv2dBackwardFilter', x, dy, dw, from, to, window] as const];
    });
    return [parts];
  },
};

/** What computes a convolution. */
export function conv2dAlgorithm(kernel: Convolution, geometry: Conv2dGeometry): string {
  const isDirect = kernel !== 'conv2dBackwardInput' && hasFewChannels(geometry);
  return isDirect ? 'few channels' : 'blocked product of windows';
}

/** Either what gemm.ts needs or what few-channels.ts needs: places, padded filters, one padded image. */
export function conv2dScratch(geometry: Conv2dGeometry): SimdScratch {
  if (!hasFewChannels(geometry)) return { each: gemmBytes };
  const { r, s, c, k, p, q, strideH, strideW, dilationH, dilationW } = geometry;
  const window = r * s * c;
  const image = ((p - 1) * strideH + (r - 1) * dilationH + 1) * ((q - 1) * strideW + (s - 1) * dilationW + 1) * c;
  return { each: 256 + 4 * (window + 4 + window * (k + 7) + image) };
}
