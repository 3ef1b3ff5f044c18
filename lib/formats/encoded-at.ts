import { basename, dirname, join } from 'node:path';
import type { TrainingModel } from '../callbacks/callback.ts';
import type { FileParts } from './model-format.ts';
import { encodedFiles, type SaveModelOptions } from './save.ts';

/** The files of a model by their paths, in pieces, the main one last. `what` begins messages. */
export async function encodedAt(
  what: string,
  model: TrainingModel,
  path: string,
  options: SaveModelOptions = {},
): Promise<readonly (readonly [path: string, parts: FileParts])[]> {
  const main = basename(path);
  const files = await encodedFiles(what, model, main, options);
  return Object.entries(files).map(([name, parts]) => [name === main ? path : join(dirname(path), name), parts]);
}
