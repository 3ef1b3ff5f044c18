import { checkedFactoryOptions } from '../../configured.ts';
import { describe } from '../../describe.ts';
import { DataError, OptionError } from '../../errors.ts';
import { unknownName } from '../../nearest-name.ts';
import type { Check } from '../../shape/literal.ts';
import { Tensor } from '../../tensor/index.ts';
import { brightness, type DigitImage } from './given-image.ts';
import { inkOf } from './ink.ts';
import { figureOf } from './parts.ts';
import { type Plane, quantile, range } from './plane.ts';
import { type Box, resized } from './resize.ts';
import type { CountOfImages, FittingDigit } from './rules.ts';

export interface PreprocessDigitOptions {
  /** Whether the ink is darker or lighter than its ground; found if it is 'auto' (the default). */
  readonly ink?: 'auto' | 'dark' | 'light';
  /** Whether uneven light is taken out; 'auto' (the default): where the border shows that it is uneven. */
  readonly flatten?: 'auto' | boolean;
  /** Parts with less than this share of the largest part's ink are left out as specks (0.06). */
  readonly leastPart?: number;
}

export interface PreprocessedDigit {
  /** What the network sees, [28, 28, 1]: light ink on black, as MNIST's images. */
  readonly image: Tensor<[28, 28, 1], 'uint8'>;
  /** Whether the ink was darker than its ground. */
  readonly inverted: boolean;
  /** Whether uneven light was taken out. */
  readonly flattened: boolean;
  /** Where the digit lies in the image that was given, in its pixels. */
  readonly box: Box;
  /** Pixels of the result for a pixel of the image that was given. */
  readonly scale: number;
  /** The digit's centre of mass in the image that was given, in its pixels from the upper left corner. */
  readonly centre: { readonly x: number; readonly y: number };
  /** How many parts were left out. */
  readonly specks: number;
}

export interface PreprocessedDigits<N extends number = number> {
  /** What the network sees. */
  readonly images: Tensor<[N, 28, 28, 1], 'uint8'>;
  /** The same one by one, with what was done to each. */
  readonly digits: readonly PreprocessedDigit[];
}

const side = 28;
const fitted = 20;
/** Larger images are made smaller before anything is looked for in them. */
const longestSide = 1024;
/** Weaker pixels do not tell how strong the ink is. */
const inked = 0.1;
const fullInkShare = 0.9;

/**
 * Makes of an image of one digit what the images of MNIST are made like (LeCun and others 1998, section III A): light
 * ink on black, its box fitted into 20x20 pixels with its proportions kept, and moved by whole pixels so that the centre
 * of mass lies in pixel [14, 14] of 28x28. Before that, ink is told from its ground, whichever is darker, light that falls
 * unevenly is taken out, and specks are left out. Transparent pixels show white, or black if the ink is seen better
 * there. Throws DataError where nothing is drawn, ShapeError and OptionError for what is no image.
 */
export function preprocessDigit<const I extends DigitImage>(
  image: Check<FittingDigit<'preprocessDigit', I>, I>,
  options: PreprocessDigitOptions = {},
): PreprocessedDigit {
  const operation = 'preprocessDigit';
  return preprocessed(operation, operation, image, checked(operation, options));
}

/** `preprocessDigit` of several images. A message names the place of the image, from 0. */
export function preprocessDigits<const I extends Iterable<DigitImage>>(
  images: I,
  options: PreprocessDigitOptions = {},
): PreprocessedDigits<CountOfImages<I>> {
  const operation = 'preprocessDigits';
  const settings = checked(operation, options);
  if (typeof images !== 'object' || images === null || !(Symbol.iterator in images)) {
    throw new OptionError(`${operation}: expected an array of images, got ${describe(images)}`);
  }
  const digits = Array.from<DigitImage, PreprocessedDigit>(images, (image, i) =>
    preprocessed(`${operation}: image ${i}`, operation, image, settings),
  );
  const data = new Uint8Array(digits.length * side * side);
  for (const [i, { image }] of digits.entries()) data.set(image.data, i * side * side);
  const count = digits.length as CountOfImages<I>;
  return { images: new Tensor([count, side, side, 1], 'uint8', data), digits };
}

