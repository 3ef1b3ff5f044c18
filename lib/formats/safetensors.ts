import { describe } from '../describe.ts';
import { FormatError, OptionError } from '../errors.ts';
import { bytesOf, concatenate } from '../files/bytes.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { isTensor } from '../tensor/arguments.ts';
import { allocate, type DType } from '../tensor/dtype.ts';
import { Tensor } from '../tensor/index.ts';
import { storedTypes } from './safetensors-types.ts';

/** Tensors by name and free text by key: what a safetensors file holds. */
export interface Safetensors {
  readonly tensors: { readonly [name: string]: Tensor };
  readonly metadata?: { readonly [key: string]: string };
}

/** The element types that are written, in the order in which a file holds them: wide elements first. */
const formatTypes = { float32: 'F32', int32: 'I32', uint8: 'U8', bool: 'BOOL' } as const;
const dtypes = Object.keys(formatTypes) as DType[];
const metadataKey = '__metadata__';
const lengthBytes = 8;
/** A header of ten thousand tensors has a megabyte; one of hundreds would exhaust memory when it is parsed. */
const mostHeaderBytes = 2 ** 25;
/** The header ends at a multiple of this many bytes, so that the data may be used in place. */
const headerAlignment = 8;

/**
 * The bytes of a safetensors file (github.com/huggingface/safetensors): the header's length in 8 bytes, the header as
 * JSON, and the tensors one after the other, little-endian. They are the bytes that the reference implementation
 * writes. Throws OptionError for a tensor with the name that the format keeps for the metadata.
 */
export function encodeSafetensors(content: Safetensors): Uint8Array {
  return concatenate(safetensorsParts(content));
}

/** The same bytes in pieces: the header, and the numbers of each tensor, which are not copied. */
export function safetensorsParts(content: Safetensors): Uint8Array[] {
  const { tensors, metadata = {} } = checkedContent(content);
  const ordered = Object.entries(tensors).sort(
    ([nameA, a], [nameB, b]) => dtypes.indexOf(a.dtype) - dtypes.indexOf(b.dtype) || (nameA < nameB ? -1 : 1),
  );
  const fields: [string, unknown][] = Object.keys(metadata).length > 0 ? [[metadataKey, metadata]] : [];
  let end = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    if (name === metadataKey) throw new OptionError(`encodeSafetensors: no tensor can have the name "${metadataKey}"`);
    fields.push([name, { dtype: formatTypes[dtype], shape, data_offsets: [end, end + data.byteLength] }]);
    end += data.byteLength;
  }
  const header = new TextEncoder().encode(jsonObject(fields));
  const headerBytes = Math.ceil(header.length / headerAlignment) * headerAlignment;
  const begin = new Uint8Array(lengthBytes + headerBytes).fill(0x20, lengthBytes);
  new DataView(begin.buffer).setBigUint64(0, BigInt(headerBytes), true);
  begin.set(header, lengthBytes);
  const numbers = ordered.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return [begin, ...numbers];
}

function checkedContent(content: Safetensors): Safetensors {
  const fail = (what: string, value: unknown): OptionError =>
    new OptionError(`encodeSafetensors: ${what}, got ${describe(value)}`);
  if (!isObject(content) || !isObject(content.tensors)) {
    throw fail('expected { tensors } with tensors by name', content);
  }
  for (const [name, each] of Object.entries(content.tensors)) {
    if (!isTensor(each)) throw fail(`"${name}" must be a tensor`, each);
  }
  const { metadata } = content;
  if (metadata !== undefined && !isTexts(metadata)) throw fail('metadata must hold texts by key', metadata);
  return content;
}

