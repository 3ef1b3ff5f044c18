import { DataError, ShapeError } from '../../errors.ts';
import type { Pixels } from '../../files/png.ts';
import { Tensor } from '../../tensor/index.ts';
import { pathOf } from '../files/data-source.ts';
import { type FileTree, folderTree, statOf } from '../files/file-tree.ts';
import type { LabelledImages } from '../labelled-images.ts';
import type { Channels } from './pixels.ts';
import { checkImageForm, decodeImage, type ImageForm } from './read-image.ts';

/** An image and its label, as a `Dataset` takes examples. */
export interface ImageExample<S extends [number, number, number] = [number, number, number]> {
  /** [height, width, channels] */
  readonly x: Tensor<S, 'uint8'>;
  /** The number of its class, a tensor without axes. */
  readonly targets: Tensor<[], 'uint8'>;
  readonly file: string;
}

/** A file of a folder, not read yet. */
export interface LabelledFile {
  readonly file: string;
  readonly label: number;
}

type Side<O extends ImageForm, Axis extends 0 | 1> = O['size'] extends readonly [number, number]
  ? O['size'][Axis]
  : number;

/** What the images are like, as far as the options say it. */
export type FolderShape<O extends ImageForm> = [
  Side<O, 0>,
  Side<O, 1>,
  O['channels'] extends Channels ? O['channels'] : number,
];

const isImage = (name: string): boolean => /\.(png|jpe?g)$/i.test(name);
const mostClasses = 256;
/** Links can make folders that have no end. */
const deepest = 8;

/**
 * A folder for each class with its images, PNG and JPEG. It can be iterated over as often as one likes, and reads one image after
 * the other then; `load` gives all of them at once.
 */
