import { FormatError } from '../errors.ts';
import { sizeOf } from '../shape/shape.ts';

/** The content of an IDX file of unsigned bytes, the format of the MNIST files. */
export interface IdxFile {
  readonly shape: number[];
  readonly data: Uint8Array;
}

/** Third byte of the magic number; Inkling reads this type only. */
const unsignedByte = 0x08;

/**
 * Reads an IDX file with the number of axes given (yann.lecun.org/exdb/mnist: two bytes 0, the type, the number of
 * axes, then each axis in four bytes, big-endian, then the data). The data is not copied. Throws FormatError that
 * names `file` and the byte.
 */
export function parseIdx(bytes: Uint8Array, file: string, axes: number): IdxFile {
  const headerBytes = 4 + 4 * axes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expected = (unsignedByte << 8) | axes;
  if (bytes.length < 4)
    throw new FormatError(
      `${file}: truncated at byte ${bytes.length}: an IDX file begins with 4 bytes of magic number`,
    );
  const magic = view.getUint32(0);
  if (magic !== expected) {
    throw new FormatError(
      `${file}: byte 0: expected the magic number ${hex(expected)} (unsigned bytes, ${axes} ${axes === 1 ? 'axis' : 'axes'}), got ${hex(magic)}${magicHint(magic)}`,
    );
  }
  if (bytes.length < headerBytes) {
    throw new FormatError(
      `${file}: truncated at byte ${bytes.length}: the header for ${axes} axes has ${headerBytes} bytes`,
    );
  }
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = sizeOf(shape);
  const promise = `the header promises ${shape.join(' x ')} = ${size} bytes of data from byte ${headerBytes} on`;
  const got = bytes.length - headerBytes;
  if (got < size) throw new FormatError(`${file}: truncated at byte ${bytes.length}: ${promise}, the file has ${got}`);
  if (got > size)
    throw new FormatError(`${file}: byte ${headerBytes + size}: ${promise}, but ${got - size} more follow`);
  return { shape, data: bytes.subarray(headerBytes) };
}

function magicHint(magic: number): string {
  if (magic === 0x801) return '; is this a file of labels?';
  if (magic === 0x803) return '; is this a file of images?';
  if (magic >>> 16 === 0x1f8b) return '; is it compressed twice?';
  return '';
}

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
