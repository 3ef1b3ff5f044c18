import { ShapeError, type Tensor } from 'inkling';
import { PNG } from 'pngjs';

/** An image of bytes: grey (1 channel), colour (3), or colour and opacity (4), row by row. */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Of the longer side of an image among many: larger ones would make files large, and nobody would see the difference. */
export const longestShown = 96;

/** The types of pixels that PNGs have, by channels. */
const colorTypes: { readonly [channels: number]: 0 | 2 | 6 } = { 1: 0, 3: 2, 4: 6 };

/** Height, width and channels of images [N, H, W] or [N, H, W, C]. Throws ShapeError for other shapes. */
export function imageShape(images: Tensor): {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
} {
  const [, height = 0, width = 0, channels = 1] = images.shape;
  if ((images.rank === 3 || images.rank === 4) && channels in colorTypes) return { height, width, channels };
  throw new ShapeError(
    `expected images as [N, height, width] or [N, height, width, channels] with 1, 3 or 4 channels, got [${images.shape.join(', ')}]`,
  );
}

/**
 * What takes single images out of a tensor. Bytes are shown as they are; other numbers as 0 to 1 if all are within that,
 * else as 0 to 255, and cut off there. Images of more pixels on their longer side than `longest` are made smaller.
 */
export function imageReader(images: Tensor, longest = Number.POSITIVE_INFINITY): (index: number) => PixelImage {
  const { height, width, channels } = imageShape(images);
  const size = height * width * channels;
  const { data } = images;
  const factor = images.dtype === 'uint8' || data.some(value => value > 1) ? 1 : 255;
  return index => {
    const pixels = Uint8ClampedArray.from(data.subarray(index * size, (index + 1) * size), value => value * factor);
    return shrunk({ height, width, channels, data: pixels }, longest);
  };
}

/**
 * An image of at most so many pixels on its longer side: each pixel is the mean of those in its place. What is small enough
 * is given back as it is.
 */
export function shrunk(image: PixelImage, longest: number): PixelImage {
  const factor = Math.ceil(Math.max(image.width, image.height) / longest);
  if (factor <= 1) return image;
  const { channels } = image;
  const [width, height] = [
    Math.max(1, Math.floor(image.width / factor)),
    Math.max(1, Math.floor(image.height / factor)),
  ];
  const data = new Uint8ClampedArray(width * height * channels);
  const across = Math.min(factor, image.width);
  const down = Math.min(factor, image.height);
  for (let at = 0; at < data.length; at++) {
    const [x, y] = [Math.floor(at / channels) % width, Math.floor(at / channels / width)];
    let sum = 0;
    for (let row = y * factor; row < y * factor + down; row++) {
      for (let column = x * factor; column < x * factor + across; column++) {
        sum += image.data[(row * image.width + column) * channels + (at % channels)]!;
      }
    }
    data[at] = sum / (across * down);
  }
  return { width, height, channels, data };
}

/** The bytes of a PNG file. Throws ShapeError for other channels than 1, 3 and 4. */
export function encodePng({ width, height, channels, data }: PixelImage): Uint8Array {
  const colorType = colorTypes[channels];
  if (colorType === undefined || data.length !== width * height * channels) {
    throw new ShapeError(
      `expected ${width}x${height} pixels of 1, 3 or 4 channels, got ${data.length} numbers for ${channels} channels`,
    );
  }
  const png = new PNG({ width, height });
  // What pngjs reads of an image are its sizes and these bytes, of as many channels as the type of input tells.
  png.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const inputHasAlpha = channels === 4;
  return PNG.sync.write(png, { colorType, inputColorType: colorType, inputHasAlpha, deflateLevel: 9 });
}

/** The image as an address that holds it. */
export function pngAddress(image: PixelImage): string {
  return `data:image/png;base64,${Buffer.from(encodePng(image)).toString('base64')}`;
}
