/** What needs a file system: `import { mnist, saveModel } from 'inkling/node'`. */
import { readFile } from 'node:fs/promises';
import { checkedPath, fileError } from './formats/file-error.ts';
import { type DecodeModelOptions, decodeModel, encodeModel } from './formats/model-file.ts';
import { writeAtomically } from './formats/write-atomically.ts';
import type { Sequential } from './model/sequential.ts';

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
