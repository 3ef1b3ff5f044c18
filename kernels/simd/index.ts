/** The kernels that run in WebAssembly; simd-bindings/ says with which arguments. */
export {
  eluBackward,
  eluForward,
  leakyReluBackward,
  leakyReluForward,
  reluBackward,
  reluForward,
  sigmoidBackward,
  sigmoidForward,
  tanhBackward,
  tanhForward,
} from './activations';
export { averagePool2dBackward, averagePool2dForward } from './average-pooling';
export { setAxis } from './axes';
export { biasBackward, biasForward } from './bias';
export { addForward, divideForward, multiplyForward, subtractForward } from './broadcast';
export { conv2dBackwardFilter, conv2dBackwardInput, conv2dForward } from './conv2d';
export { dropoutForward } from './dropout';
export { constantsEnd } from './elementary';
export {
  absBackward,
  absForward,
  affineForward,
  expForward,
  fill,
  logForward,
  sqrtForward,
} from './elementwise';
export { fewChannelsForward } from './few-channels-forward';
export { fewChannelsGradientFinish, fewChannelsGradientSums } from './few-channels-gradient';
export { scratchBytes } from './gemm';
export { gatherRows, scatterRows, transposePlanes } from './layout';
export { localResponseNormalizationBackward, localResponseNormalizationForward } from './local-response-normalization';
export {
  binaryCrossEntropyBackward,
  binaryCrossEntropyForward,
  crossEntropyBackward,
  crossEntropyForward,
  differenceBackward,
  meanSquaredErrorForward,
  sigmoidBinaryCrossEntropyForward,
} from './losses';
export { matmulForward } from './matmul';
export { binaryAccuracy, categoricalAccuracy, oneHot } from './metrics';
export { adamUpdate, momentumUpdate, rmspropUpdate, sgdUpdate } from './optimizers';
export { maxPool2dBackward, maxPool2dForward } from './pooling';
export { maxPool2dWhere, maxPool2dWhereBackward } from './pooling-where';
export { addChunks, sumChunks, sumColumnsOver, sumRowsOver } from './reduce';
export {
  softmaxBackward,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  softmaxForward,
} from './softmax';
export { setTileWidth } from './tiles';
export { setWindow } from './window';
export { winogradConv2d, winogradFilters } from './winograd';
export { winogradGradientFinish, winogradGradientSums } from './winograd-gradient';
