/** JPEG (ITU-T T.81): what its segments say is checked here, before jpeg-js unpacks the pixels. */
import { FormatError } from '../../errors.ts';
import type { Pixels } from '../../files/png.ts';
import { reasonOf } from '../../files/reason-of.ts';
import { checkSize, type ImageLimits } from './image-limits.ts';
import { readSegments } from './jpeg-segments.ts';
import { convertChannels, upright } from './pixels.ts';

export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

const blockSide = 8;
/** Of a block, in jpeg-js: its numbers, and the object that holds them. */
const blockBytes = 600;
/** A block takes a bit at least. */
const bitsInByte = 8;
/** Real files have about ten; each takes its time, even if it says nothing. */
const mostScans = 100;
const megabyte = 2 ** 20;

/**
 * The pixels of a JPEG file, gray or RGB, upright after its EXIF data. Throws FormatError, which begins with `file` and the
 * byte.
 */
export async function decodeJpeg(bytes: Uint8Array, file: string, limits: ImageLimits): Promise<Pixels> {
  const { frame, scans, scanAt, end, orientation, isRgb } = readSegments(bytes, file);
  checkSize(frame, `${file}: byte ${frame.at}`, limits);
  const blocks = Math.ceil(frame.width / blockSide) * Math.ceil(frame.height / blockSide);
  const place = `${file}: byte ${scanAt}`;
  if (blocks > (end - scanAt) * bitsInByte) {
    const sizes = `${end - scanAt} bytes of compressed pixels, ${frame.width}x${frame.height} need more`;
    throw new FormatError(`${place}: ${sizes}; the file is damaged`);
  }
  if (scans > mostScans) {
    throw new FormatError(`${place}: ${scans} scans, expected at most ${mostScans}; it is made to take long`);
  }
  const { decode } = await import('jpeg-js');
  try {
    const { width, height, data } = decode(bytes.subarray(0, end), {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: Number.POSITIVE_INFINITY,
      // The size of the image was checked: blocks of all components, and their padding at the border.
      maxMemoryUsageInMB: 64 + (4 * blocks * blockBytes) / megabyte,
      ...(isRgb ? { colorTransform: false } : {}),
    });
    const pixels = { width, height, channels: 3, data } as const;
    return upright(frame.components === 1 ? convertChannels(pixels, 1) : pixels, orientation);
  } catch (cause) {
    throw new FormatError(`${place}: the pixels cannot be unpacked: ${reasonOf(cause)}; the file is damaged`, {
      cause,
    });
  }
}
