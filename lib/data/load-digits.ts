import { basename } from 'node:path';
import { describe } from '../describe.ts';
import { DataError, FileError, FormatError, OptionError } from '../errors.ts';
import { isZip } from '../files/signatures.ts';
import { parseMnistCsv } from './csv/read-mnist-csv.ts';
import {
  checkedSourceOptions,
  collected,
  type DataSource,
  type DataSourceOptions,
  followed,
  isFetched,
  openData,
  pathOf,
} from './files/data-source.ts';
import { type FileTree, folderTree, statOf } from './files/file-tree.ts';
import { type Digits, findDigits, type GivenClasses } from './find-digits.ts';
import { type EmnistSplit, mnistSet } from './image-sets.ts';
import { isJpeg } from './images/jpeg.ts';
import { isPng } from './images/png.ts';
import { mnist } from './mnist.ts';

export interface LoadDigitsOptions extends Pick<DataSourceOptions, 'signal' | 'mostBytes'> {
  /** What the labels mean, from 0 on; known by itself for MNIST, Fashion-MNIST, EMNIST, and folders by class. */
  readonly classNames?: readonly string[];
  /** Which part of EMNIST, where a folder has several. */
  readonly split?: EmnistSplit;
}

const expected =
  'expected a folder, a zip archive or a CSV file of digits: the IDX files of MNIST, train.csv and test.csv as Kaggle has them, or folders of images by class';

/**
 * Images of 28x28 to train with, and to test with if there are any, from wherever they are: what `--data` of a program takes. Without
 * a source it is MNIST. A path or a `file:` URL may lead to a folder with the four IDX files of MNIST, of its successors or of
 * EMNIST, with `train.csv` and perhaps `test.csv`, or with a folder of PNG or JPEG images for each class (in `train` and `test`,
 * or at once); to a zip archive of one of these; or to one CSV file. An `http:` or `https:` address leads to a file. Images of other
 * sizes become 28x28 and gray. Throws DataError, which lists what there is, where none of this is found; FileError for what cannot be
 * read, and FormatError for what is damaged, with its place.
 */
export async function loadDigits(source?: string | URL, options: LoadDigitsOptions = {}): Promise<Digits> {
  checkedSourceOptions('loadDigits', options);
  const given = givenClasses(options);
  if (source === undefined) {
    const { name, classNames } = mnistSet;
    return { name, classNames: options.classNames ?? classNames, ...(await mnist()), unlabelled: undefined };
  }
  if (typeof source !== 'string' && !(source instanceof URL)) {
    throw new OptionError(`loadDigits: expected a path or an address, got ${describe(source)}`);
  }
  if (!isFetched(source)) {
    const path = pathOf('loadDigits', source);
    const found = await statOf(path);
    if (found === undefined) {
      throw new FileError(`${path} cannot be read: there is no such file or folder; check the path`);
    }
    if (found.isDirectory()) return findIn(folderTree(path), given);
  }
  return loadFile(source, options, given);
}

function givenClasses({ classNames, split }: LoadDigitsOptions): GivenClasses {
  const isList = Array.isArray(classNames) && classNames.length > 0 && classNames.length <= 256;
  if (classNames !== undefined && !(isList && classNames.every(name => typeof name === 'string'))) {
    throw new OptionError(`loadDigits: classNames must be 1 to 256 names, got ${describe(classNames)}`);
  }
  return { classNames, split };
}

async function findIn(tree: FileTree, given: GivenClasses): Promise<Digits> {
  const found = await findDigits(tree, given);
  if (found !== undefined) return found;
  const { files, folders } = await tree.list('');
  throw new DataError(
    `loadDigits: ${tree.shown('')} has ${listed('files', files)} and ${listed('folders', folders)}; ${expected}`,
  );
}

const mostListed = 6;

/** `the files a.txt, b.txt, and 3 more` */
function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return `no ${what}`;
  const others = names.length > mostListed ? `, and ${names.length - mostListed} more` : '';
  return `the ${what} ${names.slice(0, mostListed).join(', ')}${others}`;
}

/** A single file, known by how it begins. */
async function loadFile(source: DataSource, options: LoadDigitsOptions, given: GivenClasses): Promise<Digits> {
  const { file, pieces } = openData('loadDigits', source, options);
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  const start = first.done === true ? new Uint8Array(0) : first.value;
  const all = followed(start, iterator);
  if (isZip(start)) {
    const { zipTree } = await import('./files/zip-tree.ts');
    return findIn(zipTree(await collected(all), file), given);
  }
  const kind = kindOf(start);
  if (kind !== undefined) {
    await iterator.return?.();
    throw new FormatError(`${file}: it is ${kind}; ${expected}`);
  }
  const classNames = given.classNames ?? mnistSet.classNames;
  const { images, labels } = await parseMnistCsv(all, file, { labels: true, classes: classNames.length });
  const name = basename(file).replace(/\.csv(\.gz)?$/i, '');
  return { name, classNames, train: { images, labels: labels! }, test: undefined, unlabelled: undefined };
}

/** What a file is that is of no use alone. */
function kindOf(start: Uint8Array): string | undefined {
  if (isPng(start) || isJpeg(start)) return 'a single image, which readImage reads';
  if (start[0] === 0 && start[1] === 0 && start[2] === 8) return 'one of the four IDX files of a set';
  return undefined;
}
