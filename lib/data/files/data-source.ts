/** Where data comes from: a file, an address, or bytes that are there; read piece by piece. */
import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { describe } from '../../describe.ts';
import { FileError, FormatError, InklingError, OptionError } from '../../errors.ts';
import { isBomb } from '../../files/bomb.ts';
import { concatenate } from '../../files/bytes.ts';
import { checkedPath, fileError } from '../../files/file-error.ts';
import { GrowingBytes } from '../../files/growing-bytes.ts';
import { reasonOf } from '../../files/reason-of.ts';

/**
 * What data is read from: the path of a file, an address (`http:`, `https:` or `file:`), bytes, or what gives bytes piece by
 * piece, such as a stream of Node or of the web. Gzip is unpacked, whatever the name.
 */
export type DataSource =
  | string
  | URL
  | Blob
  | Response
  | ArrayBufferLike
  | ArrayBufferView
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

export interface DataSourceOptions {
  /** The name in messages, for what has none. */
  readonly file?: string;
  /** Stops the reading: the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Most bytes that are read, after unpacking: 4 GiB if left out. */
  readonly mostBytes?: number;
}

/** Pieces of bytes that can be read once, and their name in messages. */
export interface OpenedData {
  readonly file: string;
  readonly pieces: AsyncIterable<Uint8Array>;
}

const mostBytesAtAll = 2 ** 32;
const pieceBytes = 2 ** 20;
const gzipMagic = [0x1f, 0x8b];

export const isGzip = (start: Uint8Array): boolean => gzipMagic.every((byte, i) => start[i] === byte);

/** Throws OptionError, which begins with `caller`, for options that are none. */
export function checkedSourceOptions(caller: string, options: DataSourceOptions): DataSourceOptions {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError(`${caller}: expected options, got ${describe(options)}`);
  }
  const { file, signal, mostBytes } = options;
  if (file !== undefined && typeof file !== 'string') {
    throw new OptionError(`${caller}: file must be a name, got ${describe(file)}`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new OptionError(`${caller}: signal must be an AbortSignal, got ${describe(signal)}`);
  }
  if (mostBytes !== undefined && !(typeof mostBytes === 'number' && mostBytes >= 0)) {
    throw new OptionError(`${caller}: mostBytes must be a number from 0 on, got ${describe(mostBytes)}`);
  }
  return options;
}

/**
 * Opens a source; nothing is read before somebody asks for pieces. Those throw FileError for what cannot be read, and
 * FormatError for what is too large or cannot be unpacked. Throws OptionError for what is no source.
 */
export function openData(caller: string, source: DataSource, options: DataSourceOptions): OpenedData {
  const { file, pieces } = openRaw(caller, source, checkedSourceOptions(caller, options));
  return { file, pieces: limited(unpacked(pieces, file), file, options) };
}

/** All bytes of a source. Throws what `openData` and its pieces throw. */
export async function readData(
  caller: string,
  source: DataSource,
  options: DataSourceOptions,
): Promise<{ readonly file: string; readonly bytes: Uint8Array }> {
  const { file, pieces } = openData(caller, source, options);
  return { file, bytes: await collected(pieces) };
}

/** Pieces of bytes as one. */
export async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const growing = new GrowingBytes();
  for await (const piece of pieces) growing.append(piece);
  return growing.whole();
}

/** Whether a text or URL is fetched. */
export const isFetched = (source: unknown): source is string | URL =>
  (typeof source === 'string' || source instanceof URL) && /^https?:/i.test(String(source));

/** The path of a text or `file:` URL. Throws OptionError for what is none. */
export function pathOf(caller: string, source: string | URL): string {
  const text = String(source);
  if (/^file:/i.test(text)) return fileURLToPath(text);
  if (!(source instanceof URL)) return checkedPath(caller, source);
  throw new OptionError(`${caller}: expected an address of http:, https: or file:, got ${describe(text)}`);
}

