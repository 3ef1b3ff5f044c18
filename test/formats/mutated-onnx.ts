import { readFile } from 'node:fs/promises';
import { decodeOnnx } from '../../lib/formats/onnx/decode-onnx.ts';
import { FormatError } from '../../lib/index.ts';

const folder = new URL('../golden/formats/onnx/', import.meta.url);
const names = ['torch-script-mobile.onnx', 'keras-torch.onnx', 'torch-dynamo-inception.onnx'];
const longest = 2000;

/** Reads so many files of which bytes are changed or cut off, and tells what became of them. */
export async function readMutated(count: number) {
  const files = await Promise.all(names.map(name => readFile(new URL(name, folder))));
  const wrong: unknown[] = [];
  const slow: number[] = [];
  let [state, refused, read] = [1, 0, 0];
  const draw = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let turn = 0; turn < count; turn++) {
    const bytes = Uint8Array.from(files[turn % files.length]!);
    for (let change = 0; change <= turn % 4; change++) bytes[draw(bytes.length)] = draw(256);
    const mutated = turn % 5 === 0 ? bytes.subarray(0, draw(bytes.length)) : bytes;
    const begin = performance.now();
    try {
      (await decodeOnnx(mutated)).dispose();
      read++;
    } catch (error) {
      refused++;
      if (!(error instanceof FormatError)) wrong.push(error);
    }
    if (performance.now() - begin > longest) slow.push(turn);
  }
  return { refused, read, slow, wrong };
}
