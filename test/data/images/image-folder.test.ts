import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { Dataset, type Tensor } from '../../../lib/index.ts';
import { imageFolder, readImage } from '../../../lib/node.ts';
import { rejectionOf } from '../../error-of.ts';
import { writeFiles } from '../idx-folders.ts';
import { imageFile } from './image-files.ts';

const gray = imageFile('colour type 0, 8 bits');
const color = imageFile('colour type 2, 8 bits');
const photograph = imageFile('gray');
const noImage = new TextEncoder().encode('no image');

t.test('a folder for each class, read at once or one after the other', async t => {
  const folder = await writeFiles(t.testdir(), {
    '2/a.png': gray,
    '10/b.JPG': photograph,
    '10/deeper/c.jpeg': photograph,
    '10/note.txt': noImage,
    '2/.hidden.png': noImage,
    'empty/note.txt': noImage,
    'note.txt': noImage,
  });
  await symlink(folder, join(folder, '10/deeper/again'));
  const images = await imageFolder(folder, { size: [28, 28], channels: 1 });
  t.strictSame(images.classNames, ['2', '10'], 'sorted as numbers');
  const again = images.files.filter(({ file }) => file.includes('again')).length;
  t.ok(again > 0 && again < 100, 'a link that leads back has an end');
  const set = await images.load();
  const typed: Tensor<[number, 28, 28, 1], 'uint8'> = set.images;
  t.strictSame(typed.shape, [images.length, 28, 28, 1]);
  t.strictSame(
    [...set.labels.data],
    images.files.map(({ label }) => label),
  );
  for (const pass of [1, 2]) {
    let i = 0;
    for await (const { x, targets, file } of images) {
      t.strictSame([x.shape, targets.shape, targets.item()], [[28, 28, 1], [], set.labels.data[i]], `pass ${pass}`);
      t.equal(file, images.files[i]!.file);
      t.equal(Buffer.compare(x.data, set.images.data.subarray(i * 784, (i + 1) * 784)), 0);
      i++;
    }
    t.equal(i, images.length);
  }
  const { x, targets } = await Dataset.fromExamples(images).toTensors();
  t.strictSame([x.shape, [...x.data]], [set.images.shape, [...set.images.data]], 'as a dataset');
  t.strictSame([...targets.data], [...set.labels.data]);
  const alone = await readImage(gray, { size: [28, 28] });
  t.equal(Buffer.compare(set.images.data.subarray(0, 784), alone.data), 0);
});

t.test('names as texts, and images as they are', async t => {
  const folder = await writeFiles(t.testdir(), { 'dog/1.png': gray, 'cat/1.png': gray, 'cat/2.png': gray });
  const images = await imageFolder(pathToFileURL(folder));
  t.strictSame([images.classNames, images.length], [['cat', 'dog'], 3]);
  const { images: pixels, labels } = await images.load();
  t.strictSame(
    [pixels.shape, [...labels.data]],
    [
      [3, 11, 13, 1],
      [0, 0, 1],
    ],
  );
});

t.test('what is wrong is told with the name of the file', async t => {
  const folder = await writeFiles(t.testdir(), { 'a/1.png': gray, 'b/2.png': color, 'b/3.png': noImage });
  const images = await imageFolder(folder);
  t.equal(
    await rejectionOf(images.load()),
    `ShapeError: imageFolder: ${folder}/b/2.png has 11x13 pixels of 3 channels, ${folder}/a/1.png 11x13 pixels of 1 channel; give { size, channels } to make them alike`,
  );
  t.equal(
    await rejectionOf((await imageFolder(folder, { channels: 3 })).load()),
    `FormatError: ${folder}/b/3.png: expected an image, PNG or JPEG: it begins with the bytes 110, 111, 32, 105`,
  );
  t.equal(
    await rejectionOf(imageFolder(join(folder, 'none'))),
    `DataError: imageFolder: there is no folder ${folder}/none; give a folder with a folder of images for each class`,
  );
  t.equal(
    await rejectionOf(imageFolder(join(folder, 'a'))),
    `DataError: imageFolder: ${folder}/a has no folders of PNG or JPEG images by class, such as ${folder}/a/7/1.png: it has 1 file and 0 folders without images`,
  );
  t.equal(
    await rejectionOf(imageFolder(t.testdir())),
    `DataError: imageFolder: ${t.testdirName} has no folders of PNG or JPEG images by class, such as ${t.testdirName}/7/1.png: it is empty`,
  );
  t.equal(
    await rejectionOf(imageFolder(folder, { channels: 2 } as unknown as { channels: 1 })),
    'OptionError: imageFolder: channels must be 1, 3 or 4, got 2',
  );
});