/** JSON with the fields in the order given; an object would put names that are numbers first. */
function jsonObject(fields: readonly (readonly [string, unknown])[]): string {
  return `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}

/**
 * What a safetensors file holds; `file` is its name in messages. Elements of types that Inkling does not have become
 * float32 (F16 and BF16 exactly, F64 rounded) or int32 (I8, I16, U16, U32, I64, U64). Throws FormatError that names the
 * byte for a file that is damaged, and for integers beyond int32: all that its header says is checked against its bytes
 * before memory is taken for tensors.
 */
export function decodeSafetensors(
  content: ArrayBufferLike | ArrayBufferView,
  file = 'safetensors',
): Required<Safetensors> {
  return decode(content, file, readTensor);
}

/** The same, with tensors that are views of the content where they can be: for content that nobody changes. */
export function viewSafetensors(content: ArrayBufferLike | ArrayBufferView, file: string): Required<Safetensors> {
  return decode(content, file, viewTensor);
}

function decode(
  content: ArrayBufferLike | ArrayBufferView,
  file: string,
  read: (file: string, entry: Entry, bytes: Uint8Array) => Tensor,
): Required<Safetensors> {
  const bytes = bytesOf('decodeSafetensors', content);
  const dataStart = lengthBytes + headerLength(bytes, file);
  const fields = headerFields(bytes.subarray(lengthBytes, dataStart), file);
  const entries = fields.filter(({ name }) => name !== metadataKey).map(field => readEntry(file, field, dataStart));
  checkSpans(file, entries, dataStart, bytes.length);
  const tensors = entries.map(entry => [entry.name, read(file, entry, bytes)] as const);
  const metadata = fields.find(({ name }) => name === metadataKey);
  return {
    tensors: Object.fromEntries(tensors),
    metadata: metadata === undefined ? {} : readMetadata(file, metadata),
  };
}

/** One field of the header, and the byte of the file at which it begins. */
interface Field {
  readonly name: string;
  readonly value: unknown;
  readonly byte: number;
}

/** A tensor as the header describes it; `begin` and `end` are bytes of the file. */
interface Entry {
  readonly name: string;
  readonly byte: number;
  /** The format's name of the element type. */
  readonly type: string;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

const damaged = (file: string, byte: number, what: string, cause?: unknown): FormatError =>
  new FormatError(`${file}: byte ${byte}: ${what}`, cause === undefined ? {} : { cause });

function headerLength(bytes: Uint8Array, file: string): number {
  if (bytes.length < lengthBytes) {
    const begin = `a safetensors file begins with ${lengthBytes} bytes for the length of its header`;
    throw new FormatError(`${file}: truncated at byte ${bytes.length}: ${begin}`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const room = bytes.length - lengthBytes;
  if (length > BigInt(room)) {
    const promise = `a header of ${length} bytes is promised, but ${room} follow`;
    throw damaged(file, 0, `${promise}; this is no safetensors file, or it is truncated`);
  }
  if (length > BigInt(mostHeaderBytes)) {
    throw damaged(file, 0, `a header of ${length} bytes is promised, expected at most ${mostHeaderBytes}`);
  }
  return Number(length);
}

function headerFields(header: Uint8Array, file: string): Field[] {
  const parsed = parseHeader(header, file);
  if (!isObject(parsed)) throw damaged(file, lengthBytes, 'the header must be a JSON object');
  const seen = new Set<string>();
  return outermostKeys(header).map(({ name, at }) => {
    const byte = lengthBytes + at;
    if (seen.has(name)) throw damaged(file, byte, `the header has "${name}" twice`);
    seen.add(name);
    return { name, value: parsed[name], byte };
  });
}

function parseHeader(header: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header));
  } catch (cause) {
    const what = 'the header is not JSON in UTF-8; this is no safetensors file, or it is damaged';
    throw damaged(file, lengthBytes, what, cause);
  }
}

/** The keys of a valid JSON object and where they begin. JSON.parse drops the first of two equal keys. */
function outermostKeys(json: Uint8Array): { name: string; at: number }[] {
  // One character a byte: the structure of JSON is ASCII, and positions are those of the bytes.
  const text = new TextDecoder('latin1').decode(json);
  const keys: { name: string; at: number }[] = [];
  let depth = 0;
  let before = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') {
      const start = at;
      while (text[++at] !== '"') if (text[at] === '\\') at++;
      if (depth !== 1 || before === ':') continue;
      keys.push({ name: JSON.parse(new TextDecoder().decode(json.subarray(start, at + 1))), at: start });
    } else if ('{}[]:,'.includes(character)) {
      before = character;
      if (character === '{' || character === '[') depth++;
      if (character === '}' || character === ']') depth--;
    }
  }
  return keys;
}

function readEntry(file: string, { name, value, byte }: Field, dataStart: number): Entry {
  const fail = (what: string): FormatError => damaged(file, byte, `tensor "${name}": ${what}`);
  if (!isObject(value)) throw fail(`expected { dtype, shape, data_offsets }, got ${describe(value)}`);
  const { dtype: type, shape, data_offsets: offsets } = value;
  const stored = typeof type === 'string' ? storedTypes.get(type) : undefined;
  if (stored === undefined) {
    const known = [...storedTypes.keys()].join(', ');
    throw fail(`the type ${describe(type)} is not supported; convert it to one of ${known}`);
  }
  if (!isIntegers(shape)) {
    throw fail(`the shape must be a list of integers of 0 or more, got ${describe(shape)}`);
  }
  if (!isIntegers(offsets) || offsets.length !== 2) {
    throw fail(`data_offsets must be two integers of 0 or more, got ${describe(offsets)}`);
  }
  const [begin = 0, end = 0] = offsets;
  const expected = sizeOf(shape) * stored.bytes;
  if (end - begin !== expected) {
    const span = `data_offsets ${formatShape(offsets)} span ${end - begin} bytes`;
    throw fail(`${span}, but ${formatShape(shape)} of ${type} has ${expected}`);
  }
  return { name, byte, type: type as string, shape, begin: dataStart + begin, end: dataStart + end };
}

/** Every byte of the data must belong to exactly one tensor. */
function checkSpans(file: string, entries: readonly Entry[], dataStart: number, fileEnd: number): void {
  let at = dataStart;
  for (const { name, byte, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const place = `tensor "${name}" takes the bytes ${begin} to ${end} of the file`;
    if (end > fileEnd) throw damaged(file, byte, `${place}, which has ${fileEnd}; it is truncated`);
    if (begin !== at) {
      throw damaged(file, byte, `${place}, expected it to begin at ${at}: tensors follow one another without gaps`);
    }
    at = end;
  }
  if (at !== fileEnd) throw damaged(file, at, `the tensors end here, but ${fileEnd - at} more bytes follow`);
}

function readTensor(file: string, { name, type, shape, begin, end }: Entry, bytes: Uint8Array): Tensor {
  const { dtype, bytes: width, read } = storedTypes.get(type)!;
  const data = allocate(`${file}: tensor "${name}"`, dtype, shape);
  const wrong = read(bytes.subarray(begin, end), data);
  if (wrong !== undefined) throw damaged(file, begin + wrong.index * width, `tensor "${name}": ${wrong.why}`);
  return new Tensor(shape, dtype, data);
}

function viewTensor(file: string, entry: Entry, bytes: Uint8Array): Tensor {
  const { type, shape, begin, end } = entry;
  const at = bytes.byteOffset + begin;
  if (type !== formatTypes.float32 || at % Float32Array.BYTES_PER_ELEMENT !== 0) return readTensor(file, entry, bytes);
  const length = (end - begin) / Float32Array.BYTES_PER_ELEMENT;
  return new Tensor(shape, 'float32', new Float32Array(bytes.buffer as ArrayBuffer, at, length));
}

function readMetadata(file: string, { value, byte }: Field): { readonly [key: string]: string } {
  if (isTexts(value)) return value;
  throw damaged(file, byte, `${metadataKey} must hold texts by key, got ${describe(value)}`);
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is { readonly [key: string]: string } =>
  isObject(value) && Object.values(value).every(text => typeof text === 'string');
const isIntegers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(each => Number.isSafeInteger(each) && each >= 0);
