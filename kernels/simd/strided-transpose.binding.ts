/** When the transposes of convolutions go by strided-transpose.ts, and in which stages. */
import type { Conv2dGeometry } from '../geometry.ts';
import { phaseAt, wholeWindowAt } from './layouts.binding.ts';
import { ownScratch } from './own-scratch.binding.ts';
import { imageRanges, type SimdInvocation, type SimdScratch, type SimdStage, split } from './stages.binding.ts';
import { windowSetup } from './window.binding.ts';

export const isStrided = ({ strideH, strideW, groups }: Conv2dGeometry): boolean =>
  strideH * strideW > 1 && groups === 1;

/** What a core's own cache holds of the pixels of a phase. */
const blockBytes = 256 * 1024;

const phaseBytes = ({ h, w, c, strideH, strideW }: Conv2dGeometry): number =>
  4 * Math.ceil(h / strideH) * Math.ceil(w / strideW) * c;

/** Images that are convolved before their pixels go to their places. */
const imagesOfBlock = (geometry: Conv2dGeometry): number =>
  Math.min(geometry.n, Math.max(1, Math.floor(blockBytes / phaseBytes(geometry))));

/** Shared: the filters, phase by phase. Each: that of a product, and the pixels of a phase. */
export function stridedScratch(geometry: Conv2dGeometry): SimdScratch {
  const { r, s, c, k } = geometry;
  return { shared: 4 * r * s * c * k, each: phaseAt + imagesOfBlock(geometry) * phaseBytes(geometry) + 64 };
}

/** For each phase of an axis the taps that reach its places, from the last to the first. */
function phasesOf(stride: number, dilation: number, before: number, window: number, inputs: number): number[][] {
  const taps = Array.from({ length: window }, (_, tap) => window - 1 - tap);
  return Array.from({ length: Math.min(stride, inputs) }, (_, phase) =>
    taps.filter(tap => (phase + before - tap * dilation) % stride === 0),
  );
}

export function stridedStages(
  { dy, w, dx }: { readonly dy: number; readonly w: number; readonly dx: number },
  geometry: Conv2dGeometry,
  shared: number,
  pieces: number,
): SimdStage[] {
  const { n, s, c, k, strideH, strideW, dilationH, dilationW, padTop, padLeft } = geometry;
  const rows = phasesOf(strideH, dilationH, padTop, geometry.r, geometry.h);
  const columns = phasesOf(strideW, dilationW, padLeft, s, geometry.w);
  const taps = rows.flatMap(down => columns.flatMap(right => down.flatMap(i => right.map(j => i * s + j))));
  const bytes = 4 * c * k;
  const filters = split(taps.length, 1, pieces).map(({ from, to }) =>
    taps.slice(from, to).map((tap, i): SimdInvocation => {
      return ['transposeMatrix', w + tap * bytes, shared + (from + i) * bytes, k, c, 4 * k];
    }),
  );
  const block = imagesOfBlock(geometry);
  const images = imageRanges(n, pieces).map(({ from, to }): SimdInvocation[] => [
    windowSetup(ownScratch(wholeWindowAt), geometry),
    ['stridedTranspose', dy, shared, dx, from, to, block, ownScratch()],
  ]);
  return [filters, images];
}
