import { describe } from '../../describe.ts';
import { FormatError, OptionError } from '../../errors.ts';
import { GrowingBytes } from '../../files/growing-bytes.ts';
import { Tensor } from '../../tensor/index.ts';
import { type DataSource, type DataSourceOptions, openData } from '../files/data-source.ts';
import { digitPixels, digitSide, type Images, type LabelledImages } from '../labelled-images.ts';
import { type Columns, counted, readColumns, shownField } from './columns.ts';
import { type RowTaker, smallInteger, takeRows } from './csv-rows.ts';

/** Images, and their labels if the file has that column. */
export interface MnistCsv extends Images {
  /** [N] */
  readonly labels: Tensor<[number], 'uint8'> | undefined;
}

export interface ReadMnistCsvOptions extends DataSourceOptions {
  /** A file without labels is an error then. */
  readonly labels?: boolean;
  /** Labels are 0 to `classes` - 1: 10 if left out. */
  readonly classes?: number;
}

const mostClasses = 256;
const brightest = 255;

/**
 * Images of 28x28 pixels from comma-separated values as Kaggle has them: a row for each image, with the column `label` (as
 * in `train.csv`) or without it (`test.csv`), and `pixel0` to `pixel783`, row by row. The names of Kaggle's
 * Fashion-MNIST and of "MNIST in CSV" are known too, and a file without a header. Gzip is unpacked. The file is read piece
 * by piece: memory is needed for the pixels alone. Throws FormatError with line and column for anything that is not an integer
 * in its range, for rows of other lengths and other names; FileError for what cannot be read.
 */
export async function readMnistCsv(
  source: DataSource,
  options: ReadMnistCsvOptions & { readonly labels: true },
): Promise<LabelledImages>;
export async function readMnistCsv(source: DataSource, options?: ReadMnistCsvOptions): Promise<MnistCsv>;
export async function readMnistCsv(source: DataSource, options: ReadMnistCsvOptions = {}): Promise<MnistCsv> {
  const { file, pieces } = openData('readMnistCsv', source, options);
  return parseMnistCsv(pieces, file, checked(options));
}

function checked({ labels = false, classes = 10 }: ReadMnistCsvOptions): ParseMnistCsvOptions {
  if (typeof labels !== 'boolean') {
    throw new OptionError(`readMnistCsv: labels must be true or false, got ${describe(labels)}`);
  }
  if (!Number.isInteger(classes) || classes < 1 || classes > mostClasses) {
    throw new OptionError(
      `readMnistCsv: classes must be an integer from 1 to ${mostClasses}, got ${describe(classes)}`,
    );
  }
  return { labels, classes };
}

type ParseMnistCsvOptions = Required<Pick<ReadMnistCsvOptions, 'labels' | 'classes'>>;

/** Reads pieces of text; `file` begins every message. */
export async function parseMnistCsv(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
  options: ParseMnistCsvOptions,
): Promise<MnistCsv> {
  const rows = new ImageRows(file, options);
  await takeRows(pieces, file, rows);
  return rows.finish();
}

/** Makes images and labels of rows. */
class ImageRows implements RowTaker {
  readonly #file: string;
  readonly #options: ParseMnistCsvOptions;
  readonly #images = new GrowingBytes();
  readonly #labels = new GrowingBytes();
  readonly #image = new Uint8Array(digitPixels);
  #columns: Columns = { hasHeader: false, hasLabels: false, names: [] };

  constructor(file: string, options: ParseMnistCsvOptions) {
    this.#file = file;
    this.#options = options;
  }

  first(row: readonly string[]): void {
    this.#columns = readColumns(row, this.#file);
    if (this.#options.labels && !this.#columns.hasLabels) {
      throw new FormatError(`${this.#file}: line 1: there is no column "label", which is needed here`);
    }
    if (!this.#columns.hasHeader) this.next(row, 1);
  }

  next(row: readonly string[], line: number): void {
    const { names, hasLabels } = this.#columns;
    if (row.length !== names.length) {
      const width = `it has ${counted(row.length)}, expected ${names.length} as in the first line`;
      throw new FormatError(`${this.#file}: line ${line}: ${width}`);
    }
    const before = hasLabels ? 1 : 0;
    if (hasLabels) this.#labels.append(Uint8Array.of(this.#value(row, 0, this.#options.classes - 1, line)));
    for (let pixel = 0; pixel < digitPixels; pixel++) {
      this.#image[pixel] = this.#value(row, before + pixel, brightest, line);
    }
    this.#images.append(this.#image);
  }

  finish(): MnistCsv {
    const count = this.#images.length / digitPixels;
    if (count === 0) throw new FormatError(`${this.#file}: it has a header, but no rows after it`);
    return {
      images: new Tensor([count, digitSide, digitSide, 1], 'uint8', this.#images.whole()),
      labels: this.#columns.hasLabels ? new Tensor([count], 'uint8', this.#labels.whole()) : undefined,
    };
  }

  #value(row: readonly string[], column: number, most: number, line: number): number {
    const value = smallInteger(row[column]!);
    if (value >= 0 && value <= most) return value;
    const place = `line ${line}, column ${column + 1} (${JSON.stringify(this.#columns.names[column])})`;
    const got = shownField(row[column]!);
    throw new FormatError(`${this.#file}: ${place}: expected an integer from 0 to ${most}, got ${got}`);
  }
}
