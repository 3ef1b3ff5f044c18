/** What needs a file system: `import { mnist, saveModel } from 'inkling/node'`. */
import { readFile } from 'node:fs/promises';
import type { TrainingState } from './callbacks/callback.ts';
import { checkedPath, fileError } from './formats/file-error.ts';
import { type DecodeModelOptions, decodeModel, encodeModel } from './formats/model-file.ts';
import { decodeState, encodeState } from './formats/state-file.ts';
import { writeAtomically } from './formats/write-atomically.ts';
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
export { type LabelledImages, type Mnist, type MnistOptions, mnist } from './data/mnist.ts';

/**
 * Writes architecture and weights into a safetensors file. A file that is there is replaced once the new one is whole,
 * and keeps its content until then. Throws FileError if it cannot be written, and leaves nothing behind then.
 */
export async function saveModel(model: Sequential, path: string): Promise<void> {
  await writeAtomically(checkedPath('saveModel', path), await encodeModel(model));
}

/**
 * Reads a model that `saveModel` wrote; it has to be compiled before it trains. Throws FileError if there is no such
 * file, FormatError if it is no such model.
 */
export async function loadModel(path: string, options: Omit<DecodeModelOptions, 'file'> = {}): Promise<Sequential> {
  const bytes = await readFile(checkedPath('loadModel', path)).catch(cause => {
    throw fileError('read', path, cause);
  });
  return decodeModel(bytes, { ...options, file: path });
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
  const bytes = await readFile(checkedPath('readStateFile', path)).catch(cause => {
    throw fileError('read', path, cause);
  });
  return decodeState(bytes, path);
}
