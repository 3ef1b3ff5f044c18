/** When convolutions go by depthwise.ts, and in which stages. */
import type { Conv2dGeometry } from '../geometry.ts';
import { depthwiseLineAt, depthwiseRingAt, padded8 } from './layouts.binding.ts';
import { ownScratch } from './own-scratch.binding.ts';
import {
  finer,
  type SimdInvocation,
  type SimdPiece,
  type SimdScratch,
  type SimdStage,
  split,
} from './stages.binding.ts';
import { windowSetup } from './window.binding.ts';

export const isDepthwise = ({ c, groups }: Conv2dGeometry): boolean => groups > 1 && groups === c;

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Vectors may be loaded behind the end of a line. */
const spare = 64;

/** The ring of lines; depthwise.ts says what it holds. */
export function depthwiseScratch({
  w,
  k,
  q,
  r,
  s,
  strideW,
  dilationH,
  dilationW,
  padLeft,
}: Conv2dGeometry): SimdScratch {
  const lines = (r - 1) * dilationH + 1;
  const columns = Math.max(padLeft + w, (q - 1) * strideW + (s - 1) * dilationW + 1);
  return { each: depthwiseRingAt(r, 1) + 4 * lines * columns * k + spare };
}

/** The same for the way back, and a line of dx before its channels are summed. */
export function depthwiseBackwardScratch(geometry: Conv2dGeometry): SimdScratch {
  const { w, k, q, r, s, strideH, strideW, dilationH, dilationW, padLeft } = geometry;
  const lines = Math.floor(((r - 1) * dilationH) / strideH) + 1;
  const before = Math.ceil(((s - 1) * dilationW) / strideW);
  const columns = before + Math.max(q, Math.floor((w - 1 + padLeft) / strideW) + 1);
  return { each: depthwiseRingAt(r, strideW) + 4 * (lines * columns + w) * k + spare };
}

/** Images are summed in so many chunks at most, whatever the number of pieces. */
const mostChunks = 16;

const sumBytes = ({ r, s, k }: Conv2dGeometry): number => aligned(4 * r * s * padded8(k));

export function depthwiseGradientScratch(geometry: Conv2dGeometry): SimdScratch {
  const { n, q, s, k, strideW, dilationW } = geometry;
  const columns = (q - 1) * strideW + (s - 1) * dilationW + 1;
  return {
    shared: Math.min(n, mostChunks) * sumBytes(geometry),
    each: depthwiseLineAt + 4 * columns * k + spare,
  };
}

/** The sums over chunks of images, and then the sums of these. */
export function depthwiseGradientStages(
  { x, dy, dw }: { readonly x: number; readonly dy: number; readonly dw: number },
  geometry: Conv2dGeometry,
  shared: number,
  pieces: number,
): SimdStage[] {
  const { n, r, s, k } = geometry;
  const bytes = sumBytes(geometry);
  const chunks = split(n, 1, Math.min(n, mostChunks));
  const window = ownScratch();
  const sums = split(chunks.length, 1, finer(pieces, chunks.length, 1)).map((range): SimdPiece => {
    const own = chunks.slice(range.from, range.to).map(({ from, to }, i): SimdInvocation => {
      return ['depthwiseGradientSums', x, dy, shared + (range.from + i) * bytes, from, to, window];
    });
    return [windowSetup(window, geometry), ...own];
  });
  const finish = split(r * s, 1, pieces).map(({ from, to }): SimdPiece => {
    return [['depthwiseGradientFinish', shared, chunks.length, bytes, dw, from, to, k]];
  });
  return [sums, finish];
}
