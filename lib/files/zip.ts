/** Zip archives, as `.keras` files are: read entry by entry with every claim checked before memory is taken. */
import { inflateSync, zipSync } from 'fflate';
import { FormatError } from '../errors.ts';
import { isBomb } from './bomb.ts';
import { crc32 } from './crc.ts';
import { isOutside } from './names.ts';

/** An archive whose directory has been checked; an entry is read, and its checksum compared, when it is asked for. */
export interface ZipArchive {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Bytes of an entry when it is unpacked. Throws FormatError if there is none of that name. */
  sizeOf(name: string): number;
  /**
   * The content of an entry. What is stored without compression is a view of the archive, not a copy. Throws FormatError
   * for an entry that is missing, larger than `mostBytes`, or damaged.
   */
  read(name: string, mostBytes?: number): Uint8Array;
}

/** PKWARE's APPNOTE.TXT 4.3: the records of an archive begin with these numbers. */
const signatures = { local: 0x04034b50, directory: 0x02014b50, end: 0x06054b50 } as const;
const endBytes = 22;
const directoryBytes = 46;
const localBytes = 30;
const longestComment = 0xffff;
/** A value of 16 or 32 bits that says "look into the zip64 record". */
const inZip64 = { short: 0xffff, long: 0xffffffff } as const;
const methods = { stored: 0, deflated: 8 } as const;
const flags = { encrypted: 0x1, utf8: 0x800 } as const;
interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where its local header begins. */
  readonly at: number;
}

/**
 * Opens a zip archive. Throws FormatError, which begins with `file`, for one that is truncated or damaged, is encrypted, has
 * a name that climbs out of the archive or that is there twice, entries that overlap, or one that unpacks to absurd sizes.
 */
export function openZip(bytes: Uint8Array, file: string): ZipArchive {
  const entries = readDirectory(bytes, file);
  const entryOf = (name: string): Entry =>
    entries.get(name) ?? fail(file, `there is no "${name}" in the archive, which has ${listed([...entries.keys()])}`);
  return {
    names: [...entries.keys()],
    has: name => entries.has(name),
    sizeOf: name => entryOf(name).bytes,
    read(name, mostBytes = Number.POSITIVE_INFINITY) {
      const entry = entryOf(name);
      if (entry.bytes > mostBytes) {
        fail(file, `"${name}" has ${entry.bytes} bytes, expected at most ${mostBytes}`);
      }
      return unpack(bytes, entry, file);
    },
  };
}

/** An archive of entries in their order, stored without compression and without a time, so that equal content is equal bytes. */
export function writeZip(entries: { readonly [name: string]: Uint8Array }): Uint8Array {
  // The first moment that the format knows; fflate writes local time.
  return zipSync({ ...entries }, { level: 0, mtime: new Date(1980, 0, 1) });
}

function fail(file: string, what: string, cause?: unknown): never {
  throw new FormatError(`${file}: ${what}`, cause === undefined ? {} : { cause });
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const damaged = 'the archive is damaged or truncated';

function listed(names: readonly string[]): string {
  const most = 10;
  if (names.length === 0) return 'none';
  const shown = names.slice(0, most).map(name => JSON.stringify(name));
  return `${shown.join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`;
}

/** Where the record is that ends every archive: behind it is only a comment. */
function findEnd(bytes: Uint8Array, file: string): number {
  const data = view(bytes);
  for (let at = bytes.length - endBytes; at >= Math.max(0, bytes.length - endBytes - longestComment); at--) {
    if (data.getUint32(at, true) !== signatures.end) continue;
    if (at + endBytes + data.getUint16(at + 20, true) === bytes.length) return at;
  }
  return fail(file, 'a zip archive without the record at its end; it is truncated, or no zip archive');
}

function readDirectory(bytes: Uint8Array, file: string): Map<string, Entry> {
  const end = findEnd(bytes, file);
  const data = view(bytes);
  const count = data.getUint16(end + 10, true);
  const size = data.getUint32(end + 12, true);
  const start = data.getUint32(end + 16, true);
  if (count === inZip64.short || size === inZip64.long || start === inZip64.long) {
    fail(file, 'a zip64 archive, of 4 GB or 65535 entries and more, is not supported');
  }
  if (start + size !== end || count * directoryBytes > size) fail(file, `byte ${end}: ${damaged}`);
  const entries = new Map<string, Entry>();
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + directoryBytes > end) fail(file, `byte ${at}: ${damaged}`);
    const nameBytes = data.getUint16(at + 28, true);
    const next = at + directoryBytes + nameBytes + data.getUint16(at + 30, true) + data.getUint16(at + 32, true);
    if (data.getUint32(at, true) !== signatures.directory || next > end) fail(file, `byte ${at}: ${damaged}`);
    const entry = readEntry(bytes, at, nameBytes, file);
    if (entries.has(entry.name)) fail(file, `"${entry.name}" is in the archive twice`);
    // A folder is an entry of no bytes whose name ends with a slash.
    if (!entry.name.endsWith('/')) entries.set(entry.name, entry);
    at = next;
  }
  if (at !== end) fail(file, `byte ${at}: ${damaged}`);
  checkSpans([...entries.values()], start, file);
  return entries;
}

