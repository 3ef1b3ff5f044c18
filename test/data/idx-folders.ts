import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { idxBytes } from './idx-bytes.ts';

export type Files = { readonly [path: string]: Uint8Array };

/** Pixels of three images to train with, and two to test with. */
export const trainPixels: Uint8Array = Uint8Array.from({ length: 3 * 784 }, (_, i) => (i * 7) % 256);
export const testPixels: Uint8Array = Uint8Array.from({ length: 2 * 784 }, (_, i) => (i * 5) % 256);

/** The four files of a set. */
export function idxFiles(
  train: string,
  test: string,
  labels: { readonly train: readonly number[]; readonly test: readonly number[] },
): Files {
  return {
    [`${train}-images-idx3-ubyte`]: idxBytes([3, 28, 28], trainPixels),
    [`${train}-labels-idx1-ubyte`]: idxBytes([3], labels.train),
    [`${test}-images-idx3-ubyte`]: idxBytes([2, 28, 28], testPixels),
    [`${test}-labels-idx1-ubyte`]: idxBytes([2], labels.test),
  };
}

export const mnistFiles: Files = idxFiles('train', 't10k', { train: [4, 0, 9], test: [8, 1] });

export async function writeFiles(folder: string, files: Files): Promise<string> {
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  return folder;
}

/** Each image with its rows as columns. */
export function turned(images: Uint8Array): Uint8Array {
  return images.map((_, i) => {
    const [image, row, column] = [Math.floor(i / 784), Math.floor((i % 784) / 28), i % 28];
    return images[image * 784 + column * 28 + row]!;
  });
}
