/** Convolutions: which algorithm computes them, by their sizes alone, and in which stages. */
import type { GeometryOf, KernelName } from '../contract.ts';
import type { Conv2dGeometry } from '../geometry.ts';
import {
  depthwiseGradientScratch,
  depthwiseGradientStages,
  depthwiseScratch,
  isDepthwise,
} from './depthwise.binding.ts';
import {
  fewChannelsBytes,
  fewChannelsGradientScratch,
  fewChannelsGradientStages,
  hasFewChannels,
} from './few-channels.binding.ts';
import { elementStage } from './formulas.binding.ts';
import { gemmBytes } from './layouts.binding.ts';
import { type OwnScratch, ownScratch } from './own-scratch.binding.ts';
import {
  type Bindings,
  imageRanges,
  type SimdFunctionName,
  type SimdInvocation,
  type SimdScratch,
  type SimdStage,
  split,
} from './stages.binding.ts';
import { perImages, windowSetup } from './window.binding.ts';
import {
  reversed,
  suitsWinograd,
  tilesOfImage,
  winogradChunk,
  winogradFilters,
  winogradGradientScratch,
  winogradGradientStages,
  winogradScratch,
} from './winograd.binding.ts';

type Convolution =
  | 'conv2dForward'
  | 'conv2dBias'
  | 'conv2dBiasRelu'
  | 'conv2dBiasAdd'
  | 'conv2dBiasAddRelu'
  | 'conv2dBackwardInput'
  | 'conv2dBackwardFilter'
  | 'conv2dTransposeForward';

/** y = max(convolution + bias, floor); no bias is 0. */
interface ForwardOperands {
  readonly x: number;
  readonly w: number;
  readonly bias: number;
  readonly floor: number;
}

/**
 * What comes before a convolution, and the convolution from one unit to before another: units are images, lines, tiles or
 * pixels. Unit u of y lies where it would if 0 lay at y.
 */
export interface Forward {
  readonly before: readonly SimdStage[];
  readonly unitsOfImage: number;
  /** Pieces of less than an image begin at multiples of so many units. */
  readonly leastUnits: number;
  invocation(y: number | OwnScratch, from: number, to: number, window: OwnScratch): SimdInvocation;
}

export function forward(
  { x, w, bias, floor }: ForwardOperands,
  geometry: Conv2dGeometry,
  shared: number,
  pieces: number,
): Forward {
  if (suitsWinograd(geometry)) {
    const chunk = winogradChunk(geometry);
    return {
      before: [winogradFilters(w, shared, false, geometry, pieces)],
      unitsOfImage: tilesOfImage(geometry),
      leastUnits: Math.min(wholeTiles, tilesOfImage(geometry)),
      invocation: (y, from, to, window) => ['winogradConv2d', x, shared, y, bias, floor, from, to, chunk, window],
    };
  }
  const direct = (name: SimdFunctionName, unitsOfImage: number, leastUnits: number): Forward => ({
    before: [],
    unitsOfImage,
    leastUnits,
    invocation: (y, from, to, window) => [name, x, w, y, bias, floor, from, to, window],
  });
  const { p, q } = geometry;
  if (isDepthwise(geometry)) return direct('depthwiseForward', p, 1);
  if (hasFewChannels(geometry)) return direct('fewChannelsForward', 1, 1);
  return direct('conv2dForward', p * q, Math.min(wholeTiles, p * q));
}

/** Products take so many units at a time. */
const wholeTiles = 4;

/** Whether pieces share images, because there are fewer images than pieces. */
export const sharesImages = ({ n }: Conv2dGeometry, pieces: number): boolean => n < pieces;

/** Pieces of whole images, or of less than an image where there are fewer images than pieces. */
export function forwardStage(
  { unitsOfImage, leastUnits, invocation }: Forward,
  y: number,
  geometry: Conv2dGeometry,
  pieces: number,
): SimdStage {
  const ranges = sharesImages(geometry, pieces)
    ? split(geometry.n * unitsOfImage, leastUnits, pieces)
    : imageRanges(geometry.n, pieces).map(({ from, to }) => ({ from: from * unitsOfImage, to: to * unitsOfImage }));
  const window = ownScratch();
  return ranges.map(({ from, to }) => [windowSetup(window, geometry), invocation(y, from, to, window)]);
}

