/**
 * How many digits that are not MNIST's a model reads: those that the tests draw, and folders of images. Each set with
 * preprocessDigit, and beside it as it is: only made 28x28.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, type DigitPixels, preprocessDigit, Tensor } from 'inkling';
import { loadModel, mnist, readImage } from 'inkling/node';
import { strokeDigits } from '../test/data/stroke-digits.ts';
import type { Row, SuiteOptions } from './suite.ts';

interface DigitSet {
  readonly name: string;
  readonly images: readonly { readonly digit: number; readonly pixels: DigitPixels }[];
}

const side = 28;
const size = side * side;
const classes = 10;
/** Seeds of drawings that nothing was made better with; each seed gives 300. */
const freshSeeds = [7001, 7002, 7003, 7004, 7005];

export async function* digits({ modelFile, imageFolders, filter }: SuiteOptions): AsyncGenerator<Row> {
  if (modelFile === undefined) return;
  const model = await loadModel(modelFile);
  for await (const { name, images } of sets(imageFolders)) {
    if (!name.includes(filter)) continue;
    const start = performance.now();
    const prepared = images.map(({ pixels }) => seenOrNothing(pixels));
    const milliseconds = (performance.now() - start) / images.length;
    const common = { backend: model.backend.name, samples: images.length };
    const percentOf = async (seen: readonly Uint8Array[]) => {
      const data = new Uint8Array(seen.length * size);
      for (const [i, bytes] of seen.entries()) data.set(bytes, i * size);
      const x = new Tensor([seen.length, side, side, 1], 'uint8', data);
      const said = (await model.predict(x, { batchSize: 100 })).argmax(-1).data;
      return (100 * images.filter(({ digit }, i) => digit === said[i]).length) / images.length;
    };
    yield { name: `${name}, preprocessed`, ...common, milliseconds, accuracy: await percentOf(prepared) };
    const plain = images.map(({ pixels }) => resized(pixels));
    yield { name: `${name}, only resized`, ...common, accuracy: await percentOf(plain) };
    const light = plain.map(inverted);
    yield { name: `${name}, resized and inverted where it is bright`, ...common, accuracy: await percentOf(light) };
  }
}

async function* sets(folders: readonly string[]): AsyncGenerator<DigitSet> {
  yield { name: '300 drawn digits', images: drawn([undefined]) };
  yield { name: '1,500 more drawings', images: drawn(freshSeeds) };
  const { test } = await mnist();
  const { data } = test.images;
  yield {
    name: "MNIST's test images",
    images: Array.from(test.labels.data, (digit, i) => ({
      digit,
      pixels: { width: side, height: side, data: data.subarray(i * size, (i + 1) * size) },
    })),
  };
  for (const folder of folders) yield { name: folder, images: await imagesOf(folder) };
}

const drawn = (seeds: readonly (number | undefined)[]): DigitSet['images'] =>
  seeds.flatMap(seed => Array.from(strokeDigits(seed), each => ({ digit: each.digit, pixels: each })));

async function imagesOf(folder: string): Promise<DigitSet['images']> {
  const images: { digit: number; pixels: DigitPixels }[] = [];
  for (let digit = 0; digit < classes; digit++) {
    const path = join(folder, String(digit));
    for (const file of (await readdir(path)).sort()) images.push({ digit, pixels: await readImage(join(path, file)) });
  }
  return images;
}

/** What is blank to preprocessDigit counts as read wrongly, or as the class that a black image has. */
function seenOrNothing(pixels: DigitPixels): Uint8Array {
  try {
    return preprocessDigit(pixels).image.data;
  } catch (error) {
    if (error instanceof DataError) return new Uint8Array(size);
    throw error;
  }
}

/** Gray, over white, and the nearest pixel or the mean of those that a new one covers. */
function resized({ width, height, channels = 1, data }: DigitPixels): Uint8Array {
  const grayAt = (x: number, y: number): number => {
    const at = (y * width + x) * channels;
    const gray = channels < 3 ? data[at]! : 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
    const alpha = channels % 2 === 0 ? data[at + channels - 1]! / 255 : 1;
    return 255 + (gray - 255) * alpha;
  };
  return Uint8Array.from({ length: size }, (_, i) => {
    const [x, y] = [((i % side) * width) / side, (Math.floor(i / side) * height) / side];
    let [sum, count] = [0, 0];
    for (let v = Math.floor(y); v < Math.max(y + height / side, Math.floor(y) + 1); v++) {
      for (let u = Math.floor(x); u < Math.max(x + width / side, Math.floor(x) + 1); u++) {
        sum += grayAt(Math.min(width - 1, u), Math.min(height - 1, v));
        count++;
      }
    }
    return sum / count;
  });
}

const inverted = (image: Uint8Array): Uint8Array =>
  image.reduce((sum, value) => sum + value, 0) > 127 * size ? image.map(value => 255 - value) : image;
