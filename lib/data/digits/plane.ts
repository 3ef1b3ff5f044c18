import { exp } from '../../../kernels/math.ts';

/** One number for each pixel, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export const shorterSide = ({ width, height }: Plane): number => Math.min(width, height);

/** The plane whose pixels are `change` of these. */
export function mapped({ width, height, data }: Plane, change: (value: number, pixel: number) => number): Plane {
  return { width, height, data: data.map(change) };
}

/** With so many more pixels on each side, which repeat those at the edge. */
export function padded({ width, height, data }: Plane, margin: number): Plane {
  const [across, down] = [width + 2 * margin, height + 2 * margin];
  const inside = (place: number, length: number) => Math.min(length - 1, Math.max(0, place - margin));
  const out = new Float32Array(across * down).map(
    (_, i) => data[inside(Math.floor(i / across), height) * width + inside(i % across, width)]!,
  );
  return { width: across, height: down, data: out };
}

export function range(values: Float32Array): { readonly least: number; readonly most: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most };
}

/** So many values tell where a share of all lies. */
const enough = 16_384;

/** The number below which a share of the values lies; of large images, of values that are taken evenly from them. */
export function quantile(values: Float32Array, share: number): number {
  const step = Math.ceil(values.length / enough);
  const sorted = step === 1 ? Float32Array.from(values) : values.filter((_, i) => i % step === 0);
  sorted.sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** The mean by Gaussian weights of that deviation, in pixels; what lies outside the image does not count. */
export function smoothed(plane: Plane, deviation: number): Plane {
  const reach = Math.ceil(2.5 * deviation);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    exp(-((i - reach) * (i - reach)) / (2 * deviation * deviation)),
  );
  return alongBoth(plane, line =>
    line.map((_, i) => {
      let [sum, all] = [0, 0];
      for (let k = Math.max(-reach, -i); k <= Math.min(reach, line.length - 1 - i); k++) {
        sum += weights[k + reach]! * line[i + k]!;
        all += weights[k + reach]!;
      }
      return sum / all;
    }),
  );
}

/** The mean over squares of 2 radius + 1 pixels; what lies outside the image does not count. */
export function localMean(plane: Plane, radius: number): Plane {
  return alongBoth(plane, line => meanOfLine(line, radius));
}

/** The greatest value in squares of 2 radius + 1 pixels. */
export function localMaximum(plane: Plane, radius: number): Plane {
  return alongBoth(plane, line => maximumOfLine(line, radius));
}

/** Changes all rows, then all columns. */
function alongBoth({ width, height, data }: Plane, change: (line: Float32Array) => Float32Array): Plane {
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y++) out.set(change(data.subarray(y * width, (y + 1) * width)), y * width);
  const column = new Float32Array(height);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) column[y] = out[y * width + x]!;
    const changed = change(column);
    for (let y = 0; y < height; y++) out[y * width + x] = changed[y]!;
  }
  return { width, height, data: out };
}

function meanOfLine(line: Float32Array, radius: number): Float32Array {
  const sums = new Float64Array(line.length + 1);
  for (let i = 0; i < line.length; i++) sums[i + 1] = sums[i]! + line[i]!;
  return line.map((_, i) => {
    const [from, to] = [Math.max(0, i - radius), Math.min(line.length, i + radius + 1)];
    return (sums[to]! - sums[from]!) / (to - from);
  });
}

/**
 * From left to right, and the same from right to left: each block of the window's length has its greatest value so far
 * at every place; a window ends in one block and begins in the other (van Herk 1992, Gil and Werman 1993).
 */
function maximumOfLine(line: Float32Array, radius: number): Float32Array {
  const { length } = line;
  const block = 2 * radius + 1;
  const before = Float32Array.from(line);
  for (let i = 0; i < length; i++) if (i % block > 0) before[i] = Math.max(before[i]!, before[i - 1]!);
  const after = Float32Array.from(line);
  for (let i = length - 2; i >= 0; i--) if ((i + 1) % block > 0) after[i] = Math.max(after[i]!, after[i + 1]!);
  return line.map((_, i) => {
    const [from, to] = [Math.max(0, i - radius), Math.min(length - 1, i + radius)];
    // A window that the image's edge has cut may lie within one block.
    if (Math.floor(from / block) !== Math.floor(to / block)) return Math.max(after[from]!, before[to]!);
    return from % block === 0 ? before[to]! : after[from]!;
  });
}
