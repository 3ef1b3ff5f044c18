import { FormatError } from '../errors.ts';
import { concatenate } from '../files/bytes.ts';
import type { Json } from '../json.ts';
import type { Tensor } from '../tensor/index.ts';
import { decodeSafetensors, type Safetensors, safetensorsParts } from './safetensors.ts';

/**
 * A safetensors file that Inkling writes, which any safetensors library opens: tensors by name, and in its metadata the
 * name of the format, its version, and all that is no tensor as JSON. A number that JSON has no form for (NaN, the
 * infinities, -0) is `{ "$number": "NaN" }` there.
 */
export interface InklingFile {
  readonly format: 'inkling-model' | 'inkling-state';
  /** Grows where a file that is written now could no longer be read by an older Inkling. */
  readonly version: number;
  readonly tensors: { readonly [name: string]: Tensor };
  readonly values: Json;
}

export const encodeInklingFile = (file: InklingFile): Uint8Array => concatenate(inklingFileParts(file));

/** The same bytes in pieces, so that tensors are not copied. */
export function inklingFileParts({ format, version, tensors, values }: InklingFile): Uint8Array[] {
  const metadata = { format, version: String(version), values: JSON.stringify(values, withAllNumbers) };
  return safetensorsParts({ tensors, metadata });
}

/** What is there of a file that claims to be of that format. Throws FormatError that names `file`. */
export function decodeInklingFile(
  content: ArrayBufferLike | ArrayBufferView,
  expected: Pick<InklingFile, 'format' | 'version'>,
  file: string,
): InklingFile {
  return inklingFileOf(decodeSafetensors(content, file), expected, file);
}

/** The same of a file that is decoded. */
export function inklingFileOf(
  { tensors, metadata }: Required<Safetensors>,
  { format, version: newest }: Pick<InklingFile, 'format' | 'version'>,
  file: string,
): InklingFile {
  const { format: found, version = '', values } = metadata;
  if (found !== format || values === undefined) {
    const got = found === undefined ? 'no format' : `the format "${found}"`;
    const advice = format === 'inkling-model' ? '; weights alone are given to a model by loadStateDict' : '';
    throw new FormatError(`${file}: a safetensors file with ${got} in its metadata, expected "${format}"${advice}`);
  }
  const number = /^[1-9]\d{0,8}$/.test(version) ? Number(version) : undefined;
  if (number === undefined || number > newest) {
    const advice = number === undefined ? 'the file is damaged' : 'update Inkling';
    throw new FormatError(`${file}: ${format} of version "${version}", this Inkling reads up to ${newest}; ${advice}`);
  }
  return { format, version: number, tensors, values: parseJson(values, file) };
}

/** JSON of a file's metadata. Throws FormatError for a text that is none, or that is nested too deep. */
export function parseJson(text: string, file: string): Json {
  try {
    return JSON.parse(text, allNumbers);
  } catch (cause) {
    // Thousands of brackets within each other exhaust the stack.
    const what = cause instanceof RangeError ? 'is nested too deep' : 'is no JSON';
    throw new FormatError(`${file}: what its metadata holds ${what}; the file is damaged`, { cause });
  }
}

function withAllNumbers(_: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  const isWritten = Number.isFinite(value) && !Object.is(value, -0);
  return isWritten ? value : { $number: Object.is(value, -0) ? '-0' : String(value) };
}

function allNumbers(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$number' in value)) return value;
  return Number(value.$number);
}
