/** Images with one to four channels: the few-channels*.ts. */
import type { Conv2dGeometry } from '../geometry.ts';
import { fewImageAt } from './layouts.binding.ts';
import { type OwnScratch, ownScratch } from './own-scratch.binding.ts';
import {
  finer,
  type SimdInvocation,
  type SimdPiece,
  type SimdScratch,
  type SimdStage,
  split,
} from './stages.binding.ts';
import { windowSetup } from './window.binding.ts';

/** Whether they compute a convolution. */
export const hasFewChannels = ({ c, q, groups }: Conv2dGeometry): boolean => groups === 1 && c <= 4 && q >= 4;

/** What lies before the image, and one padded image. */
export const fewChannelsBytes = (geometry: Conv2dGeometry): number =>
  fewImageAt(geometry.r * geometry.s * geometry.c, geometry.k) + paddedImageBytes(geometry);

function paddedImageBytes({ r, s, c, p, q, strideH, strideW, dilationH, dilationW }: Conv2dGeometry): number {
  const rows = (p - 1) * strideH + (r - 1) * dilationH + 1;
  const columns = (q - 1) * strideW + (s - 1) * dilationW + 1;
  return 4 * rows * columns * c;
}

/** So many images, always the same, give one sum. */
export const imagesOfSum = 4;
const sumBytes = ({ r, s, c, k }: Conv2dGeometry): number => 4 * (r * s * c + 1) * Math.ceil(k / 8) * 8;

/** Shared: the sums. Each: what a convolution needs, and as many ones as a padded image has elements. */
export const fewChannelsGradientScratch = (geometry: Conv2dGeometry): Required<SimdScratch> => ({
  shared: Math.ceil(geometry.n / imagesOfSum) * sumBytes(geometry),
  each: fewChannelsBytes(geometry) + paddedImageBytes(geometry),
});

/**
 * The sums of the groups of images, and then their sum. `dyOf` says what gives dy for the images from `from` to before
 * `to`, and where it lies then.
 */
export function fewChannelsGradientStages(
  { x, dw, db }: { readonly x: number; readonly dw: number; readonly db: number },
  dyOf: (from: number, to: number) => { readonly dy: number | OwnScratch; readonly before: readonly SimdInvocation[] },
  geometry: Conv2dGeometry,
  shared: number,
  pieces: number,
): SimdStage[] {
  const groups = Math.ceil(geometry.n / imagesOfSum);
  const window = ownScratch();
  const sums = split(groups, 1, finer(pieces, groups, 2)).map((range): SimdPiece => {
    const work = Array.from({ length: range.to - range.from }, (_, i): SimdInvocation[] => {
      const group = range.from + i;
      const from = group * imagesOfSum;
      const to = Math.min(geometry.n, from + imagesOfSum);
      const { dy, before } = dyOf(from, to);
      return [...before, ['fewChannelsGradientSums', x, dy, shared + group * sumBytes(geometry), from, to, window]];
    });
    return [windowSetup(window, geometry), ...work.flat()];
  });
  return [sums, [[windowSetup(window, geometry), ['fewChannelsGradientFinish', shared, dw, db, groups, window]]]];
}
