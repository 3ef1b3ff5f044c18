/** The kernels that run in WebAssembly; simd-bindings/ says with which arguments. */
export { reluBackward, reluForward } from './activations';
export { biasBackward, biasForward } from './bias';
export { conv2dBackwardFilter, conv2dBackwardInput, conv2dForward } from './conv2d';
export { dropoutForward } from './dropout';
export { scratchBytes } from './gemm';
export { matmulForward } from './matmul';
export { adamUpdate, momentumUpdate, rmspropUpdate, sgdUpdate } from './optimizers';
export { maxPool2dBackward, maxPool2dForward } from './pooling';
export { zero } from './vectors';
export { setWindow } from './window';
