/** What a folder, or an archive, has of digits. */
import { createHash } from 'node:crypto';
import { DataError } from '../errors.ts';
import type { Tensor } from '../tensor/index.ts';
import { type MnistCsv, parseMnistCsv } from './csv/read-mnist-csv.ts';
import type { FileTree } from './files/file-tree.ts';
import { hasIdxSet, readIdxSet } from './idx-set.ts';
import {
  type EmnistSplit,
  emnistSet,
  emnistSplits,
  fashionMnistSet,
  type KnownSet,
  kmnistSet,
  mnistSet,
} from './image-sets.ts';
import { classFolders, imagesIn, joined, openImageFolder, plural } from './images/image-folder.ts';
import { digitSide, type Images, type LabelledImages } from './labelled-images.ts';

/** Images of 28x28 pixels, gray, to train and to test with. */
export interface Digits {
  /** Of the set: MNIST, or that of its folder or file. */
  readonly name: string;
  /** What the labels mean, from 0 on. */
  readonly classNames: readonly string[];
  readonly train: LabelledImages;
  readonly test: LabelledImages | undefined;
  /** Images whose labels are to be predicted, such as Kaggle's `test.csv`. */
  readonly unlabelled: Images | undefined;
}

/** What the caller knows. */
export interface GivenClasses {
  readonly classNames: readonly string[] | undefined;
  readonly split: EmnistSplit | undefined;
}

/** A folder may hold nothing but a folder, as archives do when they are unpacked. */
const deepest = 3;

/** The digits of a tree; undefined if it has none. Throws what the readers throw. */
export async function findDigits(tree: FileTree, given: GivenClasses, depth = 0): Promise<Digits | undefined> {
  const found = (await findIdx(tree, given)) ?? (await findCsv(tree, given)) ?? (await findImages(tree, given));
  if (found !== undefined || depth === deepest) return found;
  const { folders } = await tree.list('');
  if (folders.length !== 1) return undefined;
  return findDigits(inside(tree, folders[0]!), given, depth + 1);
}

/** The folder of a tree as a tree. */
function inside(tree: FileTree, folder: string): FileTree {
  const within = (path: string): string => (path === '' ? folder : joined(folder, path));
  return {
    name: folder,
    shown: path => tree.shown(within(path)),
    isFile: path => tree.isFile(within(path)),
    list: path => tree.list(within(path)),
    pieces: path => tree.pieces(within(path)),
    content: path => tree.content(within(path)),
  };
}

async function findIdx(tree: FileTree, { classNames, split }: GivenClasses): Promise<Digits | undefined> {
  if (await hasIdxSet(tree, mnistSet.form)) {
    const form = { ...mnistSet.form, caller: 'loadDigits', classes: classNames?.length ?? mnistSet.form.classes };
    const { train, test } = await readIdxSet(tree, form);
    const known = knownBy(test.labels, tree.name);
    const names = classNames ?? known?.classNames ?? mnistSet.classNames;
    return { name: known?.name ?? tree.name, classNames: names, train, test, unlabelled: undefined };
  }
  const there: EmnistSplit[] = [];
  for (const each of emnistSplits) if (await hasIdxSet(tree, emnistSet(each).form)) there.push(each);
  if (there.length === 0) return undefined;
  const chosen = split ?? there[0]!;
  if (!there.includes(chosen) || (split === undefined && there.length > 1)) {
    const asked = split === undefined ? 'choose one by { split }' : `there is no ${JSON.stringify(split)}`;
    throw new DataError(`loadDigits: ${tree.shown('')} has these splits of EMNIST: ${there.join(', ')}; ${asked}`);
  }
  const known = emnistSet(chosen);
  const { train, test } = await readIdxSet(tree, { ...known.form, caller: 'loadDigits' });
  return { name: known.name, classNames: classNames ?? known.classNames, train, test, unlabelled: undefined };
}

