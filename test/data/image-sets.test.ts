import t from 'tap';
import { type EmnistSplit, emnist, fashionMnist, kmnist } from '../../lib/node.ts';
import { rejectionOf } from '../error-of.ts';
import { idxFiles, mnistFiles, testPixels, trainPixels, turned, writeFiles } from './idx-folders.ts';

t.test('Fashion-MNIST and KMNIST: the files of MNIST, other classes', async t => {
  const folder = await writeFiles(t.testdir(), mnistFiles);
  const fashion = await fashionMnist({ folder });
  t.equal(fashion.name, 'Fashion-MNIST');
  t.strictSame([...fashion.train.images.data], [...trainPixels]);
  t.strictSame(
    [...fashion.train.labels.data].map(label => fashion.classNames[label]),
    ['Coat', 'T-shirt/top', 'Ankle boot'],
  );
  const characters = await kmnist({ folder });
  t.strictSame([characters.name, characters.classNames.join('')], ['KMNIST', 'おきすつなはまやれを']);
  t.strictSame([...characters.test.labels.data], [8, 1]);
  const missing = `${folder}/none`;
  t.equal(
    await rejectionOf(kmnist({ folder: missing })),
    `DataError: kmnist: there is no folder ${missing}; give the folder of the four KMNIST files`,
  );
  t.equal(
    await rejectionOf(kmnist({} as { folder: string })),
    'OptionError: kmnist: folder must be the path of a folder, got undefined',
  );
  t.equal(
    await rejectionOf(fashionMnist({ folder: 5 } as unknown as { folder: string })),
    'OptionError: fashionMnist: folder must be the path of a folder, got 5',
  );
});

/** The mapping files of EMNIST as they are published: label, and the codes of its characters. */
const mappings: { readonly [split in EmnistSplit]: string } = {
  byclass: '0 48,9 57,10 65,35 90,36 97,61 122',
  bymerge: '0 48,9 57,10 65,35 90,36 97,37 98,38 100,39 101,40 102,41 103,42 104,43 110,44 113,45 114,46 116',
  balanced: '0 48,9 57,10 65,35 90,36 97,37 98,38 100,39 101,40 102,41 103,42 104,43 110,44 113,45 114,46 116',
  letters: '1 65,2 66,25 89,26 90',
  digits: '0 48,5 53,9 57',
  mnist: '0 48,5 53,9 57',
};
const classCounts = { byclass: 62, bymerge: 47, balanced: 47, letters: 26, digits: 10, mnist: 10 } as const;

t.test('EMNIST: every split upright, with its classes, from 0 on', async t => {
  for (const split of Object.keys(mappings) as EmnistSplit[]) {
    const mapping = mappings[split].split(',').map(line => line.split(' ').map(Number));
    const [first, last] = [mapping[0]![0]!, mapping.at(-1)![0]!];
    const labels = { train: [first, last, first], test: [last, first] };
    const files = idxFiles(`emnist-${split}-train`, `emnist-${split}-test`, labels);
    const set = await emnist(split, { folder: await writeFiles(t.testdir(), files) });
    t.equal(set.name, `EMNIST ${split}`);
    t.equal(set.classNames.length, classCounts[split], split);
    for (const [label = 0, code = 0] of mapping) {
      t.equal(set.classNames[label - first], String.fromCharCode(code), `${split}: label ${label}`);
    }
    t.strictSame([...set.train.labels.data], [0, last - first, 0], `${split}: labels`);
    t.equal(Buffer.compare(set.train.images.data, turned(trainPixels)), 0, `${split}: images to train with`);
    t.equal(Buffer.compare(set.test.images.data, turned(testPixels)), 0, `${split}: images to test with`);
  }
});

t.test('EMNIST: what is wrong is told', async t => {
  const files = idxFiles('emnist-letters-train', 'emnist-letters-test', { train: [1, 26, 0], test: [1, 2] });
  const folder = await writeFiles(t.testdir(), files);
  t.equal(
    await rejectionOf(emnist('letters', { folder })),
    `FormatError: ${folder}/emnist-letters-train-labels-idx1-ubyte: byte 10: label 0, expected 1 to 26`,
  );
  t.equal(
    await rejectionOf(emnist('digits', { folder })),
    `DataError: emnist: ${folder} has no emnist-digits-train-images-idx3-ubyte, raw or as .gz; give the folder of the four EMNIST digits files`,
  );
  t.equal(
    await rejectionOf(emnist('words' as EmnistSplit, { folder })),
    'OptionError: emnist: unknown split "words"; known: byclass, bymerge, balanced, letters, digits, mnist',
  );
});
