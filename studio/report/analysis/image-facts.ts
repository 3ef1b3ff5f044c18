import type { Tensor } from 'inkling';
import { imageShape } from '../pictures/pixels.ts';

/** What is worth knowing of a set of images before training with it. */
export interface ImageFacts {
  readonly count: number;
  /** Of one image: [height, width, channels]. */
  readonly shape: readonly [number, number, number];
  readonly dtype: string;
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  /** Standard deviation of all pixels. */
  readonly deviation: number;
  /** Pixels that are NaN or infinite; they are left out of the numbers above. */
  readonly missing: number;
  /** Images of one colour alone. */
  readonly blank: number;
  /** Images that occur before in the set. */
  readonly repeated: number;
}

/** Looks at every pixel once. */
export function imageFacts(images: Tensor): ImageFacts {
  const { height, width, channels } = imageShape(images);
  const size = height * width * channels;
  const [count = 0] = images.shape;
  const { data } = images;
  const total = {
    least: Number.POSITIVE_INFINITY,
    most: Number.NEGATIVE_INFINITY,
    sum: 0,
    squares: 0,
    missing: 0,
    blank: 0,
  };
  for (let i = 0; i < count; i++) {
    let isBlank = true;
    const first = data[i * size];
    for (let at = i * size; at < (i + 1) * size; at++) {
      const value = data[at]!;
      if (value !== first) isBlank = false;
      if (!Number.isFinite(value)) {
        total.missing++;
        continue;
      }
      if (value < total.least) total.least = value;
      if (value > total.most) total.most = value;
      total.sum += value;
      total.squares += value * value;
    }
    if (isBlank) total.blank++;
  }
  const present = count * size - total.missing;
  const mean = total.sum / present;
  return {
    count,
    shape: [height, width, channels],
    dtype: images.dtype,
    least: total.least,
    most: total.most,
    mean,
    deviation: Math.sqrt(Math.max(0, total.squares / present - mean * mean)),
    missing: total.missing,
    blank: total.blank,
    repeated: repeatedImages(images),
  };
}

/** How many images of a set occur in another too; of the set itself, how many occur in it before. Compared pixel by pixel. */
export function repeatedImages(images: Tensor, others?: Tensor): number {
  const seen = new Map<number, number[]>();
  const [count = 0] = images.shape;
  const { size, hashOf } = hashes(images);
  const same = (a: Tensor, i: number, b: Tensor, j: number) => {
    for (let at = 0; at < size; at++) if (a.data[i * size + at] !== b.data[j * size + at]) return false;
    return true;
  };
  const note = (hash: number, i: number) => {
    const found = seen.get(hash);
    if (found === undefined) seen.set(hash, [i]);
    else found.push(i);
  };
  if (others !== undefined) {
    const other = hashes(others);
    if (other.size !== size) return 0;
    for (let i = 0; i < (others.shape[0] ?? 0); i++) note(other.hashOf(i), i);
  }
  let repeated = 0;
  for (let i = 0; i < count; i++) {
    const hash = hashOf(i);
    if (seen.get(hash)?.some(j => same(images, i, others ?? images, j))) repeated++;
    else if (others === undefined) note(hash, i);
  }
  return repeated;
}

/** FNV-1a over pixels as bytes: images that are the same have the same hash. */
function hashes(images: Tensor): { readonly size: number; hashOf(index: number): number } {
  const { data } = images;
  const size = data.length / Math.max(1, images.shape[0] ?? 1);
  const hashOf = (index: number): number => {
    let hash = 0x811c9dc5;
    for (let at = index * size; at < (index + 1) * size; at++) hash = Math.imul(hash ^ (data[at]! * 251), 0x01000193);
    return hash;
  };
  return { size, hashOf };
}

/** The mean image of each class, in the numbers of the images: one list of pixels a class, undefined without images. */
export function meanImages(images: Tensor, labels: ArrayLike<number>, classes: number): (Float64Array | undefined)[] {
  const size = images.size / Math.max(1, labels.length);
  const sums = Array.from({ length: classes }, () => new Float64Array(size));
  const counts = Array.from({ length: classes }, () => 0);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    const sum = sums[label];
    if (sum === undefined) continue;
    counts[label]!++;
    for (let pixel = 0; pixel < size; pixel++) sum[pixel]! += images.data[i * size + pixel]!;
  }
  return sums.map((sum, i) => (counts[i] === 0 ? undefined : sum.map(value => value / counts[i]!)));
}
