/** The kernels that run in WebAssembly; the bindings beside them say with which arguments. */

export { argmax, argmin } from './argmax';
export { averagePool2dBackward, averagePool2dForward } from './average-pooling';
export { setAxis } from './axes';
export { biasBackward, biasForward } from './bias';
export { castFromInt32, castFromUint8Affine, castToInt32 } from './cast';
export { conv2dBackwardFilter, conv2dBackwardInput, conv2dForward } from './conv2d';
export { depthwiseBackwardInput, depthwiseForward } from './depthwise';
export { depthwiseGradientFinish, depthwiseGradientSums } from './depthwise-gradient';
export { dropoutForward } from './dropout';
export { constantsEnd } from './elementary';
export { maxOver, minOver } from './extremes';
export { fewChannelsForward } from './few-channels-forward';
export { fewChannelsGradientFinish, fewChannelsGradientSums } from './few-channels-gradient';
export { fewRowsFinish, fewRowsSums } from './few-rows';
export { gatherBackward, gatherForward } from './gather';
export * from './generated/index';
export { gatherRows, scatterRows, transposeMatrix, transposePlanes } from './layout';
export { localResponseNormalizationBackward, localResponseNormalizationForward } from './local-response-normalization';
export { matmulForward } from './matmul';
export {
  columnCoefficients,
  columnMoments,
  columnMomentsFinish,
  normalizeColumns,
  normalizeColumnsAdd,
} from './normalization-columns';
export {
  addColumnTotals,
  columnGradient,
  columnGradientFinish,
  columnGradientSums,
} from './normalization-columns-gradient';
export { columnReluGradientSums } from './normalization-columns-relu';
export { lineGradient, lineMoments, lineReluGradient, lineSums, normalizeLines } from './normalization-lines';
export { oneHot } from './one-hot';
export { maxPool2dBackward, maxPool2dForward } from './pooling';
export { maxPool2dWhere, maxPool2dWhereBackward } from './pooling-where';
export { randomNormal, randomUniform } from './random';
export { addChunks, sumChunks, sumColumnsOver, sumRowsOver } from './reduce';
export { resampleBackward, resampleForward } from './resample';
export { resizeBackward, resizeForward } from './resize';
export { addAndFloor, scaleShiftForward } from './scale-shift';
export { stridedTranspose } from './strided-transpose';
export { setTileWidth } from './tiles';
export { setWindow } from './window';
export { winogradConv2d, winogradFilters } from './winograd';
export { winogradGradientFinish, winogradGradientSums } from './winograd-gradient';
