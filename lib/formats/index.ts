/** Files of models, in Node and in browsers: `import { loadModel } from 'inkling/formats'`. */
export { type LoadModelOptions, loadModel } from './load.ts';
export type { FormatName } from './model-formats.ts';
export type { ModelSource } from './model-source.ts';
export { encodeFiles, type SaveModelOptions } from './save.ts';
