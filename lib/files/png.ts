import { concatenate } from './bytes.ts';
import { crc32 } from './crc.ts';

/** An image of 8 bits a channel, row by row: gray, RGB or RGBA. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const colorTypes = { 1: 0, 3: 2, 4: 6 } as const;
/** Bytes of a stored block of deflate. */
const mostStored = 0xffff;

/** A PNG file (ISO 15948) whose pixels are stored, not compressed. */
export function encodePng({ height, width, channels, data }: Pixels): Uint8Array {
  const stride = width * channels;
  const rows = new Uint8Array(height * (stride + 1));
  // Each row begins with the number of its filter, 0 for none.
  for (let row = 0; row < height; row++) {
    rows.set(data.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1);
  }
  const header = [...bigEndian(width), ...bigEndian(height), 8, colorTypes[channels], 0, 0, 0];
  return concatenate([
    Uint8Array.from(signature),
    chunk('IHDR', Uint8Array.from(header)),
    chunk('IDAT', stored(rows)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = concatenate([new TextEncoder().encode(type), data]);
  return concatenate([bigEndian(data.length), body, bigEndian(crc32(body))]);
}

/** A zlib stream (RFC 1950) of stored blocks. */
function stored(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  for (let at = 0; at < bytes.length; at += mostStored) {
    const block = bytes.subarray(at, at + mostStored);
    const isLast = at + mostStored >= bytes.length ? 1 : 0;
    const [low, high] = [block.length & 0xff, block.length >> 8];
    parts.push(Uint8Array.of(isLast, low, high, ~low & 0xff, ~high & 0xff), block);
  }
  parts.push(bigEndian(adler32(bytes)));
  return concatenate(parts);
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

const bigEndian = (value: number): Uint8Array =>
  Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
