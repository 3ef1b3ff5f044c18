/**
 * How calls of the contract become calls of the WebAssembly kernels: which function with which numbers, in as many parts
 * as there are threads. Each element of a result is computed by one part alone and in an order that does not depend
 * on the parts, so that the number of threads changes no bit. Operands are byte addresses.
 */
import type { GeometryOf, InputName, KernelName, OutputName } from './contract.ts';
import type { Conv2dGeometry, Window2dGeometry } from './geometry.ts';

/** What kernels/simd/index.ts exports: functions of numbers. */
export type SimdFunctionName =
  | 'setWindow'
  | 'matmulForward'
  | 'conv2dForward'
  | 'conv2dBackwardInput'
  | 'conv2dBackwardFilter'
  | 'biasForward'
  | 'biasBackward'
  | 'maxPool2dForward'
  | 'maxPool2dBackward'
  | 'reluForward'
  | 'reluBackward'
  | 'dropoutForward'
  | 'sgdUpdate'
  | 'momentumUpdate'
  | 'adamUpdate'
  | 'rmspropUpdate';
export type SimdExports = { readonly [F in SimdFunctionName]: (...numbers: number[]) => void };

/** One call of an export. */
export type SimdStep = readonly [name: SimdFunctionName, ...numbers: number[]];
/** What one thread does of a call. */
export type SimdPart = readonly SimdStep[];

/** Where a call's operands lie, and the scratch memory of each thread. */
export interface SimdCall<K extends KernelName> {
  readonly outputs: { readonly [N in OutputName<K>]: number };
  readonly inputs: { readonly [N in InputName<K>]: number };
  readonly geometry: GeometryOf<K>;
  readonly scratch: readonly number[];
}

type Binding<K extends KernelName> = (call: SimdCall<K>) => SimdPart[];

/** Elementwise work on less than this is not worth a second thread. */
const leastElements = 8192;
/** Multiply-adds of a matrix product that are not worth a second thread. */
const leastProducts = 1_000_000;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** 0 ... count - 1 in at most `parts` ranges that begin at multiples of `unit`. */
function split(count: number, unit: number, parts: number): Range[] {
  const units = Math.ceil(count / unit);
  const ranges = Array.from({ length: Math.min(parts, units) }, (_, i, all = Math.min(parts, units)) => ({
    from: Math.floor((i * units) / all) * unit,
    to: Math.min(count, Math.floor(((i + 1) * units) / all) * unit),
  }));
  return ranges;
}

/** Ranges of elements, in multiples of 16; one if they are few. */
const elements = (size: number, threads: number): Range[] => split(size, 16, size < leastElements ? 1 : threads);

/** Rows of a matrix, one range if its elements are few. */
const rowRanges = (rows: number, columns: number, threads: number): Range[] =>
  split(rows, 1, rows * columns < leastElements ? 1 : threads);

/** A part for each range of the images, which looks up the window in its own scratch memory. */
function perImages(
  geometry: Window2dGeometry | Conv2dGeometry,
  scratch: readonly number[],
  step: (range: Range, window: number) => SimdStep,
): SimdPart[] {
  return split(geometry.n, 1, scratch.length).map((range, thread) => {
    return [windowStep(scratch[thread]!, geometry), step(range, scratch[thread]!)];
  });
}

function windowStep(window: number, geometry: Window2dGeometry | Conv2dGeometry): SimdStep {
  const { n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft } = geometry;
  const k = 'k' in geometry ? geometry.k : 0;
  return ['setWindow', window, n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft, k];
}

/** Whether few-channels.ts computes a convolution; the same condition stands there. */
const hasFewChannels = ({ c, q }: Conv2dGeometry): boolean => c <= 4 && q >= 4;

