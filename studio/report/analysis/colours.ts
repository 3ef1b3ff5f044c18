import type { PixelImage } from '../pictures/pixels.ts';

/** How numbers become colours. `amounts`: dark for 0, light for 1. `signs`: blue for -1, pale for 0, orange for 1. */
export type ColourScale = keyof typeof scales;

const scales = {
  amounts: [0x0b1026, 0x1b2f73, 0x2f55b8, 0x7fa0e8, 0xfdf6e3],
  signs: [0x142a70, 0x5574cc, 0xf4f3ef, 0xe08a3c, 0x8a3c00],
} as const;

/** So few steps that a PNG of many small images is a third of the size; the eye tells hardly more apart. */
const steps = 64;

const tables = new Map<ColourScale, Uint8Array>();

function tableOf(scale: ColourScale): Uint8Array {
  const known = tables.get(scale);
  if (known !== undefined) return known;
  const stops = scales[scale];
  const table = Uint8Array.from({ length: (steps + 1) * 3 }, (_, i) => {
    const at = (Math.floor(i / 3) / steps) * (stops.length - 1);
    const from = Math.min(Math.floor(at), stops.length - 2);
    const channel = (color: number) => (color >> (16 - 8 * (i % 3))) & 0xff;
    return Math.round(channel(stops[from]!) * (from + 1 - at) + channel(stops[from + 1]!) * (at - from));
  });
  tables.set(scale, table);
  return table;
}

/** A number from 0 to 1 as three bytes from `at` on. Numbers outside are cut off, and NaN is grey. */
export function paint(scale: ColourScale, share: number, data: Uint8Array, at: number): void {
  if (Number.isNaN(share)) {
    data.fill(0x80, at, at + 3);
    return;
  }
  const step = Math.round(Math.min(Math.max(share, 0), 1) * steps);
  const table = tableOf(scale);
  for (let channel = 0; channel < 3; channel++) data[at + channel] = table[step * 3 + channel]!;
}

/** Numbers, row by row, as an image: `amounts` from 0 to `most`, `signs` from -`most` to `most`. */
export function colouredImage(
  values: ArrayLike<number>,
  { width, height, scale, most }: { width: number; height: number; scale: ColourScale; most: number },
): PixelImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const share = most === 0 ? 0 : values[i]! / most;
    paint(scale, scale === 'signs' ? (share + 1) / 2 : share, data, i * 3);
  }
  return { width, height, channels: 3, data };
}

/** The largest absolute value of finite numbers; 0 where there is none. */
export function largestOf(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (size > most && size < Number.POSITIVE_INFINITY) most = size;
  }
  return most;
}
