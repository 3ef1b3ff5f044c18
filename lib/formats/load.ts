import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { checkedHash, checkHash, keepContent, keptContent } from '../files/content-cache.ts';
import { checkedShape, isObject } from '../layers/options.ts';
import type { CustomLayers } from '../layers/registry.ts';
import type { Sequential } from '../model/sequential.ts';
import { unknownName } from '../nearest-name.ts';
import type { Shape } from '../shape/shape.ts';
import type { Loaded } from './model-files.ts';
import type { FormatName } from './model-format.ts';
import { formatNamed, formatOfContent } from './model-formats.ts';
import { besideUrl, type ModelSource, type OpenedSource, openSource, type ReadOptions, urlOf } from './model-source.ts';

export interface LoadModelOptions extends ReadOptions {
  /** What messages call the file; its path, address or name if left out. */
  readonly file?: string;
  /** The format; found by the content if left out. */
  readonly format?: FormatName;
  /** Factories of layers that the user has defined, by class name. */
  readonly customLayers?: CustomLayers;
  /** Whether a model that was compiled when it was saved is compiled again, where the format keeps that; true if left out. */
  readonly compile?: boolean;
  /** As for `decodeModel`. */
  readonly pixels?: boolean;
  /** The shape of one input, without the batch axis, for a file that leaves sizes open. */
  readonly inputShape?: Shape;
  /**
   * The SHA-256 of the file, as hexadecimal digits. The content is checked against it, and a browser keeps what it has fetched
   * by it, in its Cache Storage: a file that was loaded once is not fetched again, from whatever address.
   */
  readonly sha256?: string;
}

const optionNames = [
  'file',
  'format',
  'customLayers',
  'compile',
  'pixels',
  'inputShape',
  'sha256',
  'signal',
  'mostBytes',
];

/**
 * A model from an address, a File, a Response, a stream, or bytes, in any format that `saveModel` writes, known by its
 * content; `assertInput` and `assertOutput` tell the compiler its shapes. Throws FormatError for a file that holds no
 * model or is damaged, FileError for what cannot be read, OptionError for options that are none.
 */
export async function loadModel<const S extends ModelSource>(
  source: S,
  options: LoadModelOptions = {},
): Promise<Loaded<S>> {
  return (await loadAny(source, options)) as Loaded<S>;
}

async function loadAny(source: ModelSource, options: LoadModelOptions): Promise<Sequential> {
  const checked = checkedLoadOptions(options);
  const { sha256 } = checked;
  if (sha256 === undefined) return decodeOpened(await openSource(source, checked.file, checked), checked);
  const url = typeof source === 'string' || source instanceof URL ? urlOf(source) : undefined;
  const kept = url === undefined ? undefined : await keptContent(sha256);
  const opened = await openSource(kept ?? source, checked.file ?? url?.href, checked);
  await checkHash(opened.bytes, sha256, opened.file);
  if (url === undefined) return decodeOpened(opened, checked);
  if (kept === undefined) await keepContent(sha256, opened.bytes);
  return decodeOpened({ ...opened, sibling: besideUrl(url, checked) }, checked);
}

/** The model that a file holds, once it is read. */
export function decodeOpened(
  { file, bytes, sibling }: OpenedSource,
  { format, ...options }: LoadModelOptions,
): Promise<Sequential> {
  const found = format === undefined ? formatOfContent(bytes, file) : formatNamed(format);
  return found.decode(bytes, { ...options, file, sibling });
}

/** Throws OptionError for what is no option, and for values that none can have. */
export function checkedLoadOptions(options: LoadModelOptions): LoadModelOptions {
  if (!isObject(options)) throw new OptionError(`loadModel: expected an object with options, got ${describe(options)}`);
  for (const name of Object.keys(options)) {
    if (!optionNames.includes(name)) throw unknownName('option of loadModel', name, optionNames);
  }
  const { format, sha256, mostBytes, inputShape } = options as LoadModelOptions;
  if (inputShape !== undefined) checkedShape('loadModel: inputShape', inputShape);
  if (format !== undefined) formatNamed(format);
  if (mostBytes !== undefined && !(Number.isSafeInteger(mostBytes) && mostBytes > 0)) {
    throw new OptionError(`loadModel: mostBytes must be an integer of 1 or more, got ${describe(mostBytes)}`);
  }
  return sha256 === undefined ? options : { ...options, sha256: checkedHash(sha256) };
}