function readEntry(bytes: Uint8Array, at: number, nameBytes: number, file: string): Entry {
  const data = view(bytes);
  const nameAt = at + directoryBytes;
  const flag = data.getUint16(at + 8, true);
  const entry: Entry = {
    name: nameOf(bytes.subarray(nameAt, nameAt + nameBytes), (flag & flags.utf8) !== 0, file),
    method: data.getUint16(at + 10, true),
    crc: data.getUint32(at + 16, true),
    packedBytes: data.getUint32(at + 20, true),
    bytes: data.getUint32(at + 24, true),
    at: data.getUint32(at + 42, true),
  };
  if ((flag & flags.encrypted) !== 0)
    fail(file, `"${entry.name}" is encrypted; unpack it and pack it without a password`);
  if (
    Object.values<number>(inZip64).some(
      value => [entry.packedBytes, entry.bytes, entry.at].includes(value) && value > 0xffff,
    )
  ) {
    fail(file, `"${entry.name}" is of 4 GB or more (zip64), which is not supported`);
  }
  checkSizes(entry, file);
  return entry;
}

function nameOf(bytes: Uint8Array, isUtf8: boolean, file: string): string {
  const name = decodeName(bytes, isUtf8, file);
  if (isOutside(name)) fail(file, `the name ${JSON.stringify(name)} leads out of the archive; do not trust this file`);
  return name;
}

function decodeName(bytes: Uint8Array, isUtf8: boolean, file: string): string {
  if (!isUtf8) return new TextDecoder('latin1').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    return fail(file, 'a name in the archive is not UTF-8; the archive is damaged', cause);
  }
}

function checkSizes({ name, method, packedBytes, bytes }: Entry, file: string): void {
  const sizes = `"${name}" has ${packedBytes} bytes in the archive and is to unpack to ${bytes}`;
  if (method === methods.stored) {
    if (packedBytes !== bytes) fail(file, `${sizes}, though it is not compressed; the archive is damaged`);
  } else if (method !== methods.deflated) {
    fail(file, `"${name}" is compressed by the method ${method}; expected none (0) or deflate (8)`);
  }
  if (isBomb(packedBytes, bytes)) {
    fail(file, `${sizes}, which no model does; the archive is damaged, or made to exhaust memory`);
  }
}

/** Entries lie before the directory and do not overlap, so that a small archive cannot hold one long entry many times. */
function checkSpans(entries: readonly Entry[], start: number, file: string): void {
  let end = 0;
  for (const { name, at, packedBytes } of [...entries].sort((a, b) => a.at - b.at)) {
    if (at < end) fail(file, `"${name}" overlaps another entry; ${damaged}`);
    end = at + localBytes + packedBytes;
    if (end > start) fail(file, `"${name}" reaches to byte ${end}, beyond the entries; ${damaged}`);
  }
}

function unpack(bytes: Uint8Array, entry: Entry, file: string): Uint8Array {
  const data = view(bytes);
  if (data.getUint32(entry.at, true) !== signatures.local) fail(file, `byte ${entry.at}: ${damaged}`);
  const start = entry.at + localBytes + data.getUint16(entry.at + 26, true) + data.getUint16(entry.at + 28, true);
  const end = start + entry.packedBytes;
  if (end > bytes.length) fail(file, `"${entry.name}" reaches to byte ${end} of ${bytes.length}; ${damaged}`);
  const packed = bytes.subarray(start, end);
  const content = entry.method === methods.stored ? packed : inflate(packed, entry, file);
  const crc = crc32(content);
  if (crc !== entry.crc) {
    const [got, expected] = [crc, entry.crc].map(sum => sum.toString(16).padStart(8, '0'));
    fail(file, `"${entry.name}" has the checksum ${got}, expected ${expected}; the archive is damaged`);
  }
  return content;
}

function inflate(packed: Uint8Array, { name, bytes }: Entry, file: string): Uint8Array {
  let content: Uint8Array;
  try {
    // One byte of room more than promised shows a stream that has more.
    content = inflateSync(packed, { out: new Uint8Array(bytes + 1) });
  } catch (cause) {
    return fail(file, `"${name}" cannot be unpacked; the archive is damaged`, cause);
  }
  if (content.length !== bytes) fail(file, `"${name}" does not unpack to its ${bytes} bytes; the archive is damaged`);
  return content;
}
