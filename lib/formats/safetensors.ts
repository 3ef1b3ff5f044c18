import { FormatError } from '../errors.ts';
import { type Shape, sizeOf } from '../shape/shape.ts';
import { allocate, type DType, type NdArray } from '../tensor/dtype.ts';

/** Tensors by name and free text by key: what a safetensors file holds. */
export interface Safetensors {
  readonly tensors: { readonly [name: string]: NdArray };
  readonly metadata: { readonly [key: string]: string };
}

/** The format's element types that Inkling has. */
const formatTypes = { float32: 'F32', int32: 'I32', uint8: 'U8', bool: 'BOOL' } as const;
const lengthBytes = 8;
/** The header ends at a multiple of this many bytes, so that the data may be used in place. */
const headerAlignment = 8;
/** The format's own limit. */
const maxHeaderBytes = 100_000_000;

/**
 * The bytes of a safetensors file (github.com/huggingface/safetensors, format of version 0.4): the header's length
 * in 8 bytes, the header as JSON, and the tensors one after the other, little-endian.
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header: { [name: string]: unknown } = {};
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  // As the reference implementation does: wide elements first, so that all stay aligned.
  const bytesOf = ({ data }: NdArray) => data.BYTES_PER_ELEMENT;
  const ordered = Object.entries(tensors).sort(
    ([nameA, a], [nameB, b]) => bytesOf(b) - bytesOf(a) || (nameA < nameB ? -1 : 1),
  );
  let end = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    header[name] = { dtype: formatTypes[dtype], shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / headerAlignment) * headerAlignment;
  const out = new Uint8Array(lengthBytes + headerBytes + end);
  new DataView(out.buffer).setBigUint64(0, BigInt(headerBytes), true);
  out.fill(0x20, lengthBytes, lengthBytes + headerBytes);
  out.set(json, lengthBytes);
  let at = lengthBytes + headerBytes;
  for (const [, { data }] of ordered) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}

/** What a safetensors file holds. Throws FormatError that names `file` and the byte for one that is damaged. */
export function decodeSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const { header, dataStart } = readHeader(bytes, file);
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors: { [name: string]: NdArray } = {};
  const spans: Span[] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, begin, end } = readEntry(file, name, entry, bytes.length - dataStart);
    const data = allocate(dtype, sizeOf(shape));
    new Uint8Array(data.buffer).set(bytes.subarray(dataStart + begin, dataStart + end));
    tensors[name] = { shape, dtype, data };
    spans.push({ name, begin, end });
  }
  checkSpans(file, spans, bytes.length - dataStart);
  return { tensors, metadata: readMetadata(file, metadata) };
}

interface Span {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

function readHeader(
  bytes: Uint8Array,
  file: string,
): { header: { readonly [key: string]: unknown }; dataStart: number } {
  if (bytes.length < lengthBytes) {
    throw new FormatError(
      `${file}: ${bytes.length} bytes are too few for a safetensors file, which begins with 8 bytes for the length of its header`,
    );
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const room = bytes.length - lengthBytes;
  if (length > room || length > maxHeaderBytes) {
    throw new FormatError(
      `${file}: byte 0: the header is said to have ${length} bytes, but the file has ${room} more; not a safetensors file, or truncated`,
    );
  }
  const dataStart = lengthBytes + length;
  try {
    const header: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(lengthBytes, dataStart)),
    );
    if (isObject(header)) return { header, dataStart };
  } catch (error) {
    throw new FormatError(
      `${file}: byte 8: the header is not JSON: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
  throw new FormatError(`${file}: byte 8: the header is not a JSON object`);
}

function readEntry(
  file: string,
  name: string,
  entry: unknown,
  dataBytes: number,
): Span & { dtype: DType; shape: Shape } {
  const fail = (what: string): never => {
    throw new FormatError(`${file}: tensor "${name}": ${what}`);
  };
  if (!isObject(entry)) return fail(`expected { dtype, shape, data_offsets }, got ${JSON.stringify(entry)}`);
  const { dtype: type, shape, data_offsets: offsets } = entry;
  const dtype = (Object.keys(formatTypes) as DType[]).find(known => formatTypes[known] === type);
  if (dtype === undefined)
    return fail(`the type ${JSON.stringify(type)} is not supported; known: ${Object.values(formatTypes).join(', ')}`);
  if (!isIntegers(shape))
    return fail(`the shape must be a list of integers of 0 or more, got ${JSON.stringify(shape)}`);
  if (!isIntegers(offsets) || offsets.length !== 2)
    return fail(`data_offsets must be [begin, end], got ${JSON.stringify(offsets)}`);
  const [begin = 0, end = 0] = offsets;
  if (end > dataBytes) return fail(`it ends at byte ${end} of the data, which has ${dataBytes}; the file is truncated`);
  const expected = sizeOf(shape) * (dtype === 'float32' || dtype === 'int32' ? 4 : 1);
  if (end - begin !== expected)
    return fail(`data_offsets span ${end - begin} bytes, the shape [${shape.join(', ')}] of ${type} needs ${expected}`);
  return { name, dtype, shape, begin, end };
}

/** Every byte of the data must belong to exactly one tensor. */
function checkSpans(file: string, spans: readonly Span[], dataBytes: number): void {
  let at = 0;
  for (const { name, begin, end } of [...spans].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) {
      throw new FormatError(
        `${file}: tensor "${name}" begins at byte ${begin} of the data, expected ${at}: tensors must follow each other without gaps`,
      );
    }
    at = end;
  }
  if (at !== dataBytes) throw new FormatError(`${file}: ${dataBytes} bytes of data, but the tensors end at ${at}`);
}

function readMetadata(file: string, metadata: unknown): { [key: string]: string } {
  if (!isObject(metadata) || !Object.values(metadata).every(value => typeof value === 'string')) {
    throw new FormatError(`${file}: __metadata__ must hold texts only, got ${JSON.stringify(metadata)}`);
  }
  return metadata as { [key: string]: string };
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isIntegers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(each => Number.isSafeInteger(each) && each >= 0);
