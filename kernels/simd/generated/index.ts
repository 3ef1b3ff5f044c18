// Made by `npm run generate`; what is changed here is lost.
export * from './activations';
export * from './arithmetic';
export * from './losses';
export * from './metrics';
export * from './optimizers';
