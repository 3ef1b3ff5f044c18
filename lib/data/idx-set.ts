/** Sets of images in IDX files, as MNIST has them: two files to train with and two to test with. */
import { DataError, FormatError } from '../errors.ts';
import { Tensor } from '../tensor/index.ts';
import type { FileTree } from './files/file-tree.ts';
import { type IdxFile, parseIdx } from './idx.ts';
import { digitPixels, digitSide, type LabelledImages } from './labelled-images.ts';

/** What the files of a set are called, and what they hold. */
export interface IdxForm {
  /** The function that is called, for messages. */
  readonly caller: string;
  /** Of the set, for messages: MNIST. */
  readonly set: string;
  /** What the names of the files begin with: `train` and `t10k`. */
  readonly train: string;
  readonly test: string;
  readonly classes: number;
  /** 0, or 1 where labels count from 1 on; tensors of labels count from 0. */
  readonly firstLabel: 0 | 1;
  /** Whether the files hold the columns of an image one after the other, not its rows. */
  readonly isTransposed: boolean;
}

/** As MNIST has them, and the sets that were made to take its place. */
export const idxForm = (caller: string, set: string): IdxForm => ({
  caller,
  set,
  train: 'train',
  test: 't10k',
  classes: 10,
  firstLabel: 0,
  isTransposed: false,
});

/** The header of an IDX file with one axis. */
const labelsStart = 8;

/** Reads the four files. Throws DataError if one is missing, FileError or FormatError if it cannot be read. */
export async function readIdxSet(
  tree: FileTree,
  form: IdxForm,
): Promise<{ readonly train: LabelledImages; readonly test: LabelledImages }> {
  const [train, test] = await Promise.all([readPair(tree, form.train, form), readPair(tree, form.test, form)]);
  return { train, test };
}

async function readPair(tree: FileTree, prefix: string, form: IdxForm): Promise<LabelledImages> {
  const [images, labels] = await Promise.all([
    readIdx(tree, `${prefix}-images`, 3, form),
    readIdx(tree, `${prefix}-labels`, 1, form),
  ]);
  const [count = 0, height = 0, width = 0] = images.shape;
  if (height !== digitSide || width !== digitSide) {
    const sizes = `images of ${height}x${width} pixels, expected ${digitSide}x${digitSide}`;
    throw new FormatError(`${images.file}: byte 8: ${sizes}`);
  }
  if (labels.data.length !== count) {
    throw new FormatError(
      `${images.file}: byte 4: ${count} images, but ${labels.file} has ${labels.data.length} labels; the files do not belong together`,
    );
  }
  checkLabels(labels, form);
  return {
    images: new Tensor([count, height, width, 1], 'uint8', form.isTransposed ? transposed(images.data) : images.data),
    labels: new Tensor([count], 'uint8', form.firstLabel === 0 ? labels.data : labels.data.map(label => label - 1)),
  };
}

function checkLabels({ data, file }: IdxFile & { readonly file: string }, { firstLabel, classes }: IdxForm): void {
  const last = firstLabel + classes - 1;
  const wrong = data.findIndex(label => label < firstLabel || label > last);
  if (wrong < 0) return;
  const place = `${file}: byte ${labelsStart + wrong}`;
  throw new FormatError(`${place}: label ${data[wrong]}, expected ${firstLabel} to ${last}`);
}

function transposed(images: Uint8Array): Uint8Array {
  const turned = new Uint8Array(images.length);
  for (let begin = 0; begin < images.length; begin += digitPixels) {
    for (let row = 0; row < digitSide; row++) {
      for (let column = 0; column < digitSide; column++) {
        turned[begin + row * digitSide + column] = images[begin + column * digitSide + row]!;
      }
    }
  }
  return turned;
}

/** The usual names of an IDX file: train-images-idx3-ubyte, with a dot, and either with .gz. */
const namesOf = (name: string, axes: number): string[] =>
  [`${name}-idx${axes}-ubyte`, `${name}.idx${axes}-ubyte`].flatMap(raw => [raw, `${raw}.gz`]);

/** Whether a folder has the images of a form to train with. */
export async function hasIdxSet(tree: FileTree, form: IdxForm): Promise<boolean> {
  for (const name of namesOf(`${form.train}-images`, 3)) if (await tree.isFile(name)) return true;
  return false;
}

async function readIdx(
  tree: FileTree,
  name: string,
  axes: number,
  { caller, set }: IdxForm,
): Promise<IdxFile & { readonly file: string }> {
  const names = namesOf(name, axes);
  for (const each of names) {
    const file = tree.shown(each);
    if (await tree.isFile(each)) return { file, ...parseIdx(await tree.content(each), file, axes) };
  }
  throw new DataError(
    `${caller}: ${tree.shown('')} has no ${names[0]}, raw or as .gz; give the folder of the four ${set} files`,
  );
}