/** SHA-256 of the labels to test with. */
const fingerprints: { readonly [sha256: string]: KnownSet } = {
  ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5: mnistSet,
  '3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9': fashionMnistSet,
};

/** A set by its content; KMNIST by the name of its folder. */
function knownBy({ data }: Tensor<[number], 'uint8'>, name: string): KnownSet | undefined {
  return (
    fingerprints[createHash('sha256').update(data).digest('hex')] ?? (/k-?mnist/i.test(name) ? kmnistSet : undefined)
  );
}

/** Names with and without what sets of people put around them: mnist_train.csv. */
const csvName = (role: 'train' | 'test') => [
  new RegExp(`^${role}\\.csv(\\.gz)?$`, 'i'),
  new RegExp(`(^|[-_.])${role}\\.csv(\\.gz)?$`, 'i'),
];

async function findCsv(
  tree: FileTree,
  { classNames = mnistSet.classNames }: GivenClasses,
): Promise<Digits | undefined> {
  const { files } = await tree.list('');
  const fileOf = (role: 'train' | 'test'): string | undefined =>
    csvName(role)
      .map(pattern => files.find(file => pattern.test(file)))
      .find(file => file !== undefined);
  const trainFile = fileOf('train');
  if (trainFile === undefined) return undefined;
  const read = (file: string, labels: boolean): Promise<MnistCsv> =>
    parseMnistCsv(tree.pieces(file), tree.shown(file), { labels, classes: classNames.length });
  const { images, labels } = await read(trainFile, true);
  const testFile = fileOf('test');
  const test = testFile === undefined ? undefined : await read(testFile, false);
  return {
    name: tree.name,
    classNames,
    train: { images, labels: labels! },
    test: test?.labels === undefined ? undefined : { images: test.images, labels: test.labels },
    unlabelled: test === undefined || test.labels !== undefined ? undefined : { images: test.images },
  };
}

const imageForm = { size: [digitSide, digitSide], channels: 1 } as const;

async function findImages(tree: FileTree, given: GivenClasses): Promise<Digits | undefined> {
  const { folders } = await tree.list('');
  const folderOf = (names: RegExp): string | undefined => folders.find(folder => names.test(folder));
  const trainFolder = folderOf(/^train(ing)?$/i) ?? '';
  const names = await classFolders(tree, trainFolder);
  if (names.length === 0) return undefined;
  const classNames = given.classNames ?? names;
  if (classNames.length !== names.length) {
    throw new DataError(
      `loadDigits: ${tree.shown(trainFolder)} has ${plural(names.length, 'folder')} of images, but classNames has ${classNames.length}`,
    );
  }
  const load = async (folder: string) => (await openImageFolder<[28, 28, 1]>(tree, folder, names, imageForm)).load();
  const train = await load(trainFolder);
  const testFolder = trainFolder === '' ? undefined : folderOf(/^test(ing)?$/i);
  const testNames = testFolder === undefined ? [] : await classFolders(tree, testFolder);
  const strange = testNames.find(name => !names.includes(name));
  if (strange !== undefined) {
    const known = `the classes to train with are ${names.join(', ')}`;
    throw new DataError(`loadDigits: ${tree.shown(joined(testFolder!, strange))} is of no class; ${known}`);
  }
  return {
    name: tree.name,
    classNames,
    train,
    test: testNames.length > 0 ? await load(testFolder!) : undefined,
    unlabelled: testFolder === undefined || testNames.length > 0 ? undefined : await unlabelledIn(tree, testFolder),
  };
}

/** Images that lie in no folder of a class. */
async function unlabelledIn(tree: FileTree, folder: string): Promise<Images | undefined> {
  if ((await imagesIn(tree, folder)).length === 0) return undefined;
  const within = inside(tree, folder);
  const { images } = await (await openImageFolder<[28, 28, 1]>(within, '', [''], imageForm)).load();
  return { images };
}
