/** The bindings of all kernels, by name. */
import type { Conv2dPoolGeometry, GeometryOf, KernelName } from '../contract.ts';
import type { Conv2dGeometry } from '../geometry.ts';
import { axesBindings, axesScratch } from './axes.ts';
import type { Bindings, SimdScratch } from './binding.ts';
import { conv2dAlgorithm, conv2dBindings, conv2dScratch } from './conv2d.ts';
import { convPoolBindings, convPoolScratch } from './conv2d-pool.ts';
import { biasScratch, elementwiseBindings } from './elementwise.ts';
import { gemmBytes, matmulForward } from './gemm.ts';
import { localResponseScratch, rowBindings } from './rows.ts';
import { poolingBindings, windowBytes } from './windows.ts';

export type {
  SimdCall,
  SimdExports,
  SimdFunctionName,
  SimdInvocation,
  SimdPiece,
  SimdScratch,
  SimdStage,
} from './binding.ts';
export { reservedBytes } from './binding.ts';
export { type OwnScratch, ownScratch, placed } from './own-scratch.ts';

/** A full set: one that is missing is a type error. */
export const simdBindings: Bindings = {
  matmulForward,
  ...conv2dBindings,
  ...convPoolBindings,
  ...poolingBindings,
  ...elementwiseBindings,
  ...rowBindings,
  ...axesBindings,
};

/** The name of the algorithm that computes a call. */
export function simdAlgorithm(kernel: KernelName, geometry: object): string {
  if (kernel === 'matmulForward') return 'blocked product';
  if (Object.hasOwn(convPoolBindings, kernel)) return conv2dAlgorithm(kernel, (geometry as Conv2dPoolGeometry).conv);
  if (Object.hasOwn(conv2dBindings, kernel)) return conv2dAlgorithm(kernel, geometry as Conv2dGeometry);
  return 'vectors';
}

const window = (): SimdScratch => ({ each: windowBytes });

/** Scratch memory of a call; kernels that are left out need none. */
export const simdScratch: { readonly [K in KernelName]?: (geometry: GeometryOf<K>, pieces: number) => SimdScratch } = {
  matmulForward: () => ({ each: gemmBytes }),
  ...conv2dScratch,
  ...convPoolScratch,
  biasBackward: geometry => ({ each: biasScratch(geometry) }),
  maxPool2dForward: window,
  maxPool2dBackward: window,
  maxPool2dWhereBackward: window,
  averagePool2dForward: window,
  averagePool2dBackward: window,
  localResponseNormalizationForward: localResponseScratch,
  localResponseNormalizationBackward: localResponseScratch,
  ...axesScratch,
};
