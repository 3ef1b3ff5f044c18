import type { Pixels } from '../../files/png.ts';

/** What the pixels of one line or column of the result are made of. */
interface Tap {
  /** The first pixel. */
  readonly begin: number;
  /** Their shares, which add up to 1. */
  readonly weights: Float64Array;
}

/**
 * The image in another size: bilinear, where it shrinks over as many pixels as become one, so that nothing is lost between them. That is
 * `tf.image.resize(antialias=True)` and Pillow's BILINEAR, which rounds after the lines, too.
 */
export function resample(pixels: Pixels, width: number, height: number): Pixels {
  const { channels } = pixels;
  const lines = pixels.width === width ? pixels.data : resampleLines(pixels, width);
  if (pixels.height === height) return { width, height, channels, data: lines };
  const stride = width * channels;
  const data = new Uint8Array(height * stride);
  for (const [row, { begin, weights }] of tapsOf(pixels.height, height).entries()) {
    for (let at = 0; at < stride; at++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * lines[(begin + i) * stride + at]!;
      data[row * stride + at] = Math.round(sum);
    }
  }
  return { width, height, channels, data };
}

function resampleLines({ width: before, height, channels, data }: Pixels, width: number): Uint8Array {
  const lines = new Uint8Array(height * width * channels);
  const taps = tapsOf(before, width);
  for (let row = 0; row < height; row++) {
    for (const [column, { begin, weights }] of taps.entries()) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        const first = (row * before + begin) * channels + channel;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * data[first + i * channels]!;
        lines[(row * width + column) * channels + channel] = Math.round(sum);
      }
    }
  }
  return lines;
}

/** A triangle around the centre of each pixel of the result; beyond the border there is nothing. */
function tapsOf(before: number, after: number): Tap[] {
  const scale = before / after;
  const reach = Math.max(scale, 1);
  return Array.from({ length: after }, (_, i) => {
    const center = (i + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(center - reach + 0.5));
    const end = Math.min(before, Math.trunc(center + reach + 0.5));
    const shares = Float64Array.from({ length: end - begin }, (_, x) =>
      Math.max(0, 1 - Math.abs((begin + x + 0.5 - center) / reach)),
    );
    const sum = shares.reduce((total, share) => total + share, 0);
    return { begin, weights: shares.map(share => share / sum) };
  });
}
