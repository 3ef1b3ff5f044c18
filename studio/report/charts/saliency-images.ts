import { type Sequential, ShapeError, type Tensor } from 'inkling';
import { colouredImage, largestOf } from '../analysis/colours.ts';
import { resizedMaps, type SaliencyMaps, type SaliencyOptions, saliencyMaps } from '../analysis/saliency.ts';
import { type GridImage, ImageGrid } from '../pictures/image-grid.ts';
import { imageReader, type PixelImage } from '../pictures/pixels.ts';

export interface SaliencyImageOptions extends SaliencyOptions {
  /** What is written below each image; the class that is asked about if left out. */
  readonly captions?: readonly Pick<GridImage, 'caption' | 'note' | 'tone'>[];
  readonly title?: string;
}

/** Pixels between the pictures of one image. */
const between = 2;
const orange = [0xff, 0x8a, 0x1e] as const;

/**
 * What a model looks at in images [N, H, W, C], each with its maps beside it: the slopes of the score, slopes times input,
 * and Grad-CAM over the image. Each map has its own scale. Throws as `saliencyMaps` does, and ShapeError for images that
 * cannot be shown.
 */
export async function saliencyImages(
  model: Sequential,
  images: Tensor,
  { captions, title = 'What the network looks at', ...options }: SaliencyImageOptions = {},
): Promise<ImageGrid> {
  const maps = await saliencyMaps(model, images, options);
  const [count = 0, height = 0, width = 0] = images.shape;
  const cam = maps.gradCam === undefined ? undefined : resizedMaps(maps.gradCam, height, width);
  const read = imageReader(images);
  const pictures = (i: number): PixelImage => {
    const image = inColour(read(i));
    const size = { width, height };
    const part = ({ data }: Tensor) => data.subarray(i * height * width, (i + 1) * height * width);
    const own = (map: Tensor, scale: 'amounts' | 'signs') =>
      colouredImage(part(map), { ...size, scale, most: largestOf(part(map)) });
    const two = [own(maps.gradient, 'amounts'), own(maps.gradientTimesInput, 'signs')];
    return sideBySide([image, ...two, ...(cam === undefined ? [] : [overlaid(image, part(cam))])]);
  };
  return new ImageGrid({
    title,
    description: describedOrder(maps),
    size: 280,
    columns: 3,
    images: Array.from({ length: count }, (_, i) => {
      const caption = captions?.[i] ?? { caption: `class ${maps.classes[i]}` };
      const alt = `Image, slopes, slopes times input${cam === undefined ? '' : ' and Grad-CAM'} for class ${maps.classes[i]}`;
      return { image: pictures(i), alt, ...caption };
    }),
  });
}

function describedOrder({ layer }: SaliencyMaps): string {
  const cam = layer === undefined ? '' : `; Grad-CAM at ${layer}, orange where it speaks for the class`;
  return `From left to right: the image; the slopes of the score, light where a small change of a pixel changes it most; slopes times pixels, orange for the class and blue against it${cam}.`;
}

/** Grey and transparent pixels as red, green and blue. */
function inColour({ width, height, channels, data }: PixelImage): PixelImage {
  const colours = new Uint8Array(width * height * 3);
  for (let i = 0; i < colours.length; i++) {
    colours[i] = data[Math.floor(i / 3) * channels + (channels === 1 ? 0 : i % 3)]!;
  }
  return { width, height, channels: 3, data: colours };
}

/** The image, darker, and orange by the map where it is high. */
function overlaid(image: PixelImage, map: ArrayLike<number>): PixelImage {
  const most = largestOf(map);
  const data = image.data.map((value, i) => {
    const share = most === 0 ? 0 : map[Math.floor(i / 3)]! / most;
    return Math.round(value * 0.6 * (1 - 0.75 * share) + orange[i % 3]! * 0.75 * share);
  });
  return { ...image, data };
}

/** Images of the same size in one row, with lines between that let the paper through. */
export function sideBySide(images: readonly PixelImage[]): PixelImage {
  const [{ width, height }] = images as readonly [PixelImage];
  const whole = images.length * (width + between) - between;
  const data = new Uint8Array(whole * height * 4);
  for (const [i, image] of images.entries()) {
    if (image.channels !== 3) throw new ShapeError(`sideBySide: expected 3 channels, got ${image.channels}`);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const to = (y * whole + i * (width + between) + x) * 4;
        data.set(image.data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3), to);
        data[to + 3] = 255;
      }
    }
  }
  return { width: whole, height, channels: 4, data };
}
