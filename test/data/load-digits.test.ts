import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { writeZip } from '../../lib/files/zip.ts';
import { type Digits, loadDigits } from '../../lib/node.ts';
import { rejectionOf } from '../error-of.ts';
import { type Files, idxFiles, mnistFiles, testPixels, trainPixels, turned, writeFiles } from './idx-folders.ts';
import { imageFile } from './images/image-files.ts';

const names = Array.from({ length: 784 }, (_, i) => `pixel${i}`);
const rowsOf = (pixels: Uint8Array): string[] =>
  Array.from({ length: pixels.length / 784 }, (_, i) => pixels.subarray(i * 784, (i + 1) * 784).join(','));
const bytes = (lines: readonly string[]): Uint8Array => new TextEncoder().encode(`${lines.join('\n')}\n`);
const labelled = (pixels: Uint8Array, labels: readonly number[]): Uint8Array =>
  bytes([['label', ...names].join(','), ...rowsOf(pixels).map((row, i) => `${labels[i]},${row}`)]);
const train = labelled(trainPixels, [4, 0, 9]);
const test = bytes([names.join(','), ...rowsOf(testPixels)]);
const labelledTest = labelled(testPixels, [8, 1]);
const answers = bytes(['ImageId,Label', '1,8', '2,1']);

/** What was found, short. */
function found({ train, test, unlabelled, classNames, name }: Digits) {
  return {
    name,
    classes: classNames.length,
    train: [...train.labels.data],
    test: test && [...test.labels.data],
    unlabelled: unlabelled?.images.shape[0],
  };
}

const both = { classes: 10, train: [4, 0, 9], test: [8, 1], unlabelled: undefined };
const kaggle = { classes: 10, train: [4, 0, 9], test: undefined, unlabelled: 2 };

t.test('MNIST without a source', async t => {
  const digits = await loadDigits();
  t.strictSame([digits.name, digits.classNames.join('')], ['MNIST', '0123456789']);
  t.strictSame([digits.train.labels.size, digits.test?.labels.size], [60_000, 10_000]);
  t.equal((await loadDigits(undefined, { classNames: Array.from('abcdefghij') })).classNames[9], 'j');
});

t.test('folders, and archives of them, by what is in them', async t => {
  const picture = imageFile('colour type 0, 8 bits');
  const byClass: Files = { 'train/7/1.png': picture, 'train/3/1.png': picture, 'test/7/2.png': picture };
  const cases: [what: string, files: Files, expected: object][] = [
    ['IDX', mnistFiles, both],
    ['Kaggle', { 'train.csv': train, 'test.csv': test, 'test-labels.csv': answers }, kaggle],
    ['Kaggle, packed', { 'train.csv.gz': gzipSync(train), 'test.csv.gz': gzipSync(test) }, kaggle],
    ['MNIST in CSV', { 'mnist_train.csv': train, 'mnist_test.csv': labelledTest }, both],
    ['to train with alone', { 'train.csv': train }, { ...kaggle, unlabelled: undefined }],
    ['by class', byClass, { classes: 2, train: [0, 1], test: [1], unlabelled: undefined }],
    [
      'by class at once',
      { '0/a.png': picture, '1/b.png': picture },
      { ...kaggle, classes: 2, train: [0, 1], unlabelled: undefined },
    ],
    [
      'by class, test without',
      { 'train/7/1.png': picture, 'test/1.png': picture },
      { ...kaggle, classes: 1, train: [0], unlabelled: 1 },
    ],
    ['in a folder of a folder', { 'a/b/train.csv': train, 'a/b/test.csv': test }, kaggle],
  ];
  for (const [what, files, expected] of cases) {
    const folder = await writeFiles(t.testdir(), files);
    const inFolder = found(await loadDigits(folder));
    t.match(inFolder, expected, what);
    const path = join(folder, 'digits.zip');
    await writeFile(path, writeZip(files));
    t.match(found(await loadDigits(pathToFileURL(path))), expected, `${what}, as an archive`);
  }
  const folder = await writeFiles(t.testdir(), mnistFiles);
  const { train: images } = await loadDigits(folder);
  t.equal(Buffer.compare(images.images.data, trainPixels), 0);
});

