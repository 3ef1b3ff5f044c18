import type { KernelFunction } from '../contract.ts';
import type { ResampleGeometry } from '../geometry.ts';

/** Farther away than any image is long: places beyond, and NaN, are taken for places there. */
const farthest = 2 ** 24;

/** Where an output lies between the pixels of the image: their offsets, -1 outside, and the shares of the second ones. */
class Place {
  readonly rows = new Int32Array(2);
  readonly columns = new Int32Array(2);
  rowShare = 0;
  columnShare = 0;
  readonly #geometry: ResampleGeometry;
  readonly #matrix: Float32Array;
  readonly #shift: Float32Array;

  constructor(geometry: ResampleGeometry, matrix: Float32Array, shift: Float32Array) {
    this.#geometry = geometry;
    this.#matrix = matrix;
    this.#shift = shift;
  }

  /** In float32 step by step, so that the nearest pixel is the same everywhere. */
  moveTo(image: number, p: number, q: number): void {
    const { n, h, w, q: columns, isShifted } = this.#geometry;
    const m = (i: number) => this.#matrix[i * n + image]!;
    const shift = (axis: number) => this.#shift[((p * n + image) * 2 + axis) * columns + q]!;
    const x = isShifted ? Math.fround(q + shift(0)) : q;
    const y = isShifted ? Math.fround(p + shift(1)) : p;
    const along = (a: number, b: number, c: number) =>
      Math.fround(Math.fround(Math.fround(a * x) + Math.fround(b * y)) + c);
    this.columnShare = this.#between(along(m(0), m(1), m(2)), w, this.columns);
    this.rowShare = this.#between(along(m(3), m(4), m(5)), h, this.rows);
  }

  /** Finds the pixels before and behind a place on an axis; returns the share of the second one. */
  #between(place: number, length: number, pixels: Int32Array): number {
    const { interpolation, fillMode } = this.#geometry;
    const inside = place > -farthest ? (place < farthest ? place : farthest) : -farthest;
    const isNearest = interpolation === 'nearest';
    const first = Math.floor(isNearest ? Math.fround(inside + 0.5) : inside);
    pixels[0] = pixelAt(first, length, fillMode);
    pixels[1] = isNearest ? pixels[0] : pixelAt(first + 1, length, fillMode);
    return isNearest ? 0 : Math.fround(inside - first);
  }
}

/** The pixel that stands for a place outside; -1 where that is the fill value. */
function pixelAt(place: number, length: number, fillMode: ResampleGeometry['fillMode']): number {
  if (place >= 0 && place < length) return place;
  if (fillMode === 'constant') return -1;
  if (fillMode === 'nearest') return place < 0 ? 0 : length - 1;
  const period = fillMode === 'wrap' ? length : 2 * length;
  const rest = ((place % period) + period) % period;
  return rest < length ? rest : period - 1 - rest;
}

export const resampleForward: KernelFunction<'resampleForward'> = ({ y }, { x, matrix, shift }, geometry) => {
  const { n, h, w, c, p, q, fillValue } = geometry;
  const place = new Place(geometry, matrix, shift);
  const fill = Math.fround(fillValue);
  let out = 0;
  for (let image = 0; image < n; image++) {
    const pixel = (row: number, column: number, channel: number) =>
      row < 0 || column < 0 ? fill : x[((image * h + row) * w + column) * c + channel]!;
    for (let row = 0; row < p; row++) {
      for (let column = 0; column < q; column++) {
        place.moveTo(image, row, column);
        const { rows, columns, rowShare, columnShare } = place;
        for (let channel = 0; channel < c; channel++) {
          const between = (r: number) => {
            const left = pixel(r, columns[0]!, channel);
            return left + (pixel(r, columns[1]!, channel) - left) * columnShare;
          };
          const top = between(rows[0]!);
          y[out++] = top + (between(rows[1]!) - top) * rowShare;
        }
      }
    }
  }
};

export const resampleBackward: KernelFunction<'resampleBackward'> = ({ dx }, { dy, matrix, shift }, geometry) => {
  const { n, h, w, c, p, q } = geometry;
  const place = new Place(geometry, matrix, shift);
  dx.fill(0);
  let from = 0;
  for (let image = 0; image < n; image++) {
    for (let row = 0; row < p; row++) {
      for (let column = 0; column < q; column++, from += c) {
        place.moveTo(image, row, column);
        for (let corner = 0; corner < 4; corner++) {
          const r = place.rows[corner >> 1]!;
          const s = place.columns[corner & 1]!;
          const share =
            (corner >> 1 === 1 ? place.rowShare : 1 - place.rowShare) *
            ((corner & 1) === 1 ? place.columnShare : 1 - place.columnShare);
          if (r < 0 || s < 0 || share === 0) continue;
          const to = ((image * h + r) * w + s) * c;
          for (let channel = 0; channel < c; channel++) {
            dx[to + channel] = dx[to + channel]! + dy[from + channel]! * share;
          }
        }
      }
    }
  }
};
