import type { Pixels } from '../../files/png.ts';

/** How many numbers a pixel has: 1 gray, 3 RGB, 4 RGB and alpha. */
export type Channels = Pixels['channels'];

/** ITU-R BT.601 in units of 2^-16, as Pillow's convert('L') has it. */
const [red, green, blue] = [19595, 38470, 7471];
const half = 0x8000;
const opaque = 255;

/**
 * The same image with other channels. Gray is the brightness after ITU-R BT.601. Where alpha is left out, the image is laid on
 * white, as viewers show it.
 */
export function convertChannels(pixels: Pixels, channels: Channels): Pixels {
  const { width, height, channels: from, data } = pixels;
  if (channels === from) return pixels;
  const converted = new Uint8Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = pixel * from;
    const alpha = from === 4 ? data[at + 3]! : opaque;
    const over = channels === 4 ? opaque : alpha;
    const r = onWhite(data[at]!, over);
    const g = from === 1 ? r : onWhite(data[at + 1]!, over);
    const b = from === 1 ? r : onWhite(data[at + 2]!, over);
    const to = pixel * channels;
    if (channels === 1) {
      converted[to] = (r * red + g * green + b * blue + half) >> 16;
    } else {
      converted[to] = r;
      converted[to + 1] = g;
      converted[to + 2] = b;
      if (channels === 4) converted[to + 3] = alpha;
    }
  }
  return { width, height, channels, data: converted };
}

const onWhite = (value: number, alpha: number): number =>
  alpha === opaque ? value : Math.round((value * alpha + opaque * (opaque - alpha)) / opaque);

/** How a camera was held, as EXIF counts it (CIPA DC-008, 4.6.4): 1 upright to 8. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** The image upright. */
export function upright(pixels: Pixels, orientation: Orientation): Pixels {
  if (orientation === 1) return pixels;
  const { width, height, channels, data } = pixels;
  const isTurned = orientation >= 5;
  const [columns, rows] = isTurned ? [height, width] : [width, height];
  const turned = new Uint8Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = isTurned ? [row, column] : [column, row];
      const fromX = [2, 3, 7, 8].includes(orientation) ? width - 1 - x : x;
      const fromY = [3, 4, 6, 7].includes(orientation) ? height - 1 - y : y;
      const from = (fromY * width + fromX) * channels;
      turned.set(data.subarray(from, from + channels), (row * columns + column) * channels);
    }
  }
  return { width: columns, height: rows, channels, data: turned };
}
