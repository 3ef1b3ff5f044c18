/** Files of data that were damaged on purpose, and what has to become of them. */
import { deflateSync } from 'node:zlib';
import { FormatError } from '../../lib/errors.ts';
import { crc32 } from '../../lib/files/crc.ts';
import { readImage, readMnistCsv, readSubmissionCsv } from '../../lib/node.ts';
import { type Damage, damaged } from '../formats/hostile.ts';
import { imageFile } from './images/image-files.ts';

export interface DataVictim {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly damage: (bytes: Uint8Array, how: Damage) => Uint8Array;
  readonly read: (bytes: Uint8Array, file: string) => Promise<unknown>;
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Every chunk gets its checksum again, as far as its length is right: else nothing but checksums would be tried. */
function withChecksums(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) break;
    view.setUint32(end, crc32(bytes.subarray(at + 4, end)));
    at = end + 4;
  }
  return bytes;
}

function damagedPng(bytes: Uint8Array, how: Damage): Uint8Array {
  const changed = new Uint8Array(damaged(bytes, how));
  return how.part === 0 ? changed : withChecksums(changed);
}

/** Fields are replaced by others as well as bytes. */
function damagedCsv(bytes: Uint8Array, how: Damage): Uint8Array {
  if (how.part === 0) return damaged(bytes, how);
  const fields = ['', '"', '""', '256', '-1', '1e3', '\n', '\r\n', ',', '"\n"', 'NaN', '\u0000', '9'.repeat(99)];
  const parts = new TextDecoder().decode(bytes).split(/([,\n])/);
  for (const { at, value } of how.edits) parts[at % parts.length] = fields[value % fields.length]!;
  return text(parts.join(''));
}

const pixels = Array.from({ length: 784 }, (_, i) => i % 256).join(',');
const csv = text(`label,${Array.from({ length: 784 }, (_, i) => `pixel${i}`).join(',')}\n${`7,${pixels}\n`.repeat(3)}`);
const image = (name: string, damage: DataVictim['damage']): DataVictim => ({
  name,
  bytes: imageFile(name),
  damage,
  read: (bytes, file) => readImage(bytes, { file }),
});

export const dataVictims: readonly DataVictim[] = [
  { name: 'train.csv', bytes: csv, damage: damagedCsv, read: (bytes, file) => readMnistCsv(bytes, { file }) },
  {
    name: 'submission.csv',
    bytes: text(`ImageId,Label\n${Array.from({ length: 30 }, (_, i) => `${i + 1},${i % 10}\n`).join('')}`),
    damage: damagedCsv,
    read: (bytes, file) => readSubmissionCsv(bytes, { file }),
  },
  image('colour type 0, 8 bits', damagedPng),
  image('colour type 2, 16 bits, interlaced', damagedPng),
  image('colour type 3, 2 bits, transparent', damagedPng),
  image('colour type 6, 8 bits, interlaced', damagedPng),
  image('gray', damaged),
  image('4:2:0', damaged),
  image('4:4:4, progressive', damaged),
  image('CMYK', damaged),
];

const mostSeconds = 2;
const mostBytes = 2 ** 30;

/** Reads a file. Throws unless it is read, or refused by a FormatError that tells the file and the place, in time and memory. */
export async function surviveData({ read }: DataVictim, bytes: Uint8Array, file: string): Promise<'read' | 'refused'> {
  const begin = performance.now();
  const outcome = await read(bytes, file).then(
    () => 'read' as const,
    (error: unknown) => {
      const place = /: (byte \d+|line \d+|image \d+|it |expected an image)/;
      if (error instanceof FormatError && error.message.startsWith(`${file}: `) && place.test(error.message)) {
        return 'refused' as const;
      }
      throw error;
    },
  );
  const seconds = (performance.now() - begin) / 1000;
  if (seconds > mostSeconds) throw new Error(`${file}: ${outcome} after ${seconds} s`);
  const { rss } = process.memoryUsage();
  if (rss > mostBytes) throw new Error(`${file}: ${outcome} with ${rss} bytes of memory`);
  return outcome;
}

/** An interlaced PNG file of one pixel that would unpack to many megabytes. */
export function interlacedBomb(megabytes: number): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Uint8Array => {
    const bytes = new Uint8Array(data.length + 12);
    new DataView(bytes.buffer).setUint32(0, data.length);
    bytes.set(text(type), 4);
    bytes.set(data, 8);
    return bytes;
  };
  const header = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 1);
  const packed = new Uint8Array(deflateSync(new Uint8Array(megabytes * 2 ** 20)));
  const chunks = [chunk('IHDR', header), chunk('IDAT', packed), chunk('IEND', new Uint8Array(0))];
  return withChecksums(new Uint8Array(Buffer.concat([pngSignature, ...chunks])));
}

const pngSignature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
