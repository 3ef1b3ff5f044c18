import type { Tensor } from 'inkling';
import { meanImages } from '../analysis/image-facts.ts';
import { formatCount } from '../format.ts';
import { type GridImage, ImageGrid } from './image-grid.ts';
import { imageReader, imageShape, longestShown } from './pixels.ts';

/** What a grid of images is made of. */
export interface GridOptions {
  /** By the numbers of the classes; the numbers themselves if left out. */
  readonly classNames?: readonly string[];
  /** Images of each class: 5 if left out. */
  readonly count?: number;
  readonly title?: string;
}

/** In so many columns, with names so short, the images of a class stand below one another. */
const mostAligned = 12;
const longestAligned = 2;

function namesOf(labels: ArrayLike<number>, classNames: readonly string[] | undefined): string[] {
  const classes = Array.from(labels).reduce((most, label) => Math.max(most, label + 1), classNames?.length ?? 0);
  return Array.from({ length: classes }, (_, i) => classNames?.[i] ?? String(i));
}

const isAligned = (names: readonly string[]): boolean =>
  names.length <= mostAligned && names.every(name => name.length <= longestAligned);

/** The first images of each class. [N, H, W] or [N, H, W, C]. Throws ShapeError for other shapes. */
export function sampleGrid(images: Tensor, labels: ArrayLike<number>, options: GridOptions = {}): ImageGrid {
  const { classNames, count = 5, title = 'Examples of each class' } = options;
  const names = namesOf(labels, classNames);
  const read = imageReader(images, longestShown);
  const found = names.map(() => [] as number[]);
  for (let i = 0; i < labels.length; i++) {
    const list = found[labels[i]!];
    if (list !== undefined && list.length < count) list.push(i);
  }
  const aligned = isAligned(names) && found.every(list => list.length === count);
  const rows = Array.from({ length: count }, (_, row) =>
    found.flatMap((list, label): GridImage[] => {
      const index = list[row];
      if (index === undefined) return [];
      const name = names[label]!;
      if (aligned && row > 0) return [{ image: read(index), alt: name }];
      return [{ image: read(index), caption: name }];
    }),
  );
  return new ImageGrid({
    title,
    description: `The first ${count} images of each of ${names.length} classes.`,
    images: rows.flat(),
    columns: aligned ? names.length : 10,
    aligned,
  });
}

/** The mean of all images of each class. Throws ShapeError for shapes other than [N, H, W] and [N, H, W, C]. */
export function meanImageGrid(images: Tensor, labels: ArrayLike<number>, options: GridOptions = {}): ImageGrid {
  const { classNames, title = 'Mean image of each class' } = options;
  const names = namesOf(labels, classNames);
  const { height, width, channels } = imageShape(images);
  const means = meanImages(images, labels, names.length);
  const most = images.dtype === 'uint8' || images.data.some(value => value > 1) ? 1 : 255;
  const shown = means.flatMap((mean, label): GridImage[] => {
    if (mean === undefined) return [];
    const data = Uint8ClampedArray.from(mean, value => value * most);
    return [{ image: { height, width, channels, data }, caption: names[label]! }];
  });
  return new ImageGrid({
    title,
    description: `What the images of a class have in common is sharp, where they differ is blurred; of ${formatCount(labels.length)} images.`,
    images: shown,
    columns: isAligned(names) ? shown.length : 10,
    aligned: isAligned(names),
  });
}
