/** The bindings of all kernels, by name. */
import { type Conv2dPoolGeometry, fusionsOf, type GeometryOf, type KernelName } from '../contract.ts';
import type { Conv2dGeometry } from '../geometry.ts';
import { argmaxBindings } from './argmax.binding.ts';
import { biasBindings } from './bias.binding.ts';
import { castBindings } from './cast.binding.ts';
import { conv2dAlgorithm, conv2dBindings, conv2dScratch } from './conv2d.binding.ts';
import { convPoolBindings, convPoolScratch } from './conv2d-pool.binding.ts';
import { dropoutBindings } from './dropout.binding.ts';
import { gatherBindings } from './gather.binding.ts';
import { broadcastScratch, formulaBindings } from './generated/formulas.binding.ts';
import { layoutBindings, layoutScratch } from './layout.binding.ts';
import { biasBytes, windowBytes } from './layouts.binding.ts';
import { localResponseBindings, localResponseScratch } from './local-response-normalization.binding.ts';
import { matmulForward, matmulScratch } from './matmul.binding.ts';
import { normalizationBindings, normalizationScratch } from './normalization.binding.ts';
import { oneHotBindings } from './one-hot.binding.ts';
import { poolingBindings } from './pooling.binding.ts';
import { randomBindings } from './random.binding.ts';
import { reduceBindings, reduceScratch } from './reduce.binding.ts';
import { resampleBindings } from './resample.binding.ts';
import { resizeBindings } from './resize.binding.ts';
import type { AllBindings, SimdScratch } from './stages.binding.ts';

export { type OwnScratch, ownScratch, placed } from './own-scratch.binding.ts';
export type {
  SimdCall,
  SimdExports,
  SimdFunctionName,
  SimdInvocation,
  SimdPiece,
  SimdScratch,
  SimdStage,
} from './stages.binding.ts';
export { reservedBytes } from './stages.binding.ts';

export const simdBindings: AllBindings = {
  ...formulaBindings,
  matmulForward,
  ...conv2dBindings,
  ...convPoolBindings,
  ...poolingBindings,
  ...biasBindings,
  ...dropoutBindings,
  ...localResponseBindings,
  ...normalizationBindings,
  ...oneHotBindings,
  ...layoutBindings,
  ...reduceBindings,
  ...argmaxBindings,
  ...castBindings,
  ...gatherBindings,
  ...resampleBindings,
  ...resizeBindings,
  ...randomBindings,
};

export const simdFusions = fusionsOf(simdBindings);

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
  matmulForward: matmulScratch,
  ...conv2dScratch,
  ...convPoolScratch,
  biasBackward: geometry => ({ each: biasBytes(geometry.columns) }),
  maxPool2dForward: window,
  maxPool2dBackward: window,
  maxPool2dWhereBackward: window,
  averagePool2dForward: window,
  averagePool2dBackward: window,
  localResponseNormalizationForward: localResponseScratch,
  localResponseNormalizationBackward: localResponseScratch,
  ...normalizationScratch,
  ...layoutScratch,
  ...reduceScratch,
  ...broadcastScratch,
};
