import { OptionError, type Sequential, type Tensor } from 'inkling';
import { colouredImage, largestOf } from '../analysis/colours.ts';
import { convolutionsOf } from '../analysis/layers.ts';
import { type GridImage, ImageGrid } from '../pictures/image-grid.ts';

export interface ActivationImageOptions {
  /** Paths or names of layers whose outputs are [height, width, channels]; all convolutions if left out. */
  readonly layers?: readonly string[];
  /** The most channels that are shown of a layer, the first ones: 64 if left out. */
  readonly most?: number;
  /** What the images are, one each: `a 7`; their numbers if left out. */
  readonly names?: readonly string[];
}

/** Larger maps are made smaller by means of whole squares of pixels. */
const largestMap = 56;

/**
 * What layers make of images [N, H, W, C]: a grid for each image and layer, with a picture for each channel. In a layer
 * without numbers below 0, dark is 0 and light the largest number of this layer for this image; else blue is below 0, pale
 * 0, and orange above. So channels of a grid can be compared, grids cannot. Throws OptionError for a layer without such
 * outputs, and as `model.activations` does.
 */
export async function activationImages(
  model: Sequential,
  images: Tensor,
  { layers, most = 64, names }: ActivationImageOptions = {},
): Promise<ImageGrid[]> {
  if (!Number.isInteger(most) || most < 1) {
    throw new OptionError(`activationImages: most must be a positive integer, got ${most}`);
  }
  const nodes = layers === undefined ? convolutionsOf(model) : layers.map(layer => model.getLayer(layer));
  for (const { path, outputShape } of nodes) {
    if (outputShape.length === 3) continue;
    throw new OptionError(
      `activationImages: the output of layer "${path}" is [${outputShape.join(', ')}], expected [height, width, channels]`,
    );
  }
  const found = await model.activations(
    images,
    nodes.map(({ path }) => path),
  );
  const count = images.shape[0] ?? 0;
  return Array.from({ length: count }).flatMap((_, i) =>
    nodes.map(({ path, outputShape }) => {
      const size = outputShape.reduce((product, axis) => product * axis, 1);
      const values = found[path]!.data.subarray(i * size, (i + 1) * size);
      const name = names?.[i] ?? (count > 1 ? `image ${i}` : undefined);
      return gridOf(name === undefined ? path : `${path}: ${name}`, outputShape, values, most);
    }),
  );
}

function gridOf(title: string, shape: readonly number[], values: ArrayLike<number>, most: number): ImageGrid {
  const [height = 0, width = 0, channels = 0] = shape;
  const shown = Math.min(channels, most);
  const largest = largestOf(values);
  let isSigned = false;
  for (let i = 0; i < values.length; i++) if (values[i]! < 0) isSigned = true;
  const step = Math.ceil(Math.max(height, width) / largestMap);
  const scale = isSigned ? 'signs' : 'amounts';
  const picture = (channel: number): GridImage => {
    const map = mapOf(values, { height, width, channels, channel, step });
    return { image: colouredImage(map.values, { ...map, scale, most: largest }), alt: `channel ${channel}` };
  };
  const which = shown < channels ? `The first ${shown} of ${channels}` : `All ${channels}`;
  const reduced = step > 1 ? `, each pixel the mean of ${step}x${step}` : '';
  const colours = isSigned
    ? `Blue is below 0, pale 0, orange above, up to ${short(largest)}`
    : `From 0, dark, to ${short(largest)}, light`;
  return new ImageGrid({
    title,
    description: `${which} channels of ${height}x${width}${reduced}. ${colours}.`,
    size: Math.max(48, Math.min(2 * Math.max(height, width), 72)),
    gap: 5,
    columns: 8,
    images: Array.from({ length: shown }, (_, channel) => picture(channel)),
  });
}

const short = (value: number): number => Number(value.toPrecision(3));

interface MapPlace {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly channel: number;
  /** How many rows and columns become one. */
  readonly step: number;
}

function mapOf(values: ArrayLike<number>, { height, width, channels, channel, step }: MapPlace) {
  const [rows, columns] = [Math.ceil(height / step), Math.ceil(width / step)];
  const sums = new Float64Array(rows * columns);
  const counts = new Float64Array(rows * columns);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = Math.floor(y / step) * columns + Math.floor(x / step);
      sums[at]! += values[(y * width + x) * channels + channel]!;
      counts[at]!++;
    }
  }
  return { height: rows, width: columns, values: sums.map((sum, i) => sum / counts[i]!) };
}
