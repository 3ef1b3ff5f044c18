import { FormatError } from '../../errors.ts';

export interface ImageLimits {
  /** Most pixels that an image may have: 50 million if left out. */
  readonly mostPixels?: number;
}

const mostPixelsAtAll = 50_000_000;
const longestSide = 0xffff;

/**
 * Throws FormatError for an image of absurd size, by what its header says, before anything of it is unpacked. `place` begins
 * the message.
 */
export function checkSize(
  { width, height }: { readonly width: number; readonly height: number },
  place: string,
  { mostPixels = mostPixelsAtAll }: ImageLimits,
): void {
  if (width === 0 || height === 0) throw new FormatError(`${place}: an image of ${width}x${height} pixels has none`);
  if (width > longestSide || height > longestSide) {
    throw new FormatError(`${place}: ${width}x${height} pixels, expected at most ${longestSide} in a line`);
  }
  if (width * height > mostPixels) {
    throw new FormatError(
      `${place}: ${width}x${height} pixels, expected at most ${mostPixels}; give { mostPixels } for more`,
    );
  }
}
