/** Files of models, in Node and in browsers: `import { loadModel } from 'inkling/formats'`. */
export { decodeKerasH5, encodeKerasWeights, loadKerasWeights } from './keras/h5-file.ts';
export { type DecodeKerasOptions, decodeKeras, type EncodeKerasOptions, encodeKeras } from './keras/keras-file.ts';
export { type LoadModelOptions, loadModel } from './load.ts';
// All of it, so that declarations of users can add to its interface.
export * from './model-files.ts';
export type { FormatName } from './model-format.ts';
export type { ModelSource } from './model-source.ts';
export { type DecodeOnnxOptions, decodeOnnx } from './onnx/decode-onnx.ts';
export { type EncodeOnnxOptions, encodeOnnx } from './onnx/encode-onnx.ts';
export {
  encodeStateDict,
  type LoadedStateDict,
  type LoadStateDictOptions,
  loadStateDict,
  type StateDictOptions,
} from './pytorch/state-dict.ts';
export { encodeFiles, type SaveModelOptions } from './save.ts';
export { type DecodeTfjsOptions, decodeTfjs, type EncodeTfjsOptions, encodeTfjs } from './tfjs/tfjs-files.ts';
