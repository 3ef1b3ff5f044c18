/** The formats in which models come and go: the one table through which `loadModel` and `saveModel` go. */
import { describe } from '../describe.ts';
import { FormatError, OptionError } from '../errors.ts';
import { adviceFor, isHdf5, isJson, isOnnx, isSafetensors, isTorchArchive, isZip } from '../files/signatures.ts';
import { unknownName } from '../nearest-name.ts';
import { decodeModel, modelParts } from './model-file.ts';
import type { FormatName, ModelFormat } from './model-format.ts';

/** A format's code is loaded when a file of it is: bundles and starts of programs stay small. */
export const modelFormats: readonly ModelFormat[] = [
  {
    name: 'inkling',
    endings: ['.safetensors'],
    isIn: isSafetensors,
    decode: (bytes, options) => decodeModel(bytes, options),
    encode: async (model, file) => ({ [file]: await modelParts(model) }),
  },
  {
    name: 'keras',
    endings: ['.keras'],
    isIn: bytes => isZip(bytes) && !isTorchArchive(bytes),
    decode: async (bytes, options) => (await import('./keras/keras-file.ts')).decodeKeras(bytes, options),
    encode: async (model, file) => ({ [file]: [await (await import('./keras/keras-file.ts')).encodeKeras(model)] }),
  },
  {
    name: 'keras-h5',
    endings: ['.weights.h5', '.h5', '.hdf5'],
    isIn: isHdf5,
    decode: async (bytes, options) => (await import('./keras/h5-file.ts')).decodeKerasH5(bytes, options),
    encode: async (model, file) => ({
      [file]: [await (await import('./keras/h5-file.ts')).encodeKerasH5(model, file)],
    }),
  },
  {
    name: 'onnx',
    endings: ['.onnx'],
    isIn: (bytes, file) => isOnnx(bytes) || file.toLowerCase().endsWith('.onnx'),
    decode: async (bytes, { file, inputShape, sibling }) => {
      const { decodeOnnx } = await import('./onnx/decode-onnx.ts');
      const options = { file, externalData: sibling };
      return decodeOnnx(bytes, inputShape === undefined ? options : { ...options, inputShape });
    },
    encode: async (model, file) => {
      const { encodeOnnx } = await import('./onnx/encode-onnx.ts');
      return { [file]: [await encodeOnnx(model)] };
    },
  },
  {
    name: 'tfjs',
    endings: ['.json'],
    isIn: isJson,
    decode: async (bytes, options) => (await import('./tfjs/tfjs-files.ts')).decodeTfjsModel(bytes, options),
    encode: async (model, file) => (await import('./tfjs/tfjs-files.ts')).encodeTfjsParts(model, file),
  },
];

const names = modelFormats.map(({ name }) => name);
/** What the names of models' files end with. */
export const modelEndings: readonly string[] = modelFormats.flatMap(each => each.endings);
export const listed = (texts: readonly string[]): string => texts.map(text => `"${text}"`).join(', ');

/** Throws OptionError for a name that is none. */
export function formatNamed(name: FormatName): ModelFormat {
  if (typeof name !== 'string') throw new OptionError(`format must be one of ${listed(names)}, got ${describe(name)}`);
  const found = modelFormats.find(format => format.name === name);
  if (found === undefined) throw unknownName('format', name, names);
  return found;
}

/** The format that the ending of a file's name stands for, if it stands for one. */
export const formatOfEnding = (file: string): ModelFormat | undefined =>
  modelFormats.find(format => format.endings.some(ending => file.toLowerCase().endsWith(ending)));

/** The format that the ending of a file's name stands for. Throws OptionError for one that stands for none. */
export function formatOfName(what: string, file: string): ModelFormat {
  const found = formatOfEnding(file);
  if (found !== undefined) return found;
  const advice = `end the name with ${listed(modelEndings)}, or give { format }: ${listed(names)}`;
  throw new OptionError(`${what}: the name ${JSON.stringify(file)} tells no format; ${advice}`);
}

/** The format that content has, whatever its name. Throws FormatError for content that has none. */
export function formatOfContent(bytes: Uint8Array, file: string): ModelFormat {
  const found = modelFormats.find(format => format.isIn(bytes, file));
  if (found !== undefined) return found;
  const advice = adviceFor(bytes) ?? `expected one of ${listed(names)}`;
  throw new FormatError(`${file}: no format of models begins like this file: ${advice}`);
}
