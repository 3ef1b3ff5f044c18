import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PNG } from 'pngjs';
import t from 'tap';
import { crc32 } from '../../../lib/files/crc.ts';
import { readImage } from '../../../lib/node.ts';
import { rejectionOf } from '../../error-of.ts';
import { bytesOf, golden, imageFile } from './image-files.ts';

/** The greatest difference between two images. */
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

t.test('PNG of every kind, exactly', async t => {
  const { width, height, cases } = golden.png;
  t.equal(cases.length, 37);
  for (const { name, file, channels, pixels } of cases) {
    const read = await readImage(bytesOf(file));
    t.strictSame({ ...read, data: undefined }, { width, height, channels, data: undefined }, name);
    t.equal(Buffer.compare(read.data, bytesOf(pixels)), 0, `${name}: the pixels`);
  }
});

t.test('JPEG, as libjpeg unpacks it', async t => {
  for (const { name, file, width, height, channels, pixels } of golden.jpeg) {
    const read = await readImage(bytesOf(file));
    t.strictSame({ ...read, data: undefined }, { width, height, channels, data: undefined }, name);
    // libjpeg makes the colours smooth where it enlarges them, jpeg-js does not.
    const most = /4:2|CMYK/.test(name) ? 24 : 3;
    const found = difference(read.data, bytesOf(pixels));
    t.ok(found <= most, `${name}: differs by ${found}`);
  }
});

t.test('other channels and sizes, as Pillow makes them', async t => {
  const { width, height, pixels } = golden.rough;
  const file = PNG.sync.write(
    Object.assign(new PNG({ width, height, inputColorType: 2 }), { data: Buffer.from(bytesOf(pixels)) }),
    { inputColorType: 2, colorType: 2, inputHasAlpha: false },
  );
  const gray = await readImage(file, { channels: 1 });
  t.equal(Buffer.compare(gray.data, bytesOf(golden.gray)), 0, 'gray');
  for (const [i, size] of golden.sizes.entries()) {
    const read = await readImage(file, { size });
    t.strictSame([read.height, read.width], size);
    const found = difference(read.data, bytesOf(golden.resized.RGB[i]!));
    t.ok(found <= 1, `${size}: differs by ${found}`);
  }
  const four = await readImage(imageFile('colour type 4, 8 bits'), { channels: 4 });
  const white = await readImage(imageFile('colour type 4, 8 bits'), { channels: 1 });
  const expected = Array.from(white.data, (_, i) => {
    const [value, alpha] = [four.data[4 * i]!, four.data[4 * i + 3]!];
    return Math.round((value * alpha + 255 * (255 - alpha)) / 255);
  });
  t.strictSame([...white.data], expected, 'what is transparent lies on white');
  const opaque = await readImage(imageFile('colour type 0, 8 bits'), { channels: 4 });
  const one = await readImage(imageFile('colour type 0, 8 bits'));
  t.strictSame([...opaque.data.subarray(0, 4)], [one.data[0], one.data[0], one.data[0], 255]);
});

t.test('from a path, a file: URL, a Blob, a Response and a stream', async t => {
  const bytes = imageFile('colour type 2, 8 bits');
  const folder = t.testdir();
  const path = join(folder, 'seven.jpg');
  await writeFile(path, bytes);
  const expected = await readImage(bytes);
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const sources = [path, pathToFileURL(path), blob, new Response(blob), blob.stream(), bytes.slice().buffer];
  for (const source of sources) t.strictSame(await readImage(source), expected);
});

/** A PNG file whose header promises another size; its checksum is right. */
function ofSize(width: number, height: number): Uint8Array {
  const bytes = imageFile('colour type 0, 8 bits');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(16, width);
  view.setUint32(20, height);
  view.setUint32(29, crc32(bytes.subarray(12, 29)));
  return bytes;
}

