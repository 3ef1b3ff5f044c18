import { OptionError, type Sequential } from 'inkling';
import { paint } from '../analysis/colours.ts';
import { convolutionFilters, type LayerFilters } from '../analysis/filters.ts';
import { ImageGrid } from '../pictures/image-grid.ts';
import type { PixelImage } from '../pictures/pixels.ts';

export interface FilterImageOptions {
  /** The most filters that are shown of a layer, the first ones: 64 if left out. */
  readonly most?: number;
}

/** Of a filter that sees many channels, so many are shown. */
const mostChannels = 16;

/**
 * The weights of every convolution as images, a grid for each layer: one image for each filter, and in it a square for each
 * of its first 16 input channels. Blue is below 0, pale 0, orange above; the strongest colours are the largest weight of the
 * layer, its sign left aside. Throws OptionError for `most` below 1.
 */
export async function filterImages(model: Sequential, { most = 64 }: FilterImageOptions = {}): Promise<ImageGrid[]> {
  if (!Number.isInteger(most) || most < 1) {
    throw new OptionError(`filterImages: most must be a positive integer, got ${most}`);
  }
  return (await convolutionFilters(model)).map(filters => gridOf(filters, most));
}

function gridOf(filters: LayerFilters, most: number): ImageGrid {
  const { layer, count, channels, height, width, largest } = filters;
  const shown = Math.min(count, most);
  const parts = [`${shown < count ? `The first ${shown} of ${count}` : `All ${count}`} filters of ${height}x${width}`];
  if (channels > 1) {
    const few = channels > mostChannels ? `the first ${mostChannels} of ${channels}` : `all ${channels}`;
    parts.push(`each with a square for ${few} input channels`);
  }
  const side = Math.ceil(Math.sqrt(Math.min(channels, mostChannels)));
  return new ImageGrid({
    title: layer,
    description: `${parts.join(', ')}. Largest weight: ${Number(largest.toPrecision(3))}.`,
    size: side === 1 ? 36 : 16 + 12 * side,
    // Filters stand farther apart than their channels.
    gap: side === 1 ? 5 : 18,
    columns: side === 1 ? 16 : 8,
    images: Array.from({ length: shown }, (_, filter) => ({
      image: filterImage(filters, filter, side),
      alt: `filter ${filter}`,
    })),
  });
}

/** The input channels of a filter, side by side in rows, with lines between that let the paper through. */
function filterImage(
  { height, width, channels, weight, largest }: LayerFilters,
  filter: number,
  side: number,
): PixelImage {
  const shown = Math.min(channels, mostChannels);
  const rows = Math.ceil(shown / side);
  const size = { width: side * (width + 1) - 1, height: rows * (height + 1) - 1 };
  const data = new Uint8Array(size.width * size.height * 4);
  for (let channel = 0; channel < shown; channel++) {
    const left = (channel % side) * (width + 1);
    const top = Math.floor(channel / side) * (height + 1);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = ((top + y) * size.width + left + x) * 4;
        const share = largest === 0 ? 0 : weight(filter, y, x, channel) / largest;
        paint('signs', (share + 1) / 2, data, at);
        data[at + 3] = 255;
      }
    }
  }
  return { ...size, channels: 4, data };
}
