/** Files of models, in Node and in browsers: `import { loadModel } from 'inkling/formats'`. */
export { type LoadModelOptions, loadModel } from './load.ts';
export type { FormatName } from './model-formats.ts';
export type { ModelSource } from './model-source.ts';
export { type DecodeOnnxOptions, decodeOnnx } from './onnx/decode-onnx.ts';
export { type EncodeOnnxOptions, encodeOnnx } from './onnx/encode-onnx.ts';
export { encodeFiles, type SaveModelOptions } from './save.ts';