function openRaw(caller: string, source: DataSource, { file, signal }: DataSourceOptions): OpenedData {
  if (isFetched(source))
    return { file: file ?? String(source), pieces: fetched(source, file ?? String(source), signal) };
  if (typeof source === 'string' || source instanceof URL) {
    const path = pathOf(caller, source);
    return { file: file ?? path, pieces: piecesOfFile(path) };
  }
  const name = file ?? 'data';
  if (source instanceof Blob) {
    const own = 'name' in source && typeof source.name === 'string' ? source.name : undefined;
    return { file: file ?? own ?? name, pieces: streamed(source.stream(), name) };
  }
  if (source instanceof Response) {
    const shown = file ?? (source.url || name);
    return { file: shown, pieces: bodyOf(source, shown) };
  }
  if (ArrayBuffer.isView(source)) {
    return { file: name, pieces: cut(new Uint8Array(source.buffer, source.byteOffset, source.byteLength)) };
  }
  if (/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(source))) {
    return { file: name, pieces: cut(new Uint8Array(source as ArrayBuffer)) };
  }
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source) {
    return { file: name, pieces: streamed(source as AsyncIterable<Uint8Array>, name) };
  }
  throw new OptionError(
    `${caller}: expected the path of a file, an address, bytes or a stream of them, got ${describe(source)}`,
  );
}

/** The pieces of a file. They throw FileError. */
export async function* piecesOfFile(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: pieceBytes });
  } catch (cause) {
    throw fileError('read', path, cause);
  }
}

async function* cut(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function* streamed(stream: AsyncIterable<unknown>, file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of stream) {
      if (!(piece instanceof Uint8Array)) {
        throw new OptionError(`${file}: the stream must give bytes, a Uint8Array at a time, got ${describe(piece)}`);
      }
      yield piece;
    }
  } catch (cause) {
    if (cause instanceof InklingError) throw cause;
    throw new FileError(`${file} cannot be read: ${reasonOf(cause)}; try again`, { cause });
  }
}

async function* fetched(
  source: string | URL,
  file: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(source, signal === undefined ? {} : { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new FileError(`${file} cannot be read: ${reasonOf(cause)}; check the address and the connection`, { cause });
  }
  yield* bodyOf(response, file);
}

async function* bodyOf(response: Response, file: string): AsyncGenerator<Uint8Array> {
  if (!response.ok) {
    const answer = `${response.status} ${response.statusText}`.trim();
    throw new FileError(`${file} cannot be read: the server answers ${answer}; check the address`);
  }
  if (response.bodyUsed) throw new OptionError(`${file}: the response was read already; give a new one`);
  if (response.body !== null) yield* streamed(response.body, file);
}

/** Pieces as they come, or, if they begin as gzip does, what they unpack to. */
export async function* unpacked(pieces: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  // A piece may be a single byte, of which the first two tell nothing yet.
  while (length < gzipMagic.length) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    length += next.value.length;
  }
  const start = concatenate(first);
  const all = followed(start, iterator);
  if (isGzip(start)) yield* gunzipped(all, file);
  else yield* all;
}

/** A first piece, and those that an iterator has left. */
export async function* followed(start: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (start.length > 0) yield start;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* gunzipped(pieces: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  let packedBytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      packedBytes += piece.length;
      yield piece;
    }
  };
  const unzip = createGunzip({ chunkSize: pieceBytes });
  // It tells of errors through the pieces, too.
  pipeline(Readable.from(counted(), { objectMode: false }), unzip, () => undefined);
  let bytes = 0;
  try {
    for await (const piece of unzip) {
      bytes += piece.length;
      if (isBomb(packedBytes, bytes)) {
        throw new FormatError(
          `${file}: ${packedBytes} bytes unpack to more than ${bytes}, which no data does; it is made to exhaust memory`,
        );
      }
      yield piece;
    }
  } catch (cause) {
    if (cause instanceof InklingError) throw cause;
    throw new FormatError(`${file}: cannot be unpacked: ${reasonOf(cause)}; download it again`, { cause });
  }
}

async function* limited(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
  { signal, mostBytes = mostBytesAtAll }: DataSourceOptions,
): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  let bytes = 0;
  for await (const piece of pieces) {
    signal?.throwIfAborted();
    bytes += piece.length;
    if (bytes > mostBytes) {
      throw new FormatError(`${file}: it has more than ${mostBytes} bytes; give { mostBytes } for more`);
    }
    yield piece;
  }
}
