/** What needs a file system: `import { mnist, saveModel } from 'inkling/node'`. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { type DecodeModelOptions, decodeModel, encodeModel } from './formats/model-file.ts';
import type { Sequential } from './model/sequential.ts';

export { type LabelledImages, type Mnist, type MnistOptions, mnist } from './data/mnist.ts';

/** Writes architecture and weights into a safetensors file. A file that is there is replaced once the new one is whole. */
export async function saveModel(model: Sequential, path: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  await writeFile(partial, await encodeModel(model));
  await rename(partial, path);
}

/** Reads a model that `saveModel` wrote; it has to be compiled before it trains. Throws FormatError. */
export async function loadModel(path: string, options: Omit<DecodeModelOptions, 'file'> = {}): Promise<Sequential> {
  return decodeModel(await readFile(path), { ...options, file: path });
}
