/** Pooling and convolution: parts are ranges of images, and for filter gradients ranges of the filters. */
import type { GeometryOf, KernelName } from '../contract.ts';
import type { Conv2dGeometry, Window2dGeometry } from '../geometry.ts';
import {
  type Bindings,
  type Range,
  type SimdCall,
  type SimdPart,
  type SimdScratch,
  type SimdStage,
  type SimdStep,
  split,
} from './binding.ts';
import {
  reversed,
  suitsWinograd,
  winogradGradientScratch,
  winogradGradientStages,
  winogradScratch,
  winogradStages,
} from './winograd.ts';

type Pooling = 'maxPool2dForward' | 'maxPool2dBackward' | 'maxPool2dReluBackward';
type Convolution = 'conv2dForward' | 'conv2dBiasRelu' | 'conv2dBackwardInput' | 'conv2dBackwardFilter';

/** What gemm.ts needs: a window, zeros, a tile, and a packed block of either operand. */
export const gemmBytes = 256 + 4 * 256 + 256 + 4 * 128 * 256 + 4 * 256 * 256;
export const windowBytes = 64;

/** A part for each range of the images, which looks up the window in its own scratch memory. */
function perImages(
  geometry: Window2dGeometry | Conv2dGeometry,
  scratch: readonly number[],
  step: (range: Range, window: number) => SimdStep,
): SimdStage {
  return split(geometry.n, 1, scratch.length).map((range, thread) => {
    return [windowStep(scratch[thread]!, geometry), step(range, scratch[thread]!)];
  });
}

export function windowStep(window: number, geometry: Window2dGeometry | Conv2dGeometry): SimdStep {
  const { n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft } = geometry;
  const k = 'k' in geometry ? geometry.k : 0;
  return ['setWindow', window, n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft, k];
}

/** Whether the few-channels*.ts compute a convolution; the same condition stands there. */
const hasFewChannels = ({ c, q }: Conv2dGeometry): boolean => c <= 4 && q >= 4;

export const poolingBindings: Bindings<Pooling> = {
  maxPool2dForward: ({ inputs: { x }, outputs: { y }, geometry, scratch }) => [
    perImages(geometry, scratch, ({ from, to }, window) => ['maxPool2dForward', x, y, from, to, window]),
  ],
  maxPool2dBackward: ({ inputs: { dy, x, y }, outputs: { dx }, geometry, scratch }) => [
    perImages(geometry, scratch, ({ from, to }, window) => ['maxPool2dBackward', dy, x, y, dx, 0, from, to, window]),
  ],
  maxPool2dReluBackward: ({ inputs: { dy, x, y }, outputs: { dx }, geometry, scratch }) => [
    perImages(geometry, scratch, ({ from, to }, window) => ['maxPool2dBackward', dy, x, y, dx, 1, from, to, window]),
  ],
};

/** y = max(convolution + bias, floor), with 0 for no bias. */
function forwardStages(
  { inputs: { x, w }, outputs: { y }, geometry, shared, scratch }: SimdCall<'conv2dForward' | 'conv2dBiasRelu'>,
  bias: number,
  floor: number,
): SimdStage[] {
  if (suitsWinograd(geometry)) {
    return winogradStages({ x, w, y, bias, floor, isReversed: false }, geometry, shared, scratch);
  }
  return [
    perImages(geometry, scratch, ({ from, to }, window) => ['conv2dForward', x, w, y, bias, floor, from, to, window]),
  ];
}

