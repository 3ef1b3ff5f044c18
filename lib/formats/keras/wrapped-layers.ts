/** Layers whose files hold more than options and variables of their own: a layer within a layer, and a vocabulary. */
import { describe } from '../../describe.ts';
import { FormatError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import type { LayerOptionValues } from '../../layers/layer.ts';
import { snakeCase } from '../../layers/names.ts';
import { isObject } from '../../layers/options.ts';
import { isKerasLayer, readOptions, writeOptions } from './layer-configs.ts';
import { described } from './objects.ts';

/** A class of Keras whose variables are those of the layer within it, and one more. */
export const wrapper = 'SpectralNormalization';

/** The name of the variable that the wrapper adds. */
export const wrapperVariable = 'vector_u';

/** The options of the wrapper, the layer within it among them. Throws FormatError for one that is none of Keras's. */
export function readWrapper(what: string, config: { readonly [option: string]: unknown }): LayerOptionValues {
  const { layer, ...others } = config;
  const { className, config: given } = described(`${what}: layer`, layer);
  if (!isObject(given)) throw new FormatError(`${what}: layer: config must be an object, got ${describe(given)}`);
  if (!isKerasLayer(className) || className === wrapper) {
    throw new FormatError(
      `${what} is a ${wrapper} of a ${className}; it can be read with layers such as Conv2D and Dense`,
    );
  }
  const name = typeof given['name'] === 'string' ? { name: given['name'] } : {};
  const options = readOptions(`${what}: layer`, className, given);
  return { ...readOptions(what, wrapper, others), layer: { className, ...name, config: options } };
}

/** The same for Keras. Throws FormatError where Keras has no layer like that within it. */
export function writeWrapper(what: string, { layer, ...others }: LayerOptionValues): { [option: string]: Json } {
  const { className, name, config } = layer as { className: string; name?: string; config: LayerOptionValues };
  if (!isKerasLayer(className) || isObject(config['padding'])) {
    const odd = isKerasLayer(className) ? `${className} with explicit padding` : className;
    throw new FormatError(
      `${what} is a ${wrapper} of a ${odd}, which .keras files cannot hold; save the model as a .safetensors file`,
    );
  }
  const written = writeOptions(`${what}: layer`, className, config);
  const inner: Json = {
    module: 'keras.layers',
    class_name: className,
    config: { name: name ?? snakeCase(className), trainable: true, dtype: 'float32', ...written },
    registered_name: null,
  };
  return { layer: inner, ...writeOptions(what, wrapper, others) };
}

/** The options of an IntegerLookup, with the vocabulary of the file beside the config if that has none. */
export const withVocabulary = (
  { vocabulary = null, ...options }: LayerOptionValues,
  vocabularyOf: () => readonly number[],
): LayerOptionValues => ({ ...options, vocabulary: vocabulary ?? vocabularyOf() });

/** The numbers of a `vocabulary.txt`, one in each line. Throws FormatError. */
export function readVocabulary(what: string, text: string | undefined): readonly number[] {
  if (text === undefined) throw new FormatError(`${what} has no vocabulary, and there is no file of one`);
  return text.split('\n').map(line => {
    if (/^-?\d{1,15}$/.test(line.trim())) return Number(line);
    throw new FormatError(`${what}: its vocabulary must be integers, got ${describe(line)}`);
  });
}
