/** Sets that were made to take MNIST's place: the same files with other images. */

import { describe } from '../describe.ts';
import { DataError, OptionError } from '../errors.ts';
import { statOf } from './files/file-tree.ts';
import { type IdxForm, idxForm } from './idx-set.ts';
import { folderOf, type Mnist, type MnistOptions, readSetIn } from './mnist.ts';

/** Images to train and to test with, and what their labels mean. */
export interface ImageSet extends Mnist {
  readonly name: string;
  /** Of each label, from 0 on. */
  readonly classNames: readonly string[];
}

/** Where the IDX files of a set lie, as they are or gzipped. */
export interface ImageSetOptions {
  readonly folder: string;
}

/** What is fixed about a set. */
export interface KnownSet {
  readonly name: string;
  readonly form: IdxForm;
  readonly classNames: readonly string[];
}

const digits: readonly string[] = Array.from('0123456789');
export const mnistSet: KnownSet = { name: 'MNIST', form: idxForm('mnist', 'MNIST'), classNames: digits };

/** H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST" (2017), table 2. */
export const fashionMnistSet: KnownSet = {
  name: 'Fashion-MNIST',
  form: idxForm('fashionMnist', 'Fashion-MNIST'),
  classNames: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
};

/** T. Clanuwat et al., "Deep Learning for Classical Japanese Literature" (2018). */
export const kmnistSet: KnownSet = {
  name: 'KMNIST',
  form: idxForm('kmnist', 'KMNIST'),
  classNames: Array.from('おきすつなはまやれを'),
};

/** Where Debian's package dataset-fashion-mnist puts the files. */
const fashionMnistFolder = '/usr/share/datasets/fashion-mnist';

/**
 * Fashion-MNIST: clothes in place of digits. Without a folder it is that of Debian's package dataset-fashion-mnist.
 * Throws DataError if there are no files, FileError if one cannot be read, FormatError if one is damaged.
 */
export async function fashionMnist(options: MnistOptions = {}): Promise<ImageSet> {
  const { form } = fashionMnistSet;
  const folder = folderOf(form.caller, options) ?? fashionMnistFolder;
  if (options.folder === undefined && (await statOf(folder)) === undefined) {
    throw new DataError(
      'fashionMnist: no data: give the folder of its IDX files, or install the Debian package dataset-fashion-mnist',
    );
  }
  return named(fashionMnistSet, await readSetIn(folder, form));
}

/** Kuzushiji-MNIST: ten characters of old Japanese books. Throws what `fashionMnist` throws. */
export async function kmnist(options: ImageSetOptions): Promise<ImageSet> {
  return named(kmnistSet, await readSetIn(neededFolder('kmnist', options), kmnistSet.form));
}

/** Classes of EMNIST: digits, capitals, and the small letters that differ from them. */
const capitals = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const smallLetters = Array.from('abcdefghijklmnopqrstuvwxyz');
/** Letters whose small and capital forms are one class in `bymerge` and `balanced`. */
const merged = Array.from('cijklmopsuvwxyz');
const mergedClasses = [...digits, ...capitals, ...smallLetters.filter(letter => !merged.includes(letter))];

/** The splits (G. Cohen, S. Afshar, J. Tapson, A. van Schaik, "EMNIST" (2017), table II), with the order of their mappings. */
const emnistClasses = {
  byclass: [...digits, ...capitals, ...smallLetters],
  bymerge: mergedClasses,
  balanced: mergedClasses,
  letters: capitals,
  digits,
  mnist: digits,
} as const satisfies { readonly [split: string]: readonly string[] };

/** `byclass` (62 classes), `bymerge` and `balanced` (47), `letters` (26), `digits` and `mnist` (10). */
export type EmnistSplit = keyof typeof emnistClasses;
export const emnistSplits: readonly EmnistSplit[] = ['byclass', 'bymerge', 'balanced', 'letters', 'digits', 'mnist'];

/** One split of EMNIST. Its images are stored turned over; its letters count from 1. */
export const emnistSet = (split: EmnistSplit): KnownSet => ({
  name: `EMNIST ${split}`,
  classNames: emnistClasses[split],
  form: {
    caller: 'emnist',
    set: `EMNIST ${split}`,
    train: `emnist-${split}-train`,
    test: `emnist-${split}-test`,
    classes: emnistClasses[split].length,
    firstLabel: split === 'letters' ? 1 : 0,
    isTransposed: true,
  },
});

/**
 * One split of EMNIST, upright as MNIST is, with labels from 0 on in every split. Throws OptionError for a split that
 * there is not, and what `fashionMnist` throws.
 */
export async function emnist(split: EmnistSplit, options: ImageSetOptions): Promise<ImageSet> {
  if (!emnistSplits.includes(split)) {
    throw new OptionError(`emnist: unknown split ${describe(split)}; known: ${emnistSplits.join(', ')}`);
  }
  const known = emnistSet(split);
  return named(known, await readSetIn(neededFolder('emnist', options), known.form));
}

function neededFolder(caller: string, options: ImageSetOptions): string {
  const folder = folderOf(caller, options);
  if (folder !== undefined) return folder;
  throw new OptionError(`${caller}: folder must be the path of a folder, got undefined`);
}

const named = ({ name, classNames }: KnownSet, { train, test }: Mnist): ImageSet => ({
  name,
  classNames,
  train,
  test,
});
