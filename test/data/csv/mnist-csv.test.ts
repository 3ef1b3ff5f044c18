import { createReadStream } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { Tensor } from '../../../lib/index.ts';
import { readImage, readMnistCsv, type WriteMnistCsvOptions, writeMnistCsv } from '../../../lib/node.ts';
import { rejectionOf } from '../../error-of.ts';

const pixels = Uint8Array.from({ length: 3 * 784 }, (_, i) => (i * 7) % 256);
const images = new Tensor([3, 28, 28, 1], 'uint8', pixels);
const labels = new Tensor([3], 'uint8', Uint8Array.of(4, 0, 9));
const names = Array.from({ length: 784 }, (_, i) => `pixel${i}`);
const header = ['label', ...names].join(',');
const rows = [4, 0, 9].map((label, i) => [label, ...pixels.subarray(i * 784, (i + 1) * 784)].join(','));
const train = `${[header, ...rows].join('\n')}\n`;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

t.test('what is written is the form of Kaggle, and reads back to the same bits', async t => {
  const folder = t.testdir();
  const path = join(folder, 'train.csv');
  await writeMnistCsv(images, path, { labels });
  t.equal(await readFile(path, 'utf8'), train);
  t.strictSame(await readMnistCsv(path, { labels: true }), { images, labels });
  const test = join(folder, 'test.csv');
  await writeMnistCsv(images, test);
  t.equal(await readFile(test, 'utf8'), train.replaceAll(/^(label|\d+),/gm, ''));
  t.strictSame(await readMnistCsv(test), { images, labels: undefined });
  t.strictSame((await readdir(folder)).sort(), ['test.csv', 'train.csv'], 'nothing else is left');
  const many = new Tensor(
    [600, 784],
    'uint8',
    Uint8Array.from({ length: 600 * 784 }, (_, i) => (i * i) % 256),
  );
  await writeMnistCsv(many, path, { labels: Array.from({ length: 600 }, (_, i) => i % 10) });
  const back = await readMnistCsv(path, { labels: true });
  t.equal(Buffer.compare(back.images.data, many.data), 0);
  t.strictSame([...back.labels.data.subarray(598)], [8, 9]);
});

