import { describe } from '../../describe.ts';
import { DataError, OptionError, ShapeError } from '../../errors.ts';
import { checkedPath } from '../../files/file-error.ts';
import { writeAtomically } from '../../files/write-atomically.ts';
import { formatShape } from '../../shape/shape.ts';
import { isTensor } from '../../tensor/arguments.ts';
import type { Tensor } from '../../tensor/index.ts';
import { digitPixels } from '../labelled-images.ts';
import { kaggleColumns } from './columns.ts';
import { type Predictions, predictedLabels } from './submission-csv.ts';

export interface WriteMnistCsvOptions {
  /** [N], integers: the file has a column `label` then, as `train.csv` has; else it is like `test.csv`. */
  readonly labels?: Predictions;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
/** ",0" to ",255" */
const fields: readonly Uint8Array[] = Array.from({ length: 256 }, (_, value) => encode(`,${value}`));
const lineEnd = 10;
/** A row of the longest fields, with its label. */
const mostRowBytes = 4 * (digitPixels + 1) + 16;
const rowsAtOnce = 256;

/**
 * Writes images of 28x28 bytes in the form of Kaggle's `train.csv` and `test.csv`, which `readMnistCsv` reads back to the
 * same bits. The file is whole or not there. Throws ShapeError for images of other shapes, DataError for those that are
 * no bytes and for labels that are no integers from 0 to 255, FileError if it cannot be written.
 */
export async function writeMnistCsv(images: Tensor, path: string, options: WriteMnistCsvOptions = {}): Promise<void> {
  checkedPath('writeMnistCsv', path);
  if (typeof options !== 'object' || options === null) {
    throw new OptionError(`writeMnistCsv: expected options such as { labels }, got ${describe(options)}`);
  }
  const pixels = pixelsOf(images);
  const count = pixels.length / digitPixels;
  const labels = options.labels === undefined ? undefined : predictedLabels('writeMnistCsv', options.labels);
  if (labels !== undefined && labels.length !== count) {
    throw new ShapeError(`writeMnistCsv: ${count} images, but ${labels.length} labels; expected one for each image`);
  }
  await writeAtomically(path, textOf(pixels, labels));
}

function pixelsOf(images: Tensor): Uint8Array {
  if (!isTensor(images)) {
    throw new DataError(`writeMnistCsv: expected a tensor of images [N, 28, 28, 1], got ${describe(images)}`);
  }
  const { shape, dtype, data } = images;
  const [count = 0] = shape;
  if (shape.length < 2 || images.size !== count * digitPixels || count === 0) {
    throw new ShapeError(`writeMnistCsv: expected images of [N, 28, 28, 1], got ${formatShape(shape)}`);
  }
  if (dtype === 'uint8' && data instanceof Uint8Array) return data;
  throw new DataError(
    `writeMnistCsv: expected pixels as bytes, dtype uint8, got ${dtype}; scale them to 0 to 255 and use cast('uint8')`,
  );
}

/** The file in pieces of some hundred rows. */
function* textOf(pixels: Uint8Array, labels: Uint8Array | undefined): Generator<Uint8Array> {
  yield encode(`${kaggleColumns(labels !== undefined).join(',')}\n`);
  const count = pixels.length / digitPixels;
  for (let begin = 0; begin < count; begin += rowsAtOnce) {
    const piece = new Uint8Array(rowsAtOnce * mostRowBytes);
    let at = 0;
    for (let row = begin; row < Math.min(count, begin + rowsAtOnce); row++) {
      const values = pixels.subarray(row * digitPixels, (row + 1) * digitPixels);
      at = writeRow(piece, at, labels === undefined ? values : [labels[row]!, ...values]);
    }
    yield piece.subarray(0, at);
  }
}

function writeRow(piece: Uint8Array, begin: number, values: Iterable<number>): number {
  let at = begin;
  let isFirst = true;
  for (const value of values) {
    // The first has no comma before it.
    const field = fields[value]!;
    for (let i = isFirst ? 1 : 0; i < field.length; i++) piece[at++] = field[i]!;
    isFirst = false;
  }
  piece[at++] = lineEnd;
  return at;
}