export function forwardScratch(geometry: Conv2dGeometry): SimdScratch {
  if (suitsWinograd(geometry)) return winogradScratch(geometry);
  if (isDepthwise(geometry)) return depthwiseScratch(geometry);
  return { each: hasFewChannels(geometry) ? fewChannelsBytes(geometry) : gemmBytes };
}

function forwardStages(
  operands: ForwardOperands,
  y: number,
  geometry: Conv2dGeometry,
  shared: number,
  pieces: number,
): SimdStage[] {
  const convolution = forward(operands, geometry, shared, pieces);
  return [...convolution.before, forwardStage(convolution, y, geometry, pieces)];
}

/** Bytes of outputs that are still near when something is added to them. */
const nearBytes = 1 << 18;

/** A convolution to whose output something is added, a few images behind each other. */
function sumStages(
  { x, w, b, other }: { readonly x: number; readonly w: number; readonly b: number; readonly other: number },
  y: number,
  geometry: Conv2dGeometry,
  shared: number,
  pieces: number,
  floor: number,
): SimdStage[] {
  const convolution = forward({ x, w, bias: b, floor: anything }, geometry, shared, pieces);
  const { n, p, q, k } = geometry;
  const size = p * q * k;
  if (sharesImages(geometry, pieces)) {
    const add = elementStage('addAndFloor', [y, other], n * size, pieces, floor);
    return [...convolution.before, forwardStage(convolution, y, geometry, pieces), add];
  }
  const few = Math.max(1, Math.floor(nearBytes / (4 * size)));
  const units = convolution.unitsOfImage;
  const window = ownScratch();
  const stage = imageRanges(n, pieces).map(({ from, to }) => {
    const parts = split(to - from, few, Math.ceil((to - from) / few)).flatMap((part): SimdInvocation[] => {
      const [first, end] = [from + part.from, from + part.to];
      const at = 4 * first * size;
      return [
        convolution.invocation(y, first * units, end * units, window),
        ['addAndFloor', y + at, other + at, (end - first) * size, floor],
      ];
    });
    return [windowSetup(window, geometry), ...parts];
  });
  return [...convolution.before, stage];
}

/** The gradient of the filters. */
export function gradientStages(
  { x, dy, dw }: { readonly x: number; readonly dy: number; readonly dw: number },
  geometry: Conv2dGeometry,
  shared: number,
  pieces: number,
): SimdStage[] {
  if (suitsWinograd(geometry)) return winogradGradientStages({ x, dy, dw }, geometry, shared, pieces);
  if (isDepthwise(geometry)) return depthwiseGradientStages({ x, dy, dw }, geometry, shared, pieces);
  if (hasFewChannels(geometry)) {
    const given = () => ({ dy, before: [] });
    return fewChannelsGradientStages({ x, dw, db: 0 }, given, geometry, shared, pieces);
  }
  const { r, s, c, groups } = geometry;
  const window = ownScratch();
  const stage = split((r * s * c) / groups, 4, pieces).map(({ from, to }) => {
    return [windowSetup(window, geometry), ['conv2dBackwardFilter', x, dy, dw, from, to, window] as const];
  });
  return [stage];
}

export function gradientScratch(geometry: Conv2dGeometry, pieces: number): SimdScratch {
  if (suitsWinograd(geometry)) return winogradGradientScratch(geometry, pieces);
  if (isDepthwise(geometry)) return depthwiseGradientScratch(geometry);
  return hasFewChannels(geometry) ? fewChannelsGradientScratch(geometry) : { each: gemmBytes };
}

const anything = Number.NEGATIVE_INFINITY;

