/** Predictions for Kaggle: `ImageId,Label`, a line for each image of `test.csv`. */
import { describe } from '../../describe.ts';
import { DataError, FormatError, ShapeError } from '../../errors.ts';
import { checkedPath } from '../../files/file-error.ts';
import { writeAtomically } from '../../files/write-atomically.ts';
import { formatShape } from '../../shape/shape.ts';
import { isTensor } from '../../tensor/arguments.ts';
import { Tensor } from '../../tensor/index.ts';
import { type DataSource, type DataSourceOptions, openData } from '../files/data-source.ts';
import { counted, shownField } from './columns.ts';
import { smallInteger, takeRows } from './csv-rows.ts';

/** Class numbers: a tensor [N], as `argmax` gives it, or plain numbers. */
export type Predictions = Tensor | ArrayLike<number>;

const header = 'ImageId,Label';
const mostLabel = 255;

/**
 * Writes predictions in the form that Kaggle's Digit Recognizer takes: images are numbered from 1. The file is whole
 * or not there. Throws DataError for what is no integer from 0 to 255, FileError if it cannot be written.
 */
export async function writeSubmissionCsv(labels: Predictions, path: string): Promise<void> {
  checkedPath('writeSubmissionCsv', path);
  const lines = Array.from(predictedLabels('writeSubmissionCsv', labels), (label, i) => `${i + 1},${label}\n`);
  await writeAtomically(path, new TextEncoder().encode(`${header}\n${lines.join('')}`));
}

/**
 * Reads what `writeSubmissionCsv` writes: the labels [N], in the order of their images. Throws FormatError with line and
 * column for anything else, and for images that are missing or there twice; FileError for what cannot be read.
 */
export async function readSubmissionCsv(
  source: DataSource,
  options: DataSourceOptions = {},
): Promise<Tensor<[number], 'uint8'>> {
  const { file, pieces } = openData('readSubmissionCsv', source, options);
  /** Of each image, by its number from 1 on. */
  const labels: number[] = [];
  let rows = 0;
  await takeRows(pieces, file, {
    first(row) {
      if (row.join(',').toLowerCase() === header.toLowerCase()) return;
      throw new FormatError(`${file}: line 1: expected the header ${header}, got ${shownField(row.join(','))}`);
    },
    next(row, line) {
      if (row.length !== 2) {
        throw new FormatError(`${file}: line ${line}: it has ${counted(row.length)}, expected 2: ${header}`);
      }
      const [id = '', label = ''] = row;
      const image = /^[0-9]{1,9}$/.test(id) ? Number(id) : 0;
      if (image < 1) {
        const place = `line ${line}, column 1 ("ImageId")`;
        throw new FormatError(`${file}: ${place}: expected an integer from 1 on, got ${shownField(id)}`);
      }
      if (labels[image] !== undefined) throw new FormatError(`${file}: line ${line}: image ${image} is there twice`);
      const value = smallInteger(label);
      if (value < 0 || value > mostLabel) {
        const place = `line ${line}, column 2 ("Label")`;
        throw new FormatError(
          `${file}: ${place}: expected an integer from 0 to ${mostLabel}, got ${shownField(label)}`,
        );
      }
      labels[image] = value;
      rows++;
    },
  });
  if (rows === 0) throw new FormatError(`${file}: it has a header, but no rows after it`);
  if (labels.length !== rows + 1) {
    const missing = Array.from({ length: rows }, (_, i) => i + 1).find(image => labels[image] === undefined);
    throw new FormatError(`${file}: image ${missing} is missing; expected images 1 to ${rows}, one for each line`);
  }
  return new Tensor([rows], 'uint8', Uint8Array.from(labels.slice(1)));
}

/** The labels as bytes. Throws ShapeError or DataError, which begins with `caller`, for what is none. */
export function predictedLabels(caller: string, labels: Predictions): Uint8Array {
  const isList = typeof labels === 'object' && labels !== null && ('length' in labels || isTensor(labels));
  if (!isList) throw new DataError(`${caller}: expected labels, a tensor [N] or numbers, got ${describe(labels)}`);
  if (isTensor(labels) && labels.rank !== 1) {
    const shape = formatShape(labels.shape);
    throw new ShapeError(`${caller}: expected labels of [N], got ${shape}; use argmax(1) for probabilities`);
  }
  const values = Array.from<unknown>(isTensor(labels) ? labels.data : labels);
  if (values.length === 0) throw new DataError(`${caller}: there are no labels`);
  const wrong = values.findIndex(value => !isLabel(value));
  if (wrong < 0) return Uint8Array.from(values.filter(isLabel));
  throw new DataError(
    `${caller}: labels[${wrong}]: expected an integer from 0 to ${mostLabel}, got ${describe(values[wrong])}`,
  );
}

const isLabel = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostLabel;
