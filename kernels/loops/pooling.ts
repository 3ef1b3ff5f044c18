import type { KernelFunction } from '../contract.ts';
import type { Window2dGeometry } from '../geometry.ts';

// Each window is cut to the image first, so that padding never takes part. The loops run over channels innermost,
// which is how the memory lies.

/** The largest element of a window; -Infinity for a window that lies in the padding alone. */
export const maxPool2dForward: KernelFunction<'maxPool2dForward'> = ({ y }, { x }, g) => {
  const { n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft } = g;
  for (let image = 0; image < n; image++) {
    for (let row = 0; row < p; row++) {
      for (let column = 0; column < q; column++) {
        const to = ((image * p + row) * q + column) * c;
        for (let i = 0; i < c; i++) y[to + i] = Number.NEGATIVE_INFINITY;
        for (let dr = 0; dr < r; dr++) {
          const inRow = row * strideH + dr * dilationH - padTop;
          if (inRow < 0 || inRow >= h) continue;
          for (let ds = 0; ds < s; ds++) {
            const inColumn = column * strideW + ds * dilationW - padLeft;
            if (inColumn < 0 || inColumn >= w) continue;
            const from = ((image * h + inRow) * w + inColumn) * c;
            for (let i = 0; i < c; i++) {
              const value = x[from + i]!;
              if (value > y[to + i]! || Number.isNaN(value)) y[to + i] = value;
            }
          }
        }
      }
    }
  }
};

export const maxPool2dBackward: KernelFunction<'maxPool2dBackward'> = ({ dx }, { dy, x, y }, g) => {
  const { n, p, q, c } = g;
  dx.fill(0);
  for (let image = 0; image < n; image++) {
    for (let row = 0; row < p; row++) {
      for (let column = 0; column < q; column++) {
        const from = ((image * p + row) * q + column) * c;
        for (let i = 0; i < c; i++) {
          const tap = firstEqual(x, y[from + i]!, g, image, row, column, i);
          if (tap < 0) continue;
          const place = placeOf(tap, g, image, row, column) + i;
          dx[place] = dx[place]! + dy[from + i]!;
        }
      }
    }
  }
};

/** The number of the first place in a window whose element of x equals `value`; -1 if there is none. */
export function firstEqual(
  x: Float32Array,
  value: number,
  { h, w, c, r, s, strideH, strideW, dilationH, dilationW, padTop, padLeft }: Window2dGeometry,
  image: number,
  row: number,
  column: number,
  channel: number,
): number {
  for (let dr = 0; dr < r; dr++) {
    const inRow = row * strideH + dr * dilationH - padTop;
    if (inRow < 0 || inRow >= h) continue;
    for (let ds = 0; ds < s; ds++) {
      const inColumn = column * strideW + ds * dilationW - padLeft;
      if (inColumn < 0 || inColumn >= w) continue;
      const place = ((image * h + inRow) * w + inColumn) * c + channel;
      if (x[place] === value) return dr * s + ds;
    }
  }
  return -1;
}

/** Where in the input the first channel of a window's place lies. */
export function placeOf(tap: number, g: Window2dGeometry, image: number, row: number, column: number): number {
  const inRow = row * g.strideH - g.padTop + Math.floor(tap / g.s) * g.dilationH;
  const inColumn = column * g.strideW - g.padLeft + (tap % g.s) * g.dilationW;
  return ((image * g.h + inRow) * g.w + inColumn) * g.c;
}

/** The mean over the elements of a window inside the image; 0 for a window that lies in the padding alone. */
export const averagePool2dForward: KernelFunction<'averagePool2dForward'> = ({ y }, { x }, g, scratch) => {
  const { n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft } = g;
  for (let image = 0; image < n; image++) {
    for (let row = 0; row < p; row++) {
      for (let column = 0; column < q; column++) {
        for (let i = 0; i < c; i++) scratch[i] = 0;
        for (let dr = 0; dr < r; dr++) {
          const inRow = row * strideH + dr * dilationH - padTop;
          if (inRow < 0 || inRow >= h) continue;
          for (let ds = 0; ds < s; ds++) {
            const inColumn = column * strideW + ds * dilationW - padLeft;
            if (inColumn < 0 || inColumn >= w) continue;
            const from = ((image * h + inRow) * w + inColumn) * c;
            for (let i = 0; i < c; i++) scratch[i] = scratch[i]! + x[from + i]!;
          }
        }
        const count = windowCount(g, row, column);
        const to = ((image * p + row) * q + column) * c;
        for (let i = 0; i < c; i++) y[to + i] = count === 0 ? 0 : scratch[i]! / count;
      }
    }
  }
};

/** One float64 for each channel. */
export const averagePool2dScratch = ({ c }: { readonly c: number }): number => 8 * c;

export const averagePool2dBackward: KernelFunction<'averagePool2dBackward'> = ({ dx }, { dy }, g) => {
  const { n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft } = g;
  dx.fill(0);
  for (let image = 0; image < n; image++) {
    for (let row = 0; row < p; row++) {
      for (let column = 0; column < q; column++) {
        const count = windowCount(g, row, column);
        const from = ((image * p + row) * q + column) * c;
        for (let dr = 0; dr < r; dr++) {
          const inRow = row * strideH + dr * dilationH - padTop;
          if (inRow < 0 || inRow >= h) continue;
          for (let ds = 0; ds < s; ds++) {
            const inColumn = column * strideW + ds * dilationW - padLeft;
            if (inColumn < 0 || inColumn >= w) continue;
            const to = ((image * h + inRow) * w + inColumn) * c;
            for (let i = 0; i < c; i++) dx[to + i] = dx[to + i]! + dy[from + i]! / count;
          }
        }
      }
    }
  }
};

/** How many elements of a window lie inside the image. */
function windowCount(g: Window2dGeometry, row: number, column: number): number {
  return (
    insideCount(g.r, row * g.strideH - g.padTop, g.dilationH, g.h) *
    insideCount(g.s, column * g.strideW - g.padLeft, g.dilationW, g.w)
  );
}

function insideCount(window: number, start: number, dilation: number, size: number): number {
  let count = 0;
  for (let i = 0; i < window; i++) {
    const place = start + i * dilation;
    if (place >= 0 && place < size) count++;
  }
  return count;
}
