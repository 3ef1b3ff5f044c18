import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { parseIdx } from '../../lib/data/idx.ts';
import { errorOf } from '../error-of.ts';
import { idxBytes } from './idx-bytes.ts';

t.test('what was written is read, whatever the number of axes', async () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 });
  const offsets = fc.integer({ min: 0, max: 3 });
  fc.assert(
    fc.property(shapes, offsets, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (shape, offset, pixels) => {
      const size = shape.reduce((product, axis) => product * axis, 1);
      const data = Uint8Array.from(pixels.take(size));
      // Files may lie anywhere within a larger buffer.
      const buffer = new Uint8Array(offset + 4 + 4 * shape.length + size);
      buffer.set(idxBytes(shape, data), offset);
      const read = parseIdx(buffer.subarray(offset), 'drawn', shape.length);
      return JSON.stringify(read) === JSON.stringify({ shape, data });
    }),
    { seed: 1, numRuns: 200 },
  );
});

t.test("the data is a plain Uint8Array on the file's memory, also from a Buffer", async t => {
  const bytes = Buffer.from(idxBytes([3], [7, 8, 9]));
  const { data } = parseIdx(bytes, 'labels', 1);
  t.equal(Object.getPrototypeOf(data), Uint8Array.prototype);
  t.equal(data.buffer, bytes.buffer);
  t.strictSame([...data], [7, 8, 9]);
});

t.test('damaged files: every message names the file, the byte and what to do', async t => {
  const images = idxBytes([2, 3, 2], new Uint8Array(12));
  const labels = idxBytes([2], [1, 2]);
  const signed = idxBytes([2, 3, 2], [], 0xd03);
  const faults: [bytes: Uint8Array, axes: number, message: string][] = [
    [
      labels,
      3,
      'FormatError: x: byte 0: expected the IDX magic number 0x00000803 (unsigned bytes, 3 axes), got 0x00000801 (unsigned bytes, 1 axis); is this a file of labels?',
    ],
    [
      images,
      1,
      'FormatError: x: byte 0: expected the IDX magic number 0x00000801 (unsigned bytes, 1 axis), got 0x00000803 (unsigned bytes, 3 axes); is this a file of images?',
    ],
    [
      signed,
      3,
      'FormatError: x: byte 0: expected the IDX magic number 0x00000803 (unsigned bytes, 3 axes), got 0x00000d03 (float32, 3 axes)',
    ],
    [
      new TextEncoder().encode('<!DOCTYPE html>'),
      3,
      'FormatError: x: byte 0: expected the IDX magic number 0x00000803 (unsigned bytes, 3 axes), got 0x3c21444f',
    ],
    [
      gzipSync(images),
      3,
      'FormatError: x: byte 0: expected the IDX magic number 0x00000803 (unsigned bytes, 3 axes), got 0x1f8b0800; is it compressed twice?',
    ],
    [
      images.subarray(0, 3),
      3,
      'FormatError: x: truncated at byte 3: an IDX file begins with a magic number of 4 bytes; download it again',
    ],
    [
      images.subarray(0, 15),
      3,
      'FormatError: x: truncated at byte 15: the header of an IDX file with 3 axes has 16 bytes; download it again',
    ],
    [
      images.subarray(0, 27),
      3,
      'FormatError: x: truncated at byte 27: the header promises 2x3x2 = 12 bytes of data from byte 16 on, the file has 11; download it again',
    ],
    [
      labels.subarray(0, 8),
      1,
      'FormatError: x: truncated at byte 8: the header promises 2 bytes of data from byte 8 on, the file has 0; download it again',
    ],
    [
      Uint8Array.of(...images, 0, 0),
      3,
      'FormatError: x: byte 28: expected the end: the header promises 2x3x2 = 12 bytes of data from byte 16 on, the file has 14',
    ],
  ];
  for (const [bytes, axes, message] of faults)
    t.equal(
      errorOf(() => parseIdx(bytes, 'x', axes)),
      message,
    );
});
