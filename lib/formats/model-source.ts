/** Where a model's bytes come from: fetched, dropped, picked, or there already. */
import { describe } from '../describe.ts';
import { FileError, FormatError, OptionError } from '../errors.ts';
import { GrowingBytes } from '../files/growing-bytes.ts';
import { isOutside } from '../files/names.ts';
import { reasonOf } from '../files/reason-of.ts';

/**
 * What a model is loaded from. A text or URL is fetched; several files, as a file input or a drop gives them, are those of
 * one model, such as `model.json` and its weights.
 */
export type ModelSource =
  | string
  | URL
  | Blob
  | Response
  | ReadableStream<Uint8Array>
  | ArrayBufferLike
  | ArrayBufferView
  | Iterable<File>;

export interface ReadOptions {
  /** Stops the download: the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Most bytes that one file may have: 4 GiB if left out. */
  readonly mostBytes?: number;
}

/** The content of a model's main file, and the way to those beside it. */
export interface OpenedSource {
  /** Named in messages. */
  readonly file: string;
  readonly bytes: Uint8Array;
  sibling(name: string): Promise<Uint8Array>;
}

const mostBytesAtAll = 2 ** 32;

/** Reads the main file. Throws FileError for what cannot be read, FormatError for what is too large. */
export async function openSource(
  source: ModelSource,
  file: string | undefined,
  options: ReadOptions,
): Promise<OpenedSource> {
  if (typeof source === 'string' || source instanceof URL) return openUrl(urlOf(source), file, options);
  if (isBlob(source)) {
    const name = file ?? nameOf(source) ?? 'model';
    return { file: name, bytes: await bytesOfBlob(source, name, options), sibling: alone(name) };
  }
  if (isResponse(source)) {
    const name = file ?? (source.url || 'model');
    const bytes = await bytesOfResponse(source, name, options);
    return { file: name, bytes, sibling: source.url === '' ? alone(name) : besideUrl(new URL(source.url), options) };
  }
  const name = file ?? 'model';
  if (isStream(source)) return { file: name, bytes: await collect(source, name, options), sibling: alone(name) };
  if (ArrayBuffer.isView(source)) {
    return {
      file: name,
      bytes: new Uint8Array(source.buffer, source.byteOffset, source.byteLength),
      sibling: alone(name),
    };
  }
  if (/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(source))) {
    return { file: name, bytes: new Uint8Array(source as ArrayBuffer), sibling: alone(name) };
  }
  if (isIterable(source)) return openFiles([...source], file, options);
  throw new OptionError(
    `loadModel: expected an address, a File, a Response, a stream or the bytes of a file, got ${describe(source)}`,
  );
}

/** A relative address is one beside the page. Throws OptionError for what is none. */
export function urlOf(source: string | URL): URL {
  try {
    return new URL(source, 'document' in globalThis ? document.baseURI : undefined);
  } catch (cause) {
    const advice = 'for the path of a file use loadModel of "inkling/node"';
    throw new OptionError(`loadModel: ${describe(String(source))} is no address; ${advice}`, { cause });
  }
}

async function openUrl(url: URL, file: string | undefined, options: ReadOptions): Promise<OpenedSource> {
  const name = file ?? url.href;
  return { file: name, bytes: await fetched(url, name, options), sibling: besideUrl(url, options) };
}

/** The files beside an address. */
export const besideUrl = (url: URL, options: ReadOptions) => (name: string) => {
  const beside = new URL(checkedSibling(name, url.href).split('/').map(encodeURIComponent).join('/'), url);
  return fetched(beside, beside.href, options);
};

async function fetched(url: URL, file: string, options: ReadOptions): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, options.signal === undefined ? {} : { signal: options.signal });
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw new FileError(`${file} cannot be read: ${reasonOf(cause)}; check the address and the connection`, { cause });
  }
  return bytesOfResponse(response, file, options);
}

async function bytesOfResponse(response: Response, file: string, options: ReadOptions): Promise<Uint8Array> {
  if (!response.ok) {
    const answer = `${response.status} ${response.statusText}`.trim();
    throw new FileError(`${file} cannot be read: the server answers ${answer}; check the address`);
  }
  if (response.body === null) return new Uint8Array(0);
  if (response.bodyUsed) throw new OptionError(`${file}: the response was read already; give loadModel a new one`);
  return collect(response.body, file, options, sizeOf(response));
}