t.test('successors of MNIST', async t => {
  const files = idxFiles('emnist-letters-train', 'emnist-letters-test', { train: [1, 2, 26], test: [3, 4] });
  const folder = await writeFiles(t.testdir(), files);
  const letters = await loadDigits(folder);
  t.match(found(letters), { name: 'EMNIST letters', classes: 26, train: [0, 1, 25], test: [2, 3] });
  t.equal(Buffer.compare(letters.train.images.data, turned(trainPixels)), 0);
  t.equal(
    await rejectionOf(loadDigits(folder, { split: 'digits' })),
    `DataError: loadDigits: ${folder} has these splits of EMNIST: letters; there is no "digits"`,
  );
  await writeFiles(folder, idxFiles('emnist-digits-train', 'emnist-digits-test', { train: [1, 2, 9], test: [3, 4] }));
  t.equal(
    await rejectionOf(loadDigits(folder)),
    `DataError: loadDigits: ${folder} has these splits of EMNIST: letters, digits; choose one by { split }`,
  );
  t.equal((await loadDigits(folder, { split: 'digits' })).name, 'EMNIST digits');
  const japanese = await writeFiles(
    t.testdir(),
    Object.fromEntries(Object.entries(mnistFiles).map(([k, v]) => [`kmnist/${k}`, v])),
  );
  t.equal((await loadDigits(japanese)).classNames[0], 'お');
});

t.test('single files, and addresses of them', async t => {
  const folder = await writeFiles(t.testdir(), { 'mine.csv': train, 'other.dat': gzipSync(train) });
  t.strictSame(found(await loadDigits(join(folder, 'mine.csv'))), { ...kaggle, name: 'mine', unlabelled: undefined });
  t.match(found(await loadDigits(join(folder, 'other.dat'))), { name: 'other.dat', train: [4, 0, 9] });
  const archive = writeZip({ 'train.csv': train, 'test.csv': test });
  const server = createServer((request, response) => {
    response.end(request.url === '/archive' ? archive : train);
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await new Promise(resolve => server.once('listening', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.match(found(await loadDigits(`${address}/uc?id=1`)), { train: [4, 0, 9] });
  t.match(found(await loadDigits(new URL(`${address}/archive`))), kaggle);
  t.equal(
    await rejectionOf(loadDigits(`${address}/uc?id=1`, { mostBytes: 1000 })),
    `FormatError: ${address}/uc?id=1: it has more than 1000 bytes; give { mostBytes } for more`,
  );
  const expected =
    'expected a folder, a zip archive or a CSV file of digits: the IDX files of MNIST, train.csv and test.csv as Kaggle has them, or folders of images by class';
  await writeFiles(folder, {
    'a.png': imageFile('gray'),
    'train-labels-idx1-ubyte': mnistFiles['train-labels-idx1-ubyte']!,
    'empty.csv': new Uint8Array(0),
    'strange/1/notes.txt': answers,
    'test.csv': test,
  });
  const fails = (name: string): Promise<string> => rejectionOf(loadDigits(join(folder, name)));
  t.equal(
    await fails('a.png'),
    `FormatError: ${folder}/a.png: it is a single image, which readImage reads; ${expected}`,
  );
  t.equal(
    await fails('train-labels-idx1-ubyte'),
    `FormatError: ${folder}/train-labels-idx1-ubyte: it is one of the four IDX files of a set; ${expected}`,
  );
  t.equal(await fails('empty.csv'), `FormatError: ${folder}/empty.csv: it is empty; expected a CSV file with a header`);
  t.equal(
    await fails('test.csv'),
    `FormatError: ${folder}/test.csv: line 1: there is no column "label", which is needed here`,
  );
  t.equal(
    await fails('none'),
    `FileError: ${folder}/none cannot be read: there is no such file or folder; check the path`,
  );
  t.equal(
    await fails('strange'),
    `DataError: loadDigits: ${folder}/strange has no files and the folders 1; ${expected}`,
  );
  t.equal(
    await rejectionOf(loadDigits(folder)),
    `DataError: loadDigits: ${folder} has the files a.png, empty.csv, mine.csv, other.dat, test.csv, train-labels-idx1-ubyte and the folders strange; ${expected}`,
  );
});

t.test('options that are none', async t => {
  const load: (source: unknown, options?: unknown) => Promise<string> = (source, options) =>
    rejectionOf(loadDigits(source as string, options as { mostBytes: 1 }));
  t.equal(await load(5), 'OptionError: loadDigits: expected a path or an address, got 5');
  t.equal(await load('x', null), 'OptionError: loadDigits: expected options, got null');
  t.equal(await load('x', { classNames: [] }), 'OptionError: loadDigits: classNames must be 1 to 256 names, got []');
  const picture = imageFile('colour type 0, 8 bits');
  const folder = await writeFiles(t.testdir(), { 'train/7/1.png': picture, 'test/8/1.png': picture });
  t.equal(
    await load(folder),
    `DataError: loadDigits: ${folder}/test/8 is of no class; the classes to train with are 7`,
  );
  t.equal(
    await load(folder, { classNames: ['a', 'b'] }),
    `DataError: loadDigits: ${folder}/train has 1 folder of images, but classNames has 2`,
  );
});
