/** Windows in memory: whoever moves one over images looks it up there. */
import type { Conv2dGeometry, Window2dGeometry } from '../geometry.ts';
import { type OwnScratch, ownScratch } from './own-scratch.binding.ts';
import { imageRanges, type Range, type SimdInvocation, type SimdStage } from './stages.binding.ts';

/** Pieces that take ranges of the images and look up the window in their own scratch memory. */
export function perImages(
  geometry: Window2dGeometry | Conv2dGeometry,
  pieces: number,
  invocation: (range: Range, window: OwnScratch) => SimdInvocation,
): SimdStage {
  const window = ownScratch();
  return imageRanges(geometry.n, pieces).map(range => [windowSetup(window, geometry), invocation(range, window)]);
}

export function windowSetup(window: number | OwnScratch, geometry: Window2dGeometry | Conv2dGeometry): SimdInvocation {
  const { n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft } = geometry;
  const channels = 'k' in geometry ? [geometry.k, geometry.groups] : [0, 1];
  const paddings = [padTop, padLeft];
  const steps = [strideH, strideW, dilationH, dilationW];
  return ['setWindow', window, n, h, w, c, r, s, p, q, ...steps, ...paddings, ...channels];
}
