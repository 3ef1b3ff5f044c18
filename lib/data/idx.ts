import { FormatError } from '../errors.ts';
import { sizeOf } from '../shape/shape.ts';

/** The content of an IDX file of unsigned bytes, the format of the MNIST files. */
export interface IdxFile {
  readonly shape: number[];
  readonly data: Uint8Array;
}

/** The third byte of the magic number. Inkling reads unsigned bytes only. */
const elementTypes: { readonly [code: number]: string } = {
  8: 'unsigned bytes',
  9: 'signed bytes',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
};
const unsignedBytes = 8;

/**
 * Reads an IDX file with the number of axes given (yann.lecun.com/exdb/mnist: two bytes 0, the element type, the number
 * of axes, then each axis in four bytes, big-endian, then the data). The data is not copied. Throws FormatError that
 * names `file` and the byte.
 */
export function parseIdx(bytes: Uint8Array, file: string, axes: number): IdxFile {
  const dataStart = 4 + 4 * axes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const truncated = (what: string): FormatError =>
    new FormatError(`${file}: truncated at byte ${bytes.length}: ${what}; download it again`);
  if (bytes.length < 4) throw truncated('an IDX file begins with a magic number of 4 bytes');
  checkMagic(view.getUint32(0), (unsignedBytes << 8) | axes, file);
  if (bytes.length < dataStart)
    throw truncated(`the header of an IDX file with ${axisCount(axes)} has ${dataStart} bytes`);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = sizeOf(shape);
  const found = bytes.length - dataStart;
  const product = axes === 1 ? `${size}` : `${shape.join('x')} = ${size}`;
  const promise = `the header promises ${product} bytes of data from byte ${dataStart} on, the file has ${found}`;
  if (found < size) throw truncated(promise);
  if (found > size) throw new FormatError(`${file}: byte ${dataStart + size}: expected the end: ${promise}`);
  // A plain Uint8Array, even if `bytes` is one of Node's Buffers, whose methods differ.
  return { shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + dataStart, size) };
}

function checkMagic(magic: number, expected: number, file: string): void {
  if (magic === expected) return;
  const [want, got] = [expected, magic].map(describeMagic);
  throw new FormatError(`${file}: byte 0: expected the IDX magic number ${want}, got ${got}${magicHint(magic)}`);
}

/** 0x00000803 (unsigned bytes, 3 axes) */
function describeMagic(magic: number): string {
  const type = elementTypes[magic >>> 8];
  const meaning = type === undefined ? '' : ` (${type}, ${axisCount(magic & 0xff)})`;
  return `0x${magic.toString(16).padStart(8, '0')}${meaning}`;
}

function magicHint(magic: number): string {
  if (magic === 0x801) return '; is this a file of labels?';
  if (magic === 0x803) return '; is this a file of images?';
  if (magic >>> 16 === 0x1f8b) return '; is it compressed twice?';
  return '';
}

const axisCount = (axes: number): string => `${axes} ${axes === 1 ? 'axis' : 'axes'}`;