t.test('from a path, bytes, gzip, streams in small pieces, and an address', async t => {
  const path = join(t.testdir(), 'train.csv.gz');
  await writeFile(path, gzipSync(train));
  const small = async function* () {
    for (let at = 0; at < train.length; at += 1000) yield bytes(train.slice(at, at + 1000));
  };
  const packed = gzipSync(train);
  const byByte = async function* () {
    for (const byte of packed) yield Uint8Array.of(byte);
  };
  const sources = [path, bytes(train), gzipSync(train), small(), byByte(), createReadStream(path), new Blob([train])];
  for (const source of sources) t.strictSame(await readMnistCsv(source), { images, labels });
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/train.csv' ? 200 : 404;
    response.end(request.url === '/train.csv' ? train : '');
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await new Promise(resolve => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  t.strictSame(await readMnistCsv(`http://127.0.0.1:${port}/train.csv`), { images, labels });
  t.strictSame(await readMnistCsv(new URL(`http://127.0.0.1:${port}/train.csv`)), { images, labels });
  t.equal(
    await rejectionOf(readMnistCsv(`http://127.0.0.1:${port}/other.csv`)),
    `FileError: http://127.0.0.1:${port}/other.csv cannot be read: the server answers 404 Not Found; check the address`,
  );
  const stop = new AbortController();
  stop.abort(new Error('enough'));
  t.equal(await rejectionOf(readMnistCsv(path, { signal: stop.signal })), 'Error: enough');
  t.match(
    await rejectionOf(readMnistCsv('http://127.0.0.1:1/train.csv')),
    /^FileError: http:\/\/127\.0\.0\.1:1\/train\.csv cannot be read: .+; check the address and the connection$/,
  );
});

t.test('other forms that are about', async t => {
  const replaced = (name: (pixel: number) => string) =>
    train.replace(names.join(','), names.map((_, pixel) => name(pixel)).join(','));
  const forms: { readonly [form: string]: string } = {
    'Fashion-MNIST of Kaggle': replaced(pixel => `pixel${pixel + 1}`),
    'MNIST in CSV': replaced(pixel => `${Math.floor(pixel / 28) + 1}x${(pixel % 28) + 1}`),
    'no header': `${rows.join('\n')}\n`,
    'lines of Windows': train.replaceAll('\n', '\r\n'),
    'no end of the last line': train.trimEnd(),
    'empty lines at the end': `${train}\n\n`,
    'a byte order mark': `\ufeff${train}`,
    'values in quotes': train.replaceAll(/\w+/g, '"$&"'),
  };
  for (const [form, text] of Object.entries(forms)) {
    t.strictSame(await readMnistCsv(bytes(text)), { images, labels }, form);
  }
  const letters = train.replace('\n9,', '\n25,');
  t.strictSame([...(await readMnistCsv(bytes(letters), { classes: 26, labels: true })).labels.data], [4, 0, 25]);
});

/** The file with one field of its lines replaced. Lines and columns count from 1. */
function withField(line: number, column: number, field: string): string {
  const lines = train.split('\n').map(each => each.split(','));
  lines[line - 1]![column - 1] = field;
  return lines.map(each => each.join(',')).join('\n');
}

t.test('what is wrong is told with line and column', async t => {
  const wrongPixel = (got: string) => `line 3, column 12 ("pixel10"): expected an integer from 0 to 255, got ${got}`;
  const faults: [text: string, message: string][] = [
    ['', 'it is empty; expected a CSV file with a header'],
    ['\n\n', 'it is empty; expected a CSV file with a header'],
    [`${header}\n`, 'it has a header, but no rows after it'],
    [withField(3, 12, '256'), wrongPixel('"256"')],
    [withField(3, 12, '-1'), wrongPixel('"-1"')],
    [withField(3, 12, '12.5'), wrongPixel('"12.5"')],
    [withField(3, 12, '5.000e+00'), wrongPixel('"5.000e+00"')],
    [withField(3, 12, ''), wrongPixel('""')],
    [withField(3, 12, ' 5'), wrongPixel('" 5"')],
    [withField(3, 12, 'x'.repeat(1000)), wrongPixel(`"${'x'.repeat(40)}..."`)],
    [withField(4, 1, '10'), 'line 4, column 1 ("label"): expected an integer from 0 to 9, got "10"'],
    [withField(4, 1, 'NaN'), 'line 4, column 1 ("label"): expected an integer from 0 to 9, got "NaN"'],
    [withField(4, 785, '1,2'), 'line 4: it has 786 columns, expected 785 as in the first line'],
    [`${header}\n${rows[0]}\n7\n`, 'line 3: it has 1 column, expected 785 as in the first line'],
    [`${header}\n\n${rows[0]}\n`, 'line 2: it is empty, but rows follow'],
    [withField(1, 1, 'class'), 'line 1, column 1: expected the name "label", got "class"'],
    [withField(1, 5, 'pixel30'), 'line 1, column 5: expected the name "pixel3", got "pixel30"'],
    [
      'a,b,c\n1,2,3\n',
      'line 1: it has 3 columns, expected 785 ("label", "pixel0" to "pixel783") or 784 (without "label")',
    ],
    [
      'ImageId,Label\n1,2\n',
      'line 1: it has 2 columns, expected 785 ("label", "pixel0" to "pixel783") or 784 (without "label"); this is a file of predictions: readSubmissionCsv reads it',
    ],
    [withField(4, 3, '"7'), 'line 4: quoted field unterminated'],
    [`${header}\n${'7'.repeat(70_000)}`, 'line 2: it is longer than 65536 characters; expected lines of numbers'],
    [
      '<!DOCTYPE html><html>',
      'it is no CSV file: it is a web page; check the address, or whether the server has the file',
    ],
    ['label,\u0000', 'byte 6: it is no text, expected a CSV file'],
  ];
  for (const [text, message] of faults) {
    t.equal(await rejectionOf(readMnistCsv(bytes(text), { file: 'train.csv' })), `FormatError: train.csv: ${message}`);
  }
  const fails = (content: Uint8Array, options = {}) => rejectionOf(readMnistCsv(content, options));
  t.equal(
    await fails(new Uint8Array(Buffer.from(`\ufeff${train}`, 'utf16le'))),
    'FormatError: data: it is text in UTF-16, expected UTF-8; save it as "CSV UTF-8"',
  );
  t.equal(
    await fails(gzipSync(train).subarray(0, 500)),
    'FormatError: data: cannot be unpacked: unexpected end of file; download it again',
  );
  t.equal(
    await fails(bytes(train), { mostBytes: 5000 }),
    'FormatError: data: it has more than 5000 bytes; give { mostBytes } for more',
  );
  t.match(
    await rejectionOf(readImage(gzipSync(Buffer.alloc(2 ** 27)))),
    /^FormatError: data: \d+ bytes unpack to more than 6\d{7}, which no data does; it is made to exhaust memory$/,
  );
  t.equal(
    await fails(bytes(train.replaceAll(/^(label|\d+),/gm, '')), { labels: true }),
    'FormatError: data: line 1: there is no column "label", which is needed here',
  );
  t.equal(
    await rejectionOf(readMnistCsv('nowhere.csv')),
    'FileError: nowhere.csv cannot be read: there is no such file; check the path',
  );
});

t.test('options and tensors that are none', async t => {
  const read: (options: unknown) => Promise<string> = options =>
    rejectionOf(readMnistCsv(bytes(train), options as { labels: true }));
  t.equal(await read(null), 'OptionError: readMnistCsv: expected options, got null');
  t.equal(await read({ labels: 'yes' }), 'OptionError: readMnistCsv: labels must be true or false, got "yes"');
  t.equal(await read({ classes: 300 }), 'OptionError: readMnistCsv: classes must be an integer from 1 to 256, got 300');
  const path = join(t.testdir(), 'train.csv');
  const write: (given: unknown, options?: unknown) => Promise<string> = (given, options) =>
    rejectionOf(writeMnistCsv(given as Tensor, path, options as WriteMnistCsvOptions));
  t.equal(await write(5), 'DataError: writeMnistCsv: expected a tensor of images [N, 28, 28, 1], got 5');
  t.equal(await write(labels), 'ShapeError: writeMnistCsv: expected images of [N, 28, 28, 1], got [3]');
  t.equal(
    await write(images.cast('float32')),
    "DataError: writeMnistCsv: expected pixels as bytes, dtype uint8, got float32; scale them to 0 to 255 and use cast('uint8')",
  );
  t.equal(await write(images, null), 'OptionError: writeMnistCsv: expected options such as { labels }, got null');
  t.equal(
    await write(images, { labels: [1, 2] }),
    'ShapeError: writeMnistCsv: 3 images, but 2 labels; expected one for each image',
  );
  t.equal(
    await write(images, { labels: [1, 2, 2.5] }),
    'DataError: writeMnistCsv: labels[2]: expected an integer from 0 to 255, got 2.5',
  );
  t.match(
    await rejectionOf(writeMnistCsv(images, join(path, 'none', 'train.csv'))),
    /^FileError: .*train\.csv cannot be written: there is no folder .*none; create it, or check the path$/,
  );
});
