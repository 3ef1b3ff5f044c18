/** PNG (ISO 15948): its chunks are checked here, before pngjs unpacks them. */
import { inflateSync } from 'node:zlib';
import { FormatError } from '../../errors.ts';
import { concatenate } from '../../files/bytes.ts';
import { crc32 } from '../../files/crc.ts';
import type { Pixels } from '../../files/png.ts';
import { reasonOf } from '../../files/reason-of.ts';
import { checkSize, type ImageLimits } from './image-limits.ts';
import { convertChannels } from './pixels.ts';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export const isPng = (bytes: Uint8Array): boolean => signature.every((byte, i) => bytes[i] === byte);

/** The colour types: how many samples a pixel has, and of how many bits a sample may be. */
const colorTypes: { readonly [code: number]: { readonly samples: number; readonly depths: readonly number[] } } = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};
const palette = 3;
/** Deflate makes at most 1032 bytes of one (zlib.net/zlib_tech.html). */
const mostDeflated = 1032;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colorType: number;
  readonly isInterlaced: boolean;
}

/** What the chunks say. */
interface Chunks {
  readonly header: Header;
  readonly hasTransparency: boolean;
  /** The pixels, as they are compressed, and where they begin. */
  readonly packed: Uint8Array;
  readonly packedAt: number;
  /** Where the last chunk ends. */
  readonly end: number;
}

/**
 * The pixels of a PNG file, of 8 bits a channel: gray, RGB, or RGBA if any of it is transparent. Samples of 16 bits are
 * rounded. Throws FormatError, which begins with `file` and the byte.
 */
export async function decodePng(bytes: Uint8Array, file: string, limits: ImageLimits): Promise<Pixels> {
  const { header, hasTransparency, packed, packedAt, end } = readChunks(bytes, file, limits);
  const place = `${file}: byte ${packedAt}`;
  const { PNG } = await import('pngjs');
  const unpackedBytes = bytesOf(header);
  if (unpackedBytes > packed.length * mostDeflated) {
    const sizes = `${packed.length} bytes of compressed pixels, ${header.width}x${header.height} need more`;
    throw new FormatError(`${place}: ${sizes}; the file is damaged`);
  }
  try {
    // pngjs takes whatever comes: less than all lines, and, if they are interlaced, more without a bound.
    const { length } = inflateSync(packed, { maxOutputLength: unpackedBytes });
    if (length !== unpackedBytes) throw new Error(`they are ${length} bytes, expected ${unpackedBytes}`);
    const { width, height, data } = PNG.sync.read(Buffer.from(bytes.subarray(0, end)), { checkCRC: false });
    const channels = hasTransparency || header.colorType >= 4 ? 4 : header.colorType === 0 ? 1 : 3;
    return convertChannels({ width, height, channels: 4, data: new Uint8Array(data) }, channels);
  } catch (cause) {
    throw new FormatError(`${place}: the pixels cannot be unpacked: ${reasonOf(cause)}; the file is damaged`, {
      cause,
    });
  }
}

function readChunks(bytes: Uint8Array, file: string, limits: ImageLimits): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let header: Header | undefined;
  let hasTransparency = false;
  let hasPalette = false;
  let packedAt = 0;
  for (let at = signature.length; ; ) {
    const { type, data, next } = readChunk(view, at, file);
    const place = `${file}: byte ${at}`;
    if (header === undefined) {
      if (type !== 'IHDR') throw new FormatError(`${place}: expected the chunk "IHDR", got ${JSON.stringify(type)}`);
      header = readHeader(data, place);
      checkSize(header, place, limits);
    } else if (type === 'IDAT') {
      if (header.colorType === palette && !hasPalette) {
        throw new FormatError(`${place}: pixels by the numbers of a palette, but there is no chunk "PLTE" before them`);
      }
      if (parts.length === 0) packedAt = at;
      parts.push(data);
    } else if (type === 'PLTE') {
      hasPalette = true;
    } else if (type === 'tRNS') {
      hasTransparency = true;
    } else if (type === 'IEND') {
      if (parts.length === 0) throw new FormatError(`${place}: it has no pixels: there is no chunk "IDAT"`);
      return { header, hasTransparency, packed: concatenate(parts), packedAt, end: next };
    }
    at = next;
  }
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** Where the next one begins. */
  readonly next: number;
}

/** Length, type, data and checksum. */
const aroundData = 12;

function readChunk(view: DataView, at: number, file: string): Chunk {
  const size = view.byteLength;
  if (at + aroundData > size) {
    throw new FormatError(`${file}: byte ${at}: expected a chunk, but the file ends at byte ${size}; it is truncated`);
  }
  const length = view.getUint32(at);
  const bytes = new Uint8Array(view.buffer, view.byteOffset, size);
  const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  const next = at + aroundData + length;
  const place = `${file}: byte ${at}: the chunk ${JSON.stringify(type)}`;
  if (next > size)
    throw new FormatError(`${place} reaches to byte ${next} of ${size}; the file is truncated or damaged`);
  const promised = view.getUint32(next - 4);
  const found = crc32(bytes.subarray(at + 4, next - 4));
  if (found !== promised) {
    const [got, expected] = [found, promised].map(sum => sum.toString(16).padStart(8, '0'));
    throw new FormatError(`${place} has the checksum ${got}, expected ${expected}; the file is damaged`);
  }
  return { type, data: bytes.subarray(at + 8, next - 4), next };
}

const headerBytes = 13;

function readHeader(data: Uint8Array, place: string): Header {
  if (data.length !== headerBytes) {
    throw new FormatError(`${place}: a header of ${data.length} bytes, expected ${headerBytes}`);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [depth = 0, colorType = 0, compression, filter, interlace] = data.subarray(8);
  if (colorTypes[colorType]?.depths.includes(depth) !== true) {
    throw new FormatError(`${place}: colour type ${colorType} with ${depth} bits a sample, which PNG does not have`);
  }
  if (compression !== 0 || filter !== 0 || (interlace !== 0 && interlace !== 1)) {
    const methods = `compression ${compression}, filter ${filter} and interlacing ${interlace}`;
    throw new FormatError(`${place}: ${methods}, expected 0, 0, and 0 or 1`);
  }
  return { width: view.getUint32(0), height: view.getUint32(4), depth, colorType, isInterlaced: interlace === 1 };
}

/** The passes of Adam7: where each begins, and its steps. */
const passes = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
] as const;

/** What the compressed pixels unpack to: each line has a byte for its filter. */
function bytesOf({ width, height, depth, colorType, isInterlaced }: Header): number {
  const bits = colorTypes[colorType]!.samples * depth;
  const whole = { x: 0, y: 0, dx: 1, dy: 1 };
  return (isInterlaced ? passes : [whole]).reduce((sum, { x, y, dx, dy }) => {
    const columns = Math.ceil(Math.max(0, width - x) / dx);
    const lines = columns === 0 ? 0 : Math.ceil(Math.max(0, height - y) / dy);
    return sum + lines * (1 + Math.ceil((columns * bits) / 8));
  }, 0);
}