function checked(operation: string, given: PreprocessDigitOptions): Required<PreprocessDigitOptions> {
  const known = ['ink', 'flatten', 'leastPart'];
  const options = checkedFactoryOptions<PreprocessDigitOptions>(operation, given, known);
  const { ink = 'auto', flatten = 'auto', leastPart = 0.06 } = options;
  const inks = ['auto', 'dark', 'light'];
  if (!inks.includes(ink)) throw unknownName(`ink of ${operation}`, String(ink), inks);
  if (flatten !== 'auto' && typeof flatten !== 'boolean') {
    throw new OptionError(`${operation}: flatten must be "auto", true or false, got ${describe(flatten)}`);
  }
  if (!(typeof leastPart === 'number' && leastPart >= 0 && leastPart <= 1)) {
    throw new OptionError(`${operation}: leastPart must be in 0 to 1, got ${describe(leastPart)}`);
  }
  return { ink, flatten, leastPart };
}

function preprocessed(
  what: string,
  operation: string,
  image: unknown,
  options: Required<PreprocessDigitOptions>,
): PreprocessedDigit {
  const given = brightness(what, operation, image);
  const seen = shrunk(given);
  const ink = inkOf(seen, options);
  const figure = ink && figureOf(ink, options.leastPart);
  if (ink === undefined || figure === undefined) throw nothingDrawn(what, given);
  const { box } = figure;
  const scale = fitted / Math.max(box.width, box.height);
  const [width, height] = [box.width, box.height].map(length => Math.max(1, Math.round(length * scale)));
  const { pixels, centre } = centred(strengthened(resized(figure.ink, box, width!, height!)));
  const [x, y] = [given.width / seen.width, given.height / seen.height];
  return {
    image: new Tensor([side, side, 1], 'uint8', pixels),
    inverted: ink.inverted,
    flattened: ink.flattened,
    box: { left: x * box.left, top: y * box.top, width: x * box.width, height: y * box.height },
    scale: scale / Math.max(x, y),
    centre: { x: x * (box.left + centre.x / scale), y: y * (box.top + centre.y / scale) },
    specks: figure.specks,
  };
}

function nothingDrawn(what: string, { width, height, data }: Plane): DataError {
  const { least, most } = range(data);
  const light = `${width}x${height} pixels of brightness ${Math.round(least)} to ${Math.round(most)}`;
  return new DataError(`${what}: nothing is drawn: no ink stands out in ${light}; give an image of one digit`);
}

function shrunk(plane: Plane): Plane {
  const { width, height } = plane;
  const ratio = Math.min(1, longestSide / Math.max(width, height));
  if (ratio === 1) return plane;
  const [across, down] = [width, height].map(length => Math.max(1, Math.round(length * ratio)));
  return resized(plane, { left: 0, top: 0, width, height }, across!, down!);
}

/** Bytes in which full ink is white: a thin line has lost strength where it was fitted. */
function strengthened({ width, height, data }: Plane): Plane {
  const strong = data.filter(value => value > inked);
  const full = strong.length === 0 ? 1 : quantile(strong, fullInkShare);
  return { width, height, data: data.map(value => Math.floor(Math.min(1, value / full) * 255 + 0.5)) };
}

/** Moves the digit so that its centre of mass lies in the pixel in the middle, or as near to it as there is room. */
function centred({ width, height, data }: Plane): { pixels: Uint8Array; centre: { x: number; y: number } } {
  let [sum, x, y] = [0, 0, 0];
  data.forEach((value, i) => {
    sum += value;
    x += value * ((i % width) + 0.5);
    y += value * (Math.floor(i / width) + 0.5);
  });
  const centre = { x: x / sum, y: y / sum };
  const place = (middle: number, length: number): number =>
    Math.min(side - length, Math.max(0, side / 2 - Math.floor(middle)));
  const [left, top] = [place(centre.x, width), place(centre.y, height)];
  const pixels = new Uint8Array(side * side);
  for (let row = 0; row < height; row++) {
    pixels.set(data.subarray(row * width, (row + 1) * width), (top + row) * side + left);
  }
  return { pixels, centre };
}