/** Kernels that are left out run as loops. */
export const simdBindings: { readonly [K in KernelName]?: Binding<K> } = {
  matmulForward({ inputs: { a, b }, outputs: { c }, geometry, scratch }) {
    const { m, n, k, transposeA, transposeB } = geometry;
    const threads = m * n * k < leastProducts ? 1 : scratch.length;
    const byRows = m >= n;
    return split(byRows ? m : n, byRows ? 4 : 16, threads).map(({ from, to }, thread) => {
      const range = byRows ? [from, to, 0, n] : [0, m, from, to];
      const sizes = [m, n, k, Number(transposeA), Number(transposeB)];
      return [['matmulForward', a, b, c, ...sizes, ...range, scratch[thread]!]];
    });
  },
  conv2dForward: ({ inputs: { x, w }, outputs: { y }, geometry, scratch }) =>
    perImages(geometry, scratch, ({ from, to }, window) => ['conv2dForward', x, w, y, from, to, window]),
  conv2dBackwardInput: ({ inputs: { dy, w }, outputs: { dx }, geometry, scratch }) =>
    perImages(geometry, scratch, ({ from, to }, window) => ['conv2dBackwardInput', dy, w, dx, from, to, window]),
  conv2dBackwardFilter({ inputs: { x, dy }, outputs: { dw }, geometry, scratch }) {
    const { r, s, c, k } = geometry;
    const ranges = hasFewChannels(geometry) ? split(k, 8, scratch.length) : split(r * s * c, 4, scratch.length);
    return ranges.map(({ from, to }, thread) => {
      const window = scratch[thread]!;
      return [windowStep(window, geometry), ['conv2dBackwardFilter', x, dy, dw, from, to, window]];
    });
  },
  biasForward: ({ inputs: { x, b }, outputs: { y }, geometry: { rows, columns }, scratch }) =>
    rowRanges(rows, columns, scratch.length).map(({ from, to }) => {
      const offset = 4 * from * columns;
      return [['biasForward', x + offset, b, y + offset, to - from, columns]];
    }),
  biasBackward: ({ inputs: { dy }, outputs: { db }, geometry: { rows, columns }, scratch }) =>
    split(columns, 16, rows * columns < leastElements ? 1 : scratch.length).map(({ from, to }, thread) => {
      return [['biasBackward', dy, db, rows, columns, from, to, scratch[thread]!]];
    }),
  maxPool2dForward: ({ inputs: { x }, outputs: { y }, geometry, scratch }) =>
    perImages(geometry, scratch, ({ from, to }, window) => ['maxPool2dForward', x, y, from, to, window]),
  maxPool2dBackward: ({ inputs: { dy, x, y }, outputs: { dx }, geometry, scratch }) =>
    perImages(geometry, scratch, ({ from, to }, window) => ['maxPool2dBackward', dy, x, y, dx, from, to, window]),
  reluForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, scratch }) =>
    elements(size, scratch.length).map(({ from, to }) => [['reluForward', x + 4 * from, y + 4 * from, to - from]]),
  reluBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, scratch }) =>
    elements(size, scratch.length).map(({ from, to }) => [
      ['reluBackward', dy + 4 * from, y + 4 * from, dx + 4 * from, to - from],
    ]),
  dropoutForward({ inputs: { x, random }, outputs: { y }, geometry: { size, rate, stream }, scratch }) {
    const threshold = Math.floor(rate * 2 ** 32);
    const scale = 1 / (1 - rate);
    return elements(size, scratch.length).map(({ from, to }) => [
      ['dropoutForward', x + 4 * from, y + 4 * from, random, to - from, threshold, scale, stream, from / 4],
    ]);
  },
  sgdUpdate: ({ inputs: { dw, rate }, outputs: { w }, geometry: { size }, scratch }) =>
    elements(size, scratch.length).map(({ from, to }) => [['sgdUpdate', w + 4 * from, dw + 4 * from, to - from, rate]]),
  momentumUpdate({ inputs: { dw, rate }, outputs: { w, velocity }, geometry, scratch }) {
    const { size, momentum, nesterov } = geometry;
    return elements(size, scratch.length).map(({ from, to }) => {
      const places = [w, velocity, dw].map(place => place + 4 * from);
      return [['momentumUpdate', ...places, to - from, rate, momentum, Number(nesterov)]];
    });
  },
  adamUpdate({ inputs: { dw, rate }, outputs: { w, m, v }, geometry: { size, beta1, beta2, epsilon }, scratch }) {
    return elements(size, scratch.length).map(({ from, to }) => {
      const places = [w, m, v, dw].map(place => place + 4 * from);
      return [['adamUpdate', ...places, to - from, rate, 1 - beta1, 1 - beta2, epsilon]];
    });
  },
  rmspropUpdate({ inputs: { dw, rate }, outputs: { w, v, step }, geometry, scratch }) {
    const { size, rho, momentum, epsilon } = geometry;
    return elements(size, scratch.length).map(({ from, to }) => {
      const places = [w, v, step, dw].map(place => place + 4 * from);
      return [['rmspropUpdate', ...places, to - from, rate, rho, 1 - rho, momentum, epsilon]];
    });
  },
};

/** The name of the algorithm that computes a call. */
export function simdAlgorithm(kernel: KernelName, geometry: object): string {
  if (kernel === 'matmulForward') return 'blocked product';
  if (!kernel.startsWith('conv2d')) return 'vectors';
  const isDirect = kernel !== 'conv2dBackwardInput' && hasFewChannels(geometry as Conv2dGeometry);
  return isDirect ? 'few channels' : 'blocked product of windows';
}

/** What gemm.ts needs: a window, zeros, a tile, and a packed block of either operand. */
const gemmBytes = 256 + 4 * 256 + 256 + 4 * 128 * 256 + 4 * 256 * 256;
const gemmScratch = (): number => gemmBytes;
const windowScratch = (): number => 64;

/** Either that or what few-channels.ts needs: places, padded filters, one padded image. */
function conv2dScratch(geometry: Conv2dGeometry): number {
  if (!hasFewChannels(geometry)) return gemmBytes;
  const { r, s, c, k, p, q, strideH, strideW, dilationH, dilationW } = geometry;
  const window = r * s * c;
  const image = ((p - 1) * strideH + (r - 1) * dilationH + 1) * ((q - 1) * strideW + (s - 1) * dilationW + 1) * c;
  return 256 + 4 * (window + 4 + window * (k + 7) + image);
}

/** Scratch memory of one thread, in bytes; kernels that are left out need what the loops need. */
export const simdScratchBytes: { readonly [K in KernelName]?: (geometry: GeometryOf<K>) => number } = {
  matmulForward: gemmScratch,
  conv2dForward: conv2dScratch,
  conv2dBackwardInput: gemmScratch,
  conv2dBackwardFilter: conv2dScratch,
  biasBackward: ({ columns }) => 8 * columns,
  maxPool2dForward: windowScratch,
  maxPool2dBackward: windowScratch,
};
