import { describe } from '../../describe.ts';
import { FormatError, OptionError } from '../../errors.ts';
import type { Pixels } from '../../files/png.ts';
import { adviceFor } from '../../files/signatures.ts';
import { type DataSource, type DataSourceOptions, readData } from '../files/data-source.ts';
import type { ImageLimits } from './image-limits.ts';
import { decodeJpeg, isJpeg } from './jpeg.ts';
import { type Channels, convertChannels } from './pixels.ts';
import { decodePng, isPng } from './png.ts';
import { resample } from './resample.ts';

/** What an image is made to. */
export interface ImageForm<C extends Channels = Channels> extends ImageLimits {
  /** 1 gray, 3 RGB, 4 RGB and alpha: those of the file if left out. */
  readonly channels?: C;
  /** Height and width: those of the file if left out. */
  readonly size?: readonly [height: number, width: number];
}

export interface ReadImageOptions<C extends Channels = Channels> extends ImageForm<C>, DataSourceOptions {}

/**
 * The pixels of a PNG or JPEG file, known by its content: of 8 bits a channel, row by row. PNG of any kind is gray, RGB, or
 * RGBA where any of it is transparent; JPEG is gray or RGB, and upright after its EXIF data. Throws FormatError with the
 * byte for what is damaged, is no such file, or has more than `mostPixels` (50 million), which its header tells before it is
 * unpacked; FileError for what cannot be read.
 */
export async function readImage<const C extends Channels = Channels>(
  source: DataSource,
  options: ReadImageOptions<C> = {},
): Promise<Pixels & { readonly channels: C }> {
  checkImageForm('readImage', options);
  const { file, bytes } = await readData('readImage', source, options);
  return (await decodeImage(bytes, file, options)) as Pixels & { readonly channels: C };
}

/** The pixels in the form that is asked for; `file` begins every message. */
export async function decodeImage(
  bytes: Uint8Array,
  file: string,
  { channels, size, ...limits }: ImageForm,
): Promise<Pixels> {
  const decoded = await decoderOf(bytes, file)(bytes, file, limits);
  const converted = channels === undefined ? decoded : convertChannels(decoded, channels);
  return size === undefined ? converted : resample(converted, size[1], size[0]);
}

function decoderOf(bytes: Uint8Array, file: string): typeof decodePng {
  if (isPng(bytes)) return decodePng;
  if (isJpeg(bytes)) return decodeJpeg;
  const found = adviceFor(bytes) ?? `it begins with the bytes ${bytes.subarray(0, 4).join(', ')}`;
  throw new FormatError(`${file}: expected an image, PNG or JPEG: ${found}`);
}

const longestSide = 0xffff;

/** Throws OptionError, which begins with `caller`, for a form that no image can have. */
export function checkImageForm(caller: string, form: ImageForm): void {
  if (typeof form !== 'object' || form === null) {
    throw new OptionError(`${caller}: expected options such as { channels, size }, got ${describe(form)}`);
  }
  const { channels, size, mostPixels } = form;
  if (channels !== undefined && ![1, 3, 4].includes(channels)) {
    throw new OptionError(`${caller}: channels must be 1, 3 or 4, got ${describe(channels)}`);
  }
  const isSide = (side: unknown) => Number.isInteger(side) && Number(side) >= 1 && Number(side) <= longestSide;
  if (size !== undefined && !(Array.isArray(size) && size.length === 2 && size.every(isSide))) {
    throw new OptionError(
      `${caller}: size must be [height, width], integers from 1 to ${longestSide}, got ${describe(size)}`,
    );
  }
  if (mostPixels !== undefined && !(typeof mostPixels === 'number' && mostPixels >= 1)) {
    throw new OptionError(`${caller}: mostPixels must be a number from 1 on, got ${describe(mostPixels)}`);
  }
}