/** The gradient of the input, from dy. */
function transposeStages(
  { dy, w, dx }: { readonly dy: number; readonly w: number; readonly dx: number },
  geometry: Conv2dGeometry,
  shared: number,
  pieces: number,
): SimdStage[] {
  const back = reversed(geometry);
  if (suitsWinograd(back)) {
    const chunk = winogradChunk(back);
    const tiles = tilesOfImage(back);
    const convolve = perImages(back, pieces, ({ from, to }, window) => {
      return ['winogradConv2d', dy, shared, dx, 0, anything, from * tiles, to * tiles, chunk, window];
    });
    return [winogradFilters(w, shared, true, back, pieces), convolve];
  }
  const name = isDepthwise(geometry) ? 'depthwiseBackwardInput' : 'conv2dBackwardInput';
  return [perImages(geometry, pieces, ({ from, to }, window) => [name, dy, w, dx, from, to, window])];
}

export const conv2dBindings: Bindings<Convolution> = {
  conv2dForward: ({ inputs: { x, w }, outputs: { y }, geometry, shared, pieces }) =>
    forwardStages({ x, w, bias: 0, floor: anything }, y, geometry, shared, pieces),
  conv2dBiasRelu: ({ inputs: { x, w, b }, outputs: { y }, geometry, shared, pieces }) =>
    forwardStages({ x, w, bias: b, floor: 0 }, y, geometry, shared, pieces),
  conv2dBias: ({ inputs: { x, w, b }, outputs: { y }, geometry, shared, pieces }) =>
    forwardStages({ x, w, bias: b, floor: anything }, y, geometry, shared, pieces),
  conv2dBiasAdd: ({ inputs, outputs: { y }, geometry, shared, pieces }) =>
    sumStages(inputs, y, geometry, shared, pieces, anything),
  conv2dBiasAddRelu: ({ inputs, outputs: { y }, geometry, shared, pieces }) =>
    sumStages(inputs, y, geometry, shared, pieces, 0),
  conv2dBackwardInput: ({ inputs: { dy, w }, outputs: { dx }, geometry, shared, pieces }) =>
    transposeStages({ dy, w, dx }, geometry, shared, pieces),
  conv2dTransposeForward: ({ inputs: { x, w }, outputs: { y }, geometry, shared, pieces }) =>
    transposeStages({ dy: x, w, dx: y }, geometry, shared, pieces),
  conv2dBackwardFilter: ({ inputs: { x, dy }, outputs: { dw }, geometry, shared, pieces }) =>
    gradientStages({ x, dy, dw }, geometry, shared, pieces),
};

/** What computes a convolution. */
export function conv2dAlgorithm(kernel: KernelName, geometry: Conv2dGeometry): string {
  const isBackwardInput = kernel === 'conv2dBackwardInput' || kernel === 'conv2dTransposeForward';
  if (suitsWinograd(isBackwardInput ? reversed(geometry) : geometry)) return `Winograd F(4, ${geometry.r})`;
  if (isDepthwise(geometry)) return 'depthwise';
  return !isBackwardInput && hasFewChannels(geometry) ? 'few channels' : 'blocked product of windows';
}

function transposeScratch(geometry: Conv2dGeometry): SimdScratch {
  if (suitsWinograd(reversed(geometry))) return winogradScratch(reversed(geometry));
  return isDepthwise(geometry) ? depthwiseScratch(geometry) : { each: gemmBytes };
}

type ScratchOf<K extends KernelName> = (geometry: GeometryOf<K>, pieces: number) => SimdScratch;

export const conv2dScratch: { readonly [K in Convolution]: ScratchOf<K> } = {
  conv2dForward: forwardScratch,
  conv2dBias: forwardScratch,
  conv2dBiasRelu: forwardScratch,
  conv2dBiasAdd: forwardScratch,
  conv2dBiasAddRelu: forwardScratch,
  conv2dBackwardInput: transposeScratch,
  conv2dTransposeForward: transposeScratch,
  conv2dBackwardFilter: gradientScratch,
};