t.test('what is no image, damaged, or a bomb, is refused with its place', async t => {
  const png = imageFile('colour type 0, 8 bits');
  const jpeg = imageFile('gray');
  const longer = png.slice();
  longer[61] = longer[61]! ^ 1;
  const flipped = png.slice();
  flipped[70] = flipped[70]! ^ 1;
  /** The checksum of the first chunk of pixels. */
  const hex = (bytes: Uint8Array): string =>
    crc32(bytes.subarray(63, 59 + 8 + length))
      .toString(16)
      .padStart(8, '0');
  const length = new DataView(png.buffer, png.byteOffset).getUint32(59);
  const frameAt = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
  const huge = jpeg.slice();
  new DataView(huge.buffer).setUint32(frameAt + 5, 0xf000f000);
  const arithmetic = jpeg.slice();
  arithmetic[frameAt + 1] = 0xc9;
  const large = jpeg.slice();
  new DataView(large.buffer).setUint32(frameAt + 5, 0x10001000);
  const scanAt = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xda);
  const faults: [bytes: Uint8Array, message: string][] = [
    [new Uint8Array(0), 'expected an image, PNG or JPEG: it is empty'],
    [Uint8Array.of(1, 2, 3, 4, 5), 'expected an image, PNG or JPEG: it begins with the bytes 1, 2, 3, 4'],
    [
      new TextEncoder().encode('<html>'),
      'expected an image, PNG or JPEG: it is a web page; check the address, or whether the server has the file',
    ],
    [png.subarray(0, 50), 'byte 33: the chunk "tEXt" reaches to byte 59 of 50; the file is truncated or damaged'],
    [png.subarray(0, 59), 'byte 59: expected a chunk, but the file ends at byte 59; it is truncated'],
    [longer, `byte 59: the chunk "IDAT" reaches to byte 409 of ${png.length}; the file is truncated or damaged`],
    [flipped, `byte 59: the chunk "IDAT" has the checksum ${hex(flipped)}, expected ${hex(png)}; the file is damaged`],
    [ofSize(60_000, 60_000), 'byte 8: 60000x60000 pixels, expected at most 50000000; give { mostPixels } for more'],
    [ofSize(70_000, 2), 'byte 8: 70000x2 pixels, expected at most 65535 in a line'],
    [ofSize(0, 5), 'byte 8: an image of 0x5 pixels has none'],
    [ofSize(6000, 6000), 'byte 59: 165 bytes of compressed pixels, 6000x6000 need more; the file is damaged'],
    [ofSize(13, 12), 'byte 59: the pixels cannot be unpacked: they are 154 bytes, expected 168; the file is damaged'],
    [huge, `byte ${frameAt}: 61440x61440 pixels, expected at most 50000000; give { mostPixels } for more`],
    [
      large,
      `byte ${scanAt}: ${jpeg.length - scanAt} bytes of compressed pixels, 4096x4096 need more; the file is damaged`,
    ],
    [
      arithmetic,
      `byte ${frameAt}: a JPEG frame of kind 9, such as lossless or arithmetic coding, expected baseline or progressive; save it again as such`,
    ],
    [
      jpeg.subarray(0, jpeg.length - 2),
      `byte ${jpeg.length - 2}: the file ends before the image does; it is truncated`,
    ],
    [jpeg.subarray(0, 30), 'byte 20: a segment reaches to byte 89 of 30; the file is truncated or damaged'],
  ];
  for (const [bytes, message] of faults) {
    t.equal(await rejectionOf(readImage(bytes, { file: 'digit.png' })), `FormatError: digit.png: ${message}`);
  }
  t.equal(
    await rejectionOf(readImage('nowhere.png')),
    'FileError: nowhere.png cannot be read: there is no such file; check the path',
  );
  t.equal(
    await rejectionOf(readImage(png, { mostBytes: 100 })),
    'FormatError: data: it has more than 100 bytes; give { mostBytes } for more',
  );
  t.equal(
    await rejectionOf(readImage(png, { mostPixels: 100 })),
    'FormatError: data: byte 8: 13x11 pixels, expected at most 100; give { mostPixels } for more',
  );
});

t.test('options that are none', async t => {
  const read: (options: unknown) => Promise<string> = options =>
    rejectionOf(readImage(imageFile('gray'), options as { channels: 1 }));
  t.equal(await read(null), 'OptionError: readImage: expected options such as { channels, size }, got null');
  t.equal(await read({ channels: 2 }), 'OptionError: readImage: channels must be 1, 3 or 4, got 2');
  t.equal(
    await read({ size: 28 }),
    'OptionError: readImage: size must be [height, width], integers from 1 to 65535, got 28',
  );
  t.equal(await read({ mostPixels: 0 }), 'OptionError: readImage: mostPixels must be a number from 1 on, got 0');
  t.equal(await read({ file: 5 }), 'OptionError: readImage: file must be a name, got 5');
  t.equal(await read({ signal: 5 }), 'OptionError: readImage: signal must be an AbortSignal, got 5');
  t.equal(await read({ mostBytes: '5' }), 'OptionError: readImage: mostBytes must be a number from 0 on, got "5"');
  const plain: (source: unknown) => Promise<string> = source => rejectionOf(readImage(source as string));
  t.equal(
    await plain(5),
    'OptionError: readImage: expected the path of a file, an address, bytes or a stream of them, got 5',
  );
  t.equal(await plain(''), 'OptionError: readImage: expected the path of a file, got ""');
});
