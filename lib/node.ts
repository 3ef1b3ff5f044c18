/** What needs a file system: `import { mnist, saveModel } from 'inkling/node'`. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TrainingState } from './callbacks/callback.ts';
import { checkHash } from './files/content-cache.ts';
import { checkedPath, fileError } from './files/file-error.ts';
import { writeAtomically } from './files/write-atomically.ts';
import { encodedAt } from './formats/encoded-at.ts';
import { checkedLoadOptions, decodeOpened, type LoadModelOptions, loadModel as loadFetched } from './formats/load.ts';
import type { Loaded } from './formats/model-files.ts';
import { checkedSibling, type ModelSource } from './formats/model-source.ts';
import type { SaveModelOptions } from './formats/save.ts';
import { decodeState, encodeState } from './formats/state-file.ts';
import type { Sequential } from './model/sequential.ts';

export {
  BackupAndRestore,
  type BackupAndRestoreOptions,
  CSVLogger,
  JsonLinesLogger,
  ModelCheckpoint,
  type ModelCheckpointOptions,
  TensorBoard,
  type TensorBoardOptions,
  type WriteFile,
} from './callbacks/in-files.ts';
export { type MnistCsv, type ReadMnistCsvOptions, readMnistCsv } from './data/csv/read-mnist-csv.ts';
export { type Predictions, readSubmissionCsv, writeSubmissionCsv } from './data/csv/submission-csv.ts';
export { type WriteMnistCsvOptions, writeMnistCsv } from './data/csv/write-csv.ts';
export type { DataSource, DataSourceOptions } from './data/files/data-source.ts';
export type { Digits } from './data/find-digits.ts';
export {
  type EmnistSplit,
  emnist,
  fashionMnist,
  type ImageSet,
  type ImageSetOptions,
  kmnist,
} from './data/image-sets.ts';
export {
  type FolderShape,
  type ImageExample,
  ImageFolder,
  imageFolder,
  type LabelledFile,
} from './data/images/image-folder.ts';
export { type ImageForm, type ReadImageOptions, readImage } from './data/images/read-image.ts';
export type { Images, LabelledImages } from './data/labelled-images.ts';
export { type LoadDigitsOptions, loadDigits } from './data/load-digits.ts';
export { type Mnist, type MnistOptions, mnist } from './data/mnist.ts';
export type { Pixels } from './files/png.ts';

/**
 * Writes a model into a file, in the format that its ending tells: `.safetensors`, Inkling's own, has architecture and
 * weights. Files that are there are replaced once the new ones are whole, and keep their content until then. Throws
 * OptionError, before anything is written, for a name that tells no format and for a model that the format cannot express,
 * and FileError if a file cannot be written; nothing is left behind then.
 */
export async function saveModel(model: Sequential, path: string, options: SaveModelOptions = {}): Promise<void> {
  const files = await encodedAt('saveModel', model, checkedPath('saveModel', path), options);
  for (const [file, parts] of files) await writeAtomically(file, parts);
}

/**
 * Reads a model from a file, or from what `loadModel` of `inkling/formats` takes, in any format that `saveModel` writes, known
 * by its content; `assertInput` and `assertOutput` tell the compiler its shapes. Throws FileError if there is no such
 * file, FormatError if it holds no model or is damaged.
 */
export async function loadModel<const S extends ModelSource>(
  source: S,
  options: LoadModelOptions = {},
): Promise<Loaded<S>> {
  return (await loadAny(source, options)) as Loaded<S>;
}

async function loadAny(source: ModelSource, options: LoadModelOptions): Promise<Sequential> {
  const isPath = typeof source === 'string' && !/^(https?|data|blob):/.test(source);
  const isFile = source instanceof URL && source.protocol === 'file:';
  if (!isPath && !isFile) return loadFetched(source, options);
  const path = checkedPath('loadModel', isFile ? fileURLToPath(source) : String(source));
  const checked = checkedLoadOptions(options);
  const bytes = await readBytes(path);
  const file = checked.file ?? path;
  if (checked.sha256 !== undefined) await checkHash(bytes, checked.sha256, file);
  const sibling = (name: string) => readBytes(join(dirname(path), checkedSibling(name, file)));
  return decodeOpened({ file, bytes, sibling }, checked);
}

async function readBytes(path: string): Promise<Uint8Array> {
  return readFile(path).catch(cause => {
    throw fileError('read', path, cause);
  });
}

/**
 * Writes a training state. A file that is there keeps its content until the new one is whole, so that a process that is
 * killed while it writes leaves a state to go on from. Throws FileError if it cannot be written.
 */
export async function writeStateFile(path: string, state: TrainingState): Promise<void> {
  await writeAtomically(checkedPath('writeStateFile', path), encodeState(state));
}

/** Reads what `writeStateFile` wrote. Throws FileError if there is no such file, FormatError if it is no such state. */
export async function readStateFile(path: string): Promise<TrainingState> {
  return decodeState(await readBytes(checkedPath('readStateFile', path)), path);
}
