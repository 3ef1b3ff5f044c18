/**
 * Convolutions in groups of channels, depthwise ones among them: straight from their definition, since the products of a
 * group are too small for panels.
 */
import type { Conv2dGeometry } from '../geometry.ts';

/** Calls `each` with the places of the first channels in x, in the filters and in y that a tap of a window joins. */
function forEachTap(g: Conv2dGeometry, each: (x: number, w: number, y: number) => void): void {
  const { n, h, w, c, r, s, p, q, k, groups, strideH, strideW, dilationH, dilationW, padTop, padLeft } = g;
  const tapSize = (c / groups) * k;
  for (let line = 0; line < n * p; line++) {
    const image = Math.floor(line / p);
    for (let dr = 0; dr < r; dr++) {
      const inRow = (line - image * p) * strideH + dr * dilationH - padTop;
      if (inRow < 0 || inRow >= h) continue;
      for (let column = 0; column < q; column++) {
        for (let ds = 0; ds < s; ds++) {
          const inColumn = column * strideW + ds * dilationW - padLeft;
          if (inColumn < 0 || inColumn >= w) continue;
          each(((image * h + inRow) * w + inColumn) * c, (dr * s + ds) * tapSize, (line * q + column) * k);
        }
      }
    }
  }
}

/** Adds the products into y, each sum of a tap in float64. */
export function groupedForward(y: Float32Array, x: Float32Array, w: Float32Array, g: Conv2dGeometry): void {
  const { k, groups } = g;
  const [channels, filters] = [g.c / groups, k / groups];
  y.fill(0);
  forEachTap(g, (xAt, wAt, yAt) => {
    for (let i = 0; i < k; i++) {
      const first = xAt + Math.floor(i / filters) * channels;
      let sum = 0;
      for (let j = 0; j < channels; j++) sum += x[first + j]! * w[wAt + j * k + i]!;
      y[yAt + i] = y[yAt + i]! + sum;
    }
  });
}

export function groupedBackwardInput(dx: Float32Array, dy: Float32Array, w: Float32Array, g: Conv2dGeometry): void {
  const { c, k, groups } = g;
  const [channels, filters] = [c / groups, k / groups];
  dx.fill(0);
  forEachTap(g, (xAt, wAt, yAt) => {
    for (let i = 0; i < c; i++) {
      const group = Math.floor(i / channels);
      const row = wAt + (i - group * channels) * k;
      let sum = 0;
      for (let j = group * filters; j < (group + 1) * filters; j++) sum += dy[yAt + j]! * w[row + j]!;
      dx[xAt + i] = dx[xAt + i]! + sum;
    }
  });
}

/** The sums go over all images, so they are taken in float64, in scratch memory. */
export function groupedBackwardFilter(
  dw: Float32Array,
  x: Float32Array,
  dy: Float32Array,
  g: Conv2dGeometry,
  sums: Float64Array,
): void {
  const { k, groups } = g;
  const [channels, filters] = [g.c / groups, k / groups];
  sums.fill(0, 0, dw.length);
  forEachTap(g, (xAt, wAt, yAt) => {
    for (let j = 0; j < channels; j++) {
      for (let i = 0; i < k; i++) {
        const place = wAt + j * k + i;
        sums[place] = sums[place]! + x[xAt + Math.floor(i / filters) * channels + j]! * dy[yAt + i]!;
      }
    }
  });
  for (let i = 0; i < dw.length; i++) dw[i] = sums[i]!;
}

/** One float64 for each element of the filters. */
export const groupedBackwardFilterScratch = ({ r, s, c, k, groups }: Conv2dGeometry): number =>
  8 * r * s * (c / groups) * k;
