/** The bindings of all kernels, by name. */
import type { GeometryOf, KernelName } from '../contract.ts';
import type { Conv2dGeometry } from '../geometry.ts';
import { axesBindings, axesScratch } from './axes.ts';
import { type Binding, type Bindings, type SimdScratch, split } from './binding.ts';
import { elementwiseBindings } from './elementwise.ts';
import { localResponseScratch, rowBindings } from './rows.ts';
import { conv2dAlgorithm, conv2dBindings, conv2dScratch, gemmBytes, poolingBindings, windowBytes } from './windows.ts';

export type {
  SimdCall,
  SimdExports,
  SimdFunctionName,
  SimdPart,
  SimdScratch,
  SimdStage,
  SimdStep,
} from './binding.ts';
export { reservedBytes } from './binding.ts';

/** Multiply-adds of a matrix product that are not worth a second thread. */
const leastProducts = 1_000_000;

const matmulForward: Binding<'matmulForward'> = ({ inputs: { a, b }, outputs: { c }, geometry, scratch }) => {
  const { m, n, k, transposeA, transposeB } = geometry;
  const threads = m * n * k < leastProducts ? 1 : scratch.length;
  const byRows = m >= n;
  const parts = split(byRows ? m : n, byRows ? 4 : 16, threads).map(({ from, to }, thread) => {
    const range = byRows ? [from, to, 0, n] : [0, m, from, to];
    const sizes = [m, n, k, Number(transposeA), Number(transposeB)];
    return [['matmulForward', a, b, c, ...sizes, ...range, scratch[thread]!] as const];
  });
  return [parts];
};

/** A full set: one that is missing is a type error. */
export const simdBindings: Bindings = {
  matmulForward,
  ...conv2dBindings,
  ...poolingBindings,
  ...elementwiseBindings,
  ...rowBindings,
  ...axesBindings,
};

/** The name of the algorithm that computes a call. */
export function simdAlgorithm(kernel: KernelName, geometry: object): string {
  if (kernel === 'matmulForward') return 'blocked product';
  if (isConvolution(kernel)) return conv2dAlgorithm(kernel, geometry as Conv2dGeometry);
  return 'vectors';
}

const isConvolution = (kernel: KernelName): kernel is keyof typeof conv2dBindings =>
  Object.hasOwn(conv2dBindings, kernel);

const window = (): SimdScratch => ({ each: windowBytes });

/** Scratch memory of a call; kernels that are left out need none. */
export const simdScratch: { readonly [K in KernelName]?: (geometry: GeometryOf<K>, threads: number) => SimdScratch } = {
  matmulForward: () => ({ each: gemmBytes }),
  conv2dForward: conv2dScratch,
  conv2dBackwardInput: () => ({ each: gemmBytes }),
  conv2dBackwardFilter: conv2dScratch,
  biasBackward: ({ columns }) => ({ each: 8 * (columns + 3) }),
  maxPool2dForward: window,
  maxPool2dBackward: window,
  averagePool2dForward: window,
  averagePool2dBackward: window,
  localResponseNormalizationForward: localResponseScratch,
  localResponseNormalizationBackward: localResponseScratch,
  ...axesScratch,
};
