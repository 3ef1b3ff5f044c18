/** The columns of digits as comma-separated values: which of them is the label, and what the others are called. */
import { FormatError } from '../../errors.ts';
import { digitPixels, digitSide } from '../labelled-images.ts';
import { smallInteger } from './csv-rows.ts';

/** What the first row of a file says. */
export interface Columns {
  readonly hasLabels: boolean;
  /** Whether the first row holds names; else it is one of the images. */
  readonly hasHeader: boolean;
  /** Of each column, for messages. */
  readonly names: readonly string[];
}

/** How the columns of the pixels are called: by Kaggle's digits, by its Fashion-MNIST, and in "MNIST in CSV". */
const namings: readonly ((pixel: number) => string)[] = [
  pixel => `pixel${pixel}`,
  pixel => `pixel${pixel + 1}`,
  pixel => `${Math.floor(pixel / digitSide) + 1}x${(pixel % digitSide) + 1}`,
];

/** The names that Kaggle gives, with the label or without. */
export function kaggleColumns(hasLabels: boolean): string[] {
  const pixels = Array.from({ length: digitPixels }, (_, pixel) => namings[0]!(pixel));
  return hasLabels ? ['label', ...pixels] : pixels;
}

const withLabel = digitPixels + 1;
const expected = `${withLabel} ("label", "pixel0" to "pixel783") or ${digitPixels} (without "label")`;

/** Reads the first row. Throws FormatError, which begins with `file`, for names and numbers of columns that are wrong. */
export function readColumns(row: readonly string[], file: string): Columns {
  if (row.length !== withLabel && row.length !== digitPixels) {
    const hint =
      row[0]?.toLowerCase() === 'imageid' ? '; this is a file of predictions: readSubmissionCsv reads it' : '';
    throw new FormatError(`${file}: line 1: it has ${counted(row.length)}, expected ${expected}${hint}`);
  }
  const hasLabels = row.length === withLabel;
  if (row.every(field => smallInteger(field) >= 0)) {
    return { hasLabels, hasHeader: false, names: kaggleColumns(hasLabels) };
  }
  const given = hasLabels ? row.slice(1) : row;
  if (hasLabels && row[0]!.toLowerCase() !== 'label') wrongName(file, 0, 'label', row[0]!);
  const naming = namings.find(name => name(0) === given[0]!.toLowerCase()) ?? namings[0]!;
  const wrong = given.findIndex((name, pixel) => name.toLowerCase() !== naming(pixel));
  if (wrong >= 0) wrongName(file, wrong + (hasLabels ? 1 : 0), naming(wrong), given[wrong]!);
  return { hasLabels, hasHeader: true, names: row };
}

function wrongName(file: string, column: number, name: string, got: string): never {
  const names = `expected the name "${name}", got ${shownField(got)}`;
  throw new FormatError(`${file}: line 1, column ${column + 1}: ${names}`);
}

export const counted = (columns: number): string => `${columns} ${columns === 1 ? 'column' : 'columns'}`;

const longestShown = 40;
/** A field of a file in a message. */
export const shownField = (field: string): string =>
  JSON.stringify(field.length > longestShown ? `${field.slice(0, longestShown)}...` : field);