export const conv2dBindings: Bindings<Convolution> = {
  conv2dForward: call => forwardStages(call, 0, Number.NEGATIVE_INFINITY),
  conv2dBiasRelu: call => forwardStages(call, call.inputs.b, 0),
  conv2dBackwardInput({ inputs: { dy, w }, outputs: { dx }, geometry, shared, scratch }) {
    if (suitsWinograd(reversed(geometry))) {
      const operands = { x: dy, w, y: dx, bias: 0, floor: Number.NEGATIVE_INFINITY, isReversed: true };
      return winogradStages(operands, reversed(geometry), shared, scratch);
    }
    return [
      perImages(geometry, scratch, ({ from, to }, window) => ['conv2dBackwardInput', dy, w, dx, from, to, window]),
    ];
  },
  conv2dBackwardFilter({ inputs: { x, dy }, outputs: { dw }, geometry, shared, scratch }) {
    if (suitsWinograd(geometry)) return winogradGradientStages({ x, dy, dw }, geometry, shared, scratch);
    if (hasFewChannels(geometry)) return fewChannelsGradientStages({ x, dy, dw }, geometry, shared, scratch);
    const { r, s, c } = geometry;
    const parts = split(r * s * c, 4, scratch.length).map(({ from, to }, thread) => {
      const window = scratch[thread]!;
      return [windowStep(window, geometry), ['conv2dBackwardFilter', x, dy, dw, from, to, window] as const];
    });
    return [parts];
  },
};

/** So many images, always the same, give one sum to a filter gradient of few channels. */
const imagesOfSum = 4;
const sumBytes = ({ r, s, c, k }: Conv2dGeometry): number => 4 * r * s * c * Math.ceil(k / 8) * 8;

function fewChannelsGradientStages(
  { x, dy, dw }: { readonly x: number; readonly dy: number; readonly dw: number },
  geometry: Conv2dGeometry,
  shared: number,
  scratch: readonly number[],
): SimdStage[] {
  const groups = Math.ceil(geometry.n / imagesOfSum);
  const sums = split(groups, 1, scratch.length).map((range, thread): SimdPart => {
    const window = scratch[thread]!;
    const steps = Array.from({ length: range.to - range.from }, (_, i): SimdStep => {
      const group = range.from + i;
      const to = Math.min(geometry.n, (group + 1) * imagesOfSum);
      const place = shared + group * sumBytes(geometry);
      return ['fewChannelsGradientSums', x, dy, place, group * imagesOfSum, to, window];
    });
    return [windowStep(window, geometry), ...steps];
  });
  const window = scratch[0]!;
  return [sums, [[windowStep(window, geometry), ['fewChannelsGradientFinish', shared, dw, groups, window]]]];
}

/** What computes a convolution. */
export function conv2dAlgorithm(kernel: Convolution, geometry: Conv2dGeometry): string {
  const isBackwardInput = kernel === 'conv2dBackwardInput';
  if (suitsWinograd(isBackwardInput ? reversed(geometry) : geometry)) return `Winograd F(4, ${geometry.r})`;
  return !isBackwardInput && hasFewChannels(geometry) ? 'few channels' : 'blocked product of windows';
}

/** What few-channels.ts needs: a tile, places, padded filters and biases, one padded image. */
function fewChannelsBytes(geometry: Conv2dGeometry): number {
  const { r, s, c, k, p, q, strideH, strideW, dilationH, dilationW } = geometry;
  const window = r * s * c;
  const image = ((p - 1) * strideH + (r - 1) * dilationH + 1) * ((q - 1) * strideW + (s - 1) * dilationW + 1) * c;
  return 320 + 4 * (window + 4 + (window + 1) * (k + 7) + image);
}

function forwardScratch(geometry: Conv2dGeometry): SimdScratch {
  if (suitsWinograd(geometry)) return winogradScratch(geometry);
  return { each: hasFewChannels(geometry) ? fewChannelsBytes(geometry) : gemmBytes };
}

type ScratchOf<K extends KernelName> = (geometry: GeometryOf<K>, threads: number) => SimdScratch;

export const conv2dScratch: { readonly [K in Convolution]: ScratchOf<K> } = {
  conv2dForward: forwardScratch,
  conv2dBiasRelu: forwardScratch,
  conv2dBackwardInput: geometry =>
    suitsWinograd(reversed(geometry)) ? winogradScratch(reversed(geometry)) : { each: gemmBytes },
  conv2dBackwardFilter(geometry, threads) {
    if (suitsWinograd(geometry)) return winogradGradientScratch(geometry, threads);
    if (!hasFewChannels(geometry)) return { each: gemmBytes };
    return { shared: Math.ceil(geometry.n / imagesOfSum) * sumBytes(geometry), each: fewChannelsBytes(geometry) };
  },
};
