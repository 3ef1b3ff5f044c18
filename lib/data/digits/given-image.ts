import { describe } from '../../describe.ts';
import { DataError, OptionError, ShapeError } from '../../errors.ts';
import { sentence } from '../../shape/sentences.ts';
import { formatShape } from '../../shape/shape.ts';
import { isTensor } from '../../tensor/arguments.ts';
import type { NdArray } from '../../tensor/dtype.ts';
import type { Tensor } from '../../tensor/index.ts';
import { type Plane, range } from './plane.ts';

/**
 * Pixels row by row, the channels of a pixel one behind the other: an ImageData of a canvas, what `readImage` gives, or
 * the like. Bytes reach from 0, black, to 255; float32 reaches to 1 if no value is greater than that, else to 255.
 */
export interface DigitPixels {
  readonly width: number;
  readonly height: number;
  /** 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha. Without it, what the length of the data says. */
  readonly channels?: 1 | 2 | 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray | Float32Array;
}

/** An image of one digit: pixels, or a tensor [H, W] or [H, W, C] of 1 to 4 channels. */
export type DigitImage = DigitPixels | Tensor;

/** The pixels of either kind, with what stands for full light. */
interface Values {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: ArrayLike<number>;
  readonly full: number;
}

/** ITU-R BT.601, as the gray of JPEG files and of Pillow. */
const [red, green, blue] = [0.299, 0.587, 0.114];

/**
 * The brightness of each pixel, 0 to 255. `what` names the image in messages, `operation` the function.
 * Throws OptionError, ShapeError or DataError for what is no image.
 */
export function brightness(what: string, operation: string, image: unknown): Plane {
  const given = isTensor(image) ? ofTensor(what, operation, image) : ofPixels(what, image);
  const { width, height, channels, data, full } = given;
  const plane = new Float32Array(width * height);
  const colored = channels > 2;
  for (let pixel = 0; pixel < plane.length; pixel++) {
    const at = pixel * channels;
    const gray = colored ? red * data[at]! + green * data[at + 1]! + blue * data[at + 2]! : data[at]!;
    plane[pixel] = (gray * 255) / full;
  }
  if (channels === 1 || channels === 3) return { width, height, data: plane };
  const alpha = plane.map((_, pixel) => data[(pixel + 1) * channels - 1]! / full);
  return { width, height, data: visible(plane, alpha) };
}

/** On white, as a page shows a transparent image; on black if more is seen there, as of white ink. */
function visible(gray: Float32Array, alpha: Float32Array): Float32Array {
  const onWhite = gray.map((value, pixel) => 255 + (value - 255) * alpha[pixel]!);
  const onBlack = gray.map((value, pixel) => value * alpha[pixel]!);
  const contrast = (values: Float32Array): number => range(values).most - range(values).least;
  return contrast(onBlack) > contrast(onWhite) ? onBlack : onWhite;
}

function ofTensor(what: string, operation: string, { shape, dtype, data }: NdArray): Values {
  const [height = 0, width = 0, channels = 1] = shape;
  if (shape.length < 2 || shape.length > 3 || !isChannels(channels)) {
    throw new ShapeError(sentence('digitImage', { operation, given: formatShape(shape) }));
  }
  if (width < 1 || height < 1) throw new ShapeError(`${what}: an image of ${formatShape(shape)} has no pixels`);
  return { width, height, channels, data, full: dtype === 'bool' ? 1 : fullLight(what, data) };
}

function ofPixels(what: string, image: unknown): Values {
  if (typeof image !== 'object' || image === null) {
    throw new OptionError(`${what}: expected pixels { width, height, data } or a tensor, got ${describe(image)}`);
  }
  const { width, height, channels, data } = image as { readonly [name: string]: unknown };
  if (!isCount(width) || !isCount(height)) {
    throw new OptionError(
      `${what}: width and height must be whole numbers of at least 1, got ${describe(width)} and ${describe(height)}`,
    );
  }
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray || data instanceof Float32Array)) {
    throw new OptionError(
      `${what}: data must be a Uint8Array, Uint8ClampedArray or Float32Array, got ${describe(data)}`,
    );
  }
  const count = channels ?? data.length / (width * height);
  if (!isChannels(count) || data.length !== width * height * count) {
    const ofChannels = channels === undefined ? '1 to 4' : describe(channels);
    throw new ShapeError(
      `${what}: ${data.length} values are not those of ${width}x${height} pixels with ${ofChannels} channels`,
    );
  }
  return { width, height, channels: count, data, full: fullLight(what, data) };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 1;
const isChannels = (value: unknown): value is 1 | 2 | 3 | 4 => value === 1 || value === 2 || value === 3 || value === 4;

function fullLight(what: string, data: ArrayBufferView & ArrayLike<number>): number {
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) return 255;
  let most = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!(value >= 0 && value <= 255)) {
      throw new DataError(`${what}: pixels must lie in 0 to 1 or in 0 to 255, got ${value}`);
    }
    if (value > most) most = value;
  }
  return data instanceof Float32Array && most <= 1 ? 1 : 255;
}
