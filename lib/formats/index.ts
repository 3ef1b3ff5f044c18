/** Files of models, in Node and in browsers: `import { loadModel } from 'inkling/formats'`. */
export { decodeKerasH5, encodeKerasWeights, loadKerasWeights } from './keras/h5-file.ts';
export { type DecodeKerasOptions, decodeKeras, type EncodeKerasOptions, encodeKeras } from './keras/keras-file.ts';
export { type LoadModelOptions, loadModel } from './load.ts';
export type { FormatName } from './model-formats.ts';
export type { ModelSource } from './model-source.ts';
export { encodeFiles, type SaveModelOptions } from './save.ts';