/** The bytes that a response says it has; undefined where it does not, or is compressed on its way. */
function sizeOf({ headers }: Response): number | undefined {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? undefined : Number(length);
}

async function bytesOfBlob(blob: Blob, file: string, options: ReadOptions): Promise<Uint8Array> {
  checkSize(blob.size, file, options);
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw new FileError(`${file} cannot be read: ${reasonOf(cause)}; pick the file again`, { cause });
  }
}

function checkSize(bytes: number, file: string, { mostBytes = mostBytesAtAll }: ReadOptions): void {
  if (bytes <= mostBytes) return;
  throw new FormatError(`${file}: it has ${bytes} bytes, expected at most ${mostBytes}; give { mostBytes } for more`);
}

/** Reads a stream into one array: of the size that is promised, else one that grows. */
async function collect(
  stream: ReadableStream<Uint8Array>,
  file: string,
  options: ReadOptions,
  promised?: number,
): Promise<Uint8Array> {
  const { signal } = options;
  if (promised !== undefined) checkSize(promised, file, options);
  const reader = stream.getReader();
  const stop = () => void reader.cancel(signal?.reason).catch(() => undefined);
  signal?.addEventListener('abort', stop);
  try {
    const growing = new GrowingBytes(promised);
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      checkSize(growing.length + value.length, file, options);
      growing.append(value);
    }
    signal?.throwIfAborted();
    return growing.whole();
  } catch (cause) {
    stop();
    signal?.throwIfAborted();
    if (cause instanceof FormatError) throw cause;
    throw new FileError(`${file} cannot be read: ${reasonOf(cause)}; try again`, { cause });
  } finally {
    signal?.removeEventListener('abort', stop);
    reader.releaseLock();
  }
}

async function openFiles(
  files: readonly unknown[],
  given: string | undefined,
  options: ReadOptions,
): Promise<OpenedSource> {
  const blobs = files.filter(isBlob);
  if (blobs.length === 0 || blobs.length !== files.length) {
    throw new OptionError(`loadModel: expected the files of one model, got ${describe(files)}`);
  }
  const main = blobs.length === 1 ? blobs[0]! : blobs.find(blob => nameOf(blob)?.endsWith('.json'));
  if (main === undefined) {
    const names = blobs.map(nameOf).join(', ');
    throw new OptionError(`loadModel: of several files one must be the .json that names the others, got ${names}`);
  }
  const file = given ?? nameOf(main) ?? 'model';
  const sibling = async (name: string) => {
    const base = checkedSibling(name, file).split('/').at(-1);
    const found = blobs.find(blob => nameOf(blob) === base);
    if (found !== undefined) return bytesOfBlob(found, name, options);
    throw new FormatError(`${file}: its file ${JSON.stringify(name)} is not among those given; pick it as well`);
  };
  return { file, bytes: await bytesOfBlob(main, file, options), sibling };
}

const alone =
  (file: string) =>
  async (name: string): Promise<never> => {
    const advice = 'give its address, or all of its files';
    throw new FormatError(
      `${file}: it needs the file ${JSON.stringify(name)} beside it, of which nothing is known; ${advice}`,
    );
  };

/** The name of a file beside another. Throws FormatError for one that leads elsewhere. */
export function checkedSibling(name: string, file: string): string {
  if (typeof name === 'string' && !isOutside(name)) return name;
  throw new FormatError(`${file}: the name ${describe(name)} leads out of its folder; do not trust this file`);
}

// By their names and members: such objects come from other windows too.
const isBlob = (given: unknown): given is Blob =>
  /^\[object (Blob|File)\]$/.test(Object.prototype.toString.call(given));
const isResponse = (given: unknown): given is Response => Object.prototype.toString.call(given) === '[object Response]';
const isStream = (given: unknown): given is ReadableStream<Uint8Array> =>
  Object.prototype.toString.call(given) === '[object ReadableStream]';
const isIterable = (given: unknown): given is Iterable<unknown> =>
  typeof given === 'object' && given !== null && Symbol.iterator in given;
const nameOf = (blob: Blob): string | undefined =>
  'name' in blob && typeof blob.name === 'string' ? blob.name : undefined;
