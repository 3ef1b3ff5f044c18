import { describe } from '../../describe.ts';
import { ShapeError } from '../../errors.ts';
import type { Pixels } from '../../files/png.ts';
import { formatShape } from '../../shape/shape.ts';
import { Tensor } from '../../tensor/index.ts';

/** Weights with more elements make no image. */
const mostElements = 2 ** 20;

/**
 * The pixels of an image [height, width, channels] of 1, 3 or 4 channels: uint8 as it is, else from 0 to 1. Throws
 * ShapeError for what is none.
 */
export function pixelsOf(what: string, image: Tensor): Pixels {
  const [height = 0, width = 0, channels = 0, ...more] = image instanceof Tensor ? image.shape : [];
  if ((channels !== 1 && channels !== 3 && channels !== 4) || more.length > 0 || height * width === 0) {
    const got = image instanceof Tensor ? formatShape(image.shape) : describe(image);
    throw new ShapeError(`${what}: an image is [height, width, channels] with 1, 3 or 4 channels, got ${got}`);
  }
  const data = image.dtype === 'uint8' ? Uint8Array.from(image.data) : toBytes(image.data, 0, 1);
  return { height, width, channels, data };
}

/**
 * Weights as a gray image from their least to their largest number: a vector as one row, a matrix as it is, and the filters
 * of a convolution side by side, one row for each input channel. Undefined for weights of more than 2^20 elements, for
 * other shapes, and where a number is not finite.
 */
export function imageOfWeights({ shape, data }: Tensor): Pixels | undefined {
  if (data.length > mostElements || data.length === 0 || !data.every(Number.isFinite)) return undefined;
  const [a = 1, b = 1, inputs = 1, filters = 1] = shape;
  const { min, max } = rangeOf(data);
  const bytes = toBytes(data, min, max);
  if (shape.length === 1) return { height: 1, width: a, channels: 1, data: bytes };
  if (shape.length === 2) return { height: a, width: b, channels: 1, data: bytes };
  if (shape.length !== 4) return undefined;
  const [height, width] = [inputs * a, filters * b];
  const tiled = new Uint8Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [input, i, filter, j] = [Math.floor(row / a), row % a, Math.floor(column / b), column % b];
      tiled[row * width + column] = bytes[((i * b + j) * inputs + input) * filters + filter]!;
    }
  }
  return { height, width, channels: 1, data: tiled };
}

function rangeOf(numbers: ArrayLike<number>): { readonly min: number; readonly max: number } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < numbers.length; i++) {
    min = Math.min(min, numbers[i]!);
    max = Math.max(max, numbers[i]!);
  }
  return { min, max };
}

/** From `min` to `max` as 0 to 255; what lies outside is cut off. */
function toBytes(numbers: ArrayLike<number>, min: number, max: number): Uint8Array {
  const scale = max > min ? 255 / (max - min) : 0;
  return Uint8Array.from(Uint8ClampedArray.from(numbers, value => (value - min) * scale));
}
