import type { TrainingModel } from '../callbacks/callback.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { concatenate } from '../files/bytes.ts';
import { Sequential } from '../model/sequential.ts';
import type { FileParts, FormatName } from './model-format.ts';
import { formatNamed, formatOfName } from './model-formats.ts';

export interface SaveModelOptions {
  /** The format; that which the ending of the name stands for if left out. */
  readonly format?: FormatName;
}

/** The files of a model by their names, in pieces, the main one last. `what` begins messages. */
export async function encodedFiles(
  what: string,
  model: TrainingModel,
  file: string,
  { format }: SaveModelOptions,
): Promise<{ readonly [file: string]: FileParts }> {
  if (!(model instanceof Sequential)) throw new OptionError(`${what}: expected a model, got ${describe(model)}`);
  const found = format === undefined ? formatOfName(what, file) : formatNamed(format);
  return found.encode(model, file);
}

/**
 * A model as files to download or to send, by their names: `await encodeFiles(model, 'digits.keras')` has that one, formats of
 * several files more. Throws OptionError for a name that tells no format, and before anything is made for a model with a
 * layer that the format cannot express.
 */
export async function encodeFiles(
  model: TrainingModel,
  file: string,
  options: SaveModelOptions = {},
): Promise<{ readonly [file: string]: Uint8Array }> {
  const files = await encodedFiles('encodeFiles', model, file, options);
  return Object.fromEntries(Object.entries(files).map(([name, parts]) => [name, concatenate(parts)]));
}