export class ImageFolder<S extends [number, number, number] = [number, number, number]>
  implements AsyncIterable<ImageExample<S>>
{
  /** The names of the folders, sorted: as numbers if all are, else as texts. The label is the place here. */
  readonly classNames: readonly string[];
  /** Class by class, in each sorted by name. */
  readonly files: readonly LabelledFile[];
  readonly #tree: FileTree;
  readonly #paths: readonly string[];
  readonly #form: ImageForm;

  constructor(tree: FileTree, classNames: readonly string[], files: readonly TreeFile[], form: ImageForm) {
    this.classNames = classNames;
    this.files = files.map(({ path, label }) => ({ file: tree.shown(path), label }));
    this.#tree = tree;
    this.#paths = files.map(({ path }) => path);
    this.#form = form;
  }

  /** Number of images. */
  get length(): number {
    return this.files.length;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ImageExample<S>> {
    for (const [i, { file, label }] of this.files.entries()) {
      const { height, width, channels, data } = await this.#read(i);
      const x = new Tensor([height, width, channels] as const, 'uint8', data) as Tensor<readonly number[], 'uint8'>;
      yield { x: x as Tensor<S, 'uint8'>, targets: new Tensor([], 'uint8', Uint8Array.of(label)), file };
    }
  }

  /**
   * All images and their labels. Throws ShapeError for images of different sizes or channels, and what `imageFolder` says of
   * files.
   */
  async load(): Promise<LabelledImages<number, S>> {
    const first = await this.#read(0);
    const { height, width, channels } = first;
    const stride = first.data.length;
    const pixels = new Uint8Array(stride * this.length);
    pixels.set(first.data);
    for (let i = 1; i < this.length; i++) {
      const image = await this.#read(i);
      if (image.height !== height || image.width !== width || image.channels !== channels) {
        throw new ShapeError(
          `imageFolder: ${this.files[i]!.file} has ${described(image)}, ${this.files[0]!.file} ${described(first)}; give { size, channels } to make them alike`,
        );
      }
      pixels.set(image.data, i * stride);
    }
    const shape = [this.length, height, width, channels] as const;
    const images = new Tensor<readonly number[], 'uint8'>(shape, 'uint8', pixels);
    const labels = new Tensor<[number], 'uint8'>(
      [this.length],
      'uint8',
      Uint8Array.from(this.files, ({ label }) => label),
    );
    return { images: images as Tensor<[number, ...S], 'uint8'>, labels };
  }

  async #read(i: number): Promise<Pixels> {
    return decodeImage(await this.#tree.content(this.#paths[i]!), this.files[i]!.file, this.#form);
  }
}

const described = ({ height, width, channels }: Pixels): string =>
  `${height}x${width} pixels of ${plural(channels, 'channel')}`;

/** A file by its path in a tree. */
interface TreeFile {
  readonly path: string;
  readonly label: number;
}

/**
 * Images in folders by class: `cats/1.png`, `dogs/2.jpg`. They are not read before somebody asks for them; `size` makes them
 * one size, `channels` gray, RGB or RGBA. Folders in the folder of a class belong to it; files with other endings are passed over. Throws
 * DataError if there is no such folder or nothing in it; FileError and FormatError, when an image is read, name its file.
 */
export async function imageFolder<const O extends ImageForm>(
  path: string | URL,
  options?: O,
): Promise<ImageFolder<FolderShape<O>>> {
  const form: ImageForm = options ?? {};
  checkImageForm('imageFolder', form);
  const root = pathOf('imageFolder', path);
  if ((await statOf(root))?.isDirectory() !== true) {
    throw new DataError(
      `imageFolder: there is no folder ${root}; give a folder with a folder of images for each class`,
    );
  }
  const tree = folderTree(root);
  const classNames = await classFolders(tree, '');
  if (classNames.length > 0) return openImageFolder(tree, '', classNames, form);
  const { files, folders } = await tree.list('');
  const found = files.length + folders.length === 0 ? 'it is empty' : `it has ${counted(files, folders)}`;
  throw new DataError(
    `imageFolder: ${root} has no folders of PNG or JPEG images by class, such as ${root}/7/1.png: ${found}`,
  );
}

const counted = (files: readonly string[], folders: readonly string[]): string =>
  `${plural(files.length, 'file')} and ${plural(folders.length, 'folder')} without images`;

/** 1 file, 2 files */
export const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** The folders in a folder that have images, sorted as labels are. */
export async function classFolders(tree: FileTree, folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of (await tree.list(folder)).folders) {
    if (await hasImages(tree, joined(folder, name))) names.push(name);
  }
  const areNumbers = names.every(name => /^\d+$/.test(name));
  return areNumbers ? names.sort((a, b) => Number(a) - Number(b)) : names;
}

async function hasImages(tree: FileTree, folder: string, depth = 1): Promise<boolean> {
  const { files, folders } = await tree.list(folder);
  if (files.some(isImage)) return true;
  if (depth === deepest) return false;
  for (const name of folders) if (await hasImages(tree, joined(folder, name), depth + 1)) return true;
  return false;
}

/** The images in the folders of these classes. */
export async function openImageFolder<S extends [number, number, number]>(
  tree: FileTree,
  folder: string,
  classNames: readonly string[],
  form: ImageForm,
): Promise<ImageFolder<S>> {
  if (classNames.length > mostClasses) {
    throw new DataError(
      `imageFolder: ${tree.shown(folder)} has ${classNames.length} classes, expected at most ${mostClasses}`,
    );
  }
  const files: TreeFile[] = [];
  // Who reads a test set gives the classes that were trained, of which some may not be there.
  const { folders } = await tree.list(folder);
  for (const [label, name] of classNames.entries()) {
    if (name !== '' && !folders.includes(name)) continue;
    for (const path of await imagesIn(tree, joined(folder, name))) files.push({ path, label });
  }
  return new ImageFolder(tree, classNames, files, form);
}

/** The paths of the images in a folder and in those inside it. */
export async function imagesIn(tree: FileTree, folder: string, depth = 1): Promise<string[]> {
  const { files, folders } = await tree.list(folder);
  const paths = files.filter(isImage).map(name => joined(folder, name));
  if (depth === deepest) return paths;
  for (const name of folders) paths.push(...(await imagesIn(tree, joined(folder, name), depth + 1)));
  return paths;
}

export const joined = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
