/**
 * Convolutions whose output is pooled: some images are convolved into a piece's own memory and pooled there, while
 * the caches still hold them; backward likewise.
 */
import type { Conv2dPoolGeometry } from '../contract.ts';
import type { Conv2dGeometry } from '../geometry.ts';
import { biasBindings } from './bias.binding.ts';
import {
  forward,
  forwardScratch,
  forwardStage,
  gradientScratch,
  gradientStages,
  sharesImages,
} from './conv2d.binding.ts';
import {
  fewChannelsGradientScratch,
  fewChannelsGradientStages,
  hasFewChannels,
  imagesOfSum,
} from './few-channels.binding.ts';
import { biasBytes, windowBytes } from './layouts.binding.ts';
import { ownScratch } from './own-scratch.binding.ts';
import {
  type Bindings,
  imageRanges,
  type SimdInvocation,
  type SimdPiece,
  type SimdScratch,
  split,
} from './stages.binding.ts';
import { perImages, windowSetup } from './window.binding.ts';
import { suitsWinograd, winogradImages } from './winograd.binding.ts';

type ConvPool = 'conv2dBiasReluMaxPool2d' | 'conv2dMaxPool2dBackwardFilter';

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;
const outputBytes = ({ p, q, k }: Conv2dGeometry): number => 4 * p * q * k;
/** What a core's own cache holds of the outputs of a convolution. */
const blockBytes = 256 * 1024;

/** Images that are convolved before they are pooled. */
function imagesOfBlock(conv: Conv2dGeometry): number {
  const cached = Math.max(1, Math.floor(blockBytes / outputBytes(conv)));
  return Math.min(conv.n, suitsWinograd(conv) ? Math.max(cached, winogradImages(conv)) : cached);
}

/** Whether backward goes through the images group by group. */
const isGrouped = (conv: Conv2dGeometry): boolean => hasFewChannels(conv) && !suitsWinograd(conv);

export const convPoolBindings: Bindings<ConvPool> = {
  conv2dBiasReluMaxPool2d({ inputs: { x, w, b }, outputs, geometry, shared, pieces }) {
    const { conv, pool } = geometry;
    const { y } = outputs;
    const where = geometry.remembers ? outputs.where : 0;
    const convolution = forward({ x, w, bias: b, floor: 0 }, conv, shared, pieces);
    const { before, invocation, unitsOfImage } = convolution;
    if (sharesImages(conv, pieces)) {
      const whole = shared + aligned(forwardScratch(conv).shared ?? 0);
      const poolStage = perImages(pool, pieces, ({ from, to }, window) => {
        return ['maxPool2dWhere', whole, y, where, from, to, window];
      });
      return [...before, forwardStage(convolution, whole, conv, pieces), poolStage];
    }
    const own = aligned(forwardScratch(conv).each ?? 0);
    const block = imagesOfBlock(conv);
    const window = ownScratch();
    const poolWindow = ownScratch(own);
    const stage = imageRanges(conv.n, pieces).map(({ from, to }): SimdPiece => {
      const blocks = split(to - from, block, Number.POSITIVE_INFINITY).flatMap((range): SimdInvocation[] => {
        const [first, end] = [from + range.from, from + range.to];
        const place = ownScratch(own + windowBytes - first * outputBytes(conv));
        return [
          invocation(place, first * unitsOfImage, end * unitsOfImage, window),
          ['maxPool2dWhere', place, y, where, first, end, poolWindow],
        ];
      });
      return [windowSetup(window, conv), windowSetup(poolWindow, pool), ...blocks];
    });
    return [...before, stage];
  },
  conv2dMaxPool2dBackwardFilter({ inputs: { x, dy, where }, outputs: { dw, db }, geometry, shared, pieces }) {
    const { conv, pool } = geometry;
    if (isGrouped(conv)) {
      const own = aligned(fewChannelsGradientScratch(conv).each);
      const window = ownScratch(own);
      const dyOf = (from: number, to: number) => {
        const place = ownScratch(own + windowBytes - from * outputBytes(conv));
        const spread: SimdInvocation = ['maxPool2dWhereBackward', dy, where, place, from, to, window];
        return { dy: place, before: [windowSetup(window, pool), spread] };
      };
      return fewChannelsGradientStages({ x, dw, db }, dyOf, conv, shared, pieces);
    }
    const whole = shared + aligned(gradientScratch(conv, pieces).shared ?? 0);
    const biasCall = { inputs: { dy: whole }, outputs: { db }, shared, pieces };
    return [
      perImages(pool, pieces, ({ from, to }, window) => ['maxPool2dWhereBackward', dy, where, whole, from, to, window]),
      ...gradientStages({ x, dy: whole, dw }, conv, shared, pieces),
      ...biasBindings.biasBackward({
        ...biasCall,
        geometry: { rows: conv.n * conv.p * conv.q, columns: conv.k },
      }),
    ];
  },
};

/** Vectors that are loaded at the end of a block may reach beyond it. */
const spare = 64;

export const convPoolScratch = {
  conv2dBiasReluMaxPool2d({ conv }: Conv2dPoolGeometry, pieces: number): SimdScratch {
    const { shared = 0, each = 0 } = forwardScratch(conv);
    if (sharesImages(conv, pieces)) {
      return { shared: aligned(shared) + conv.n * outputBytes(conv) + spare, each: Math.max(each, windowBytes) };
    }
    return { shared, each: aligned(each) + windowBytes + imagesOfBlock(conv) * outputBytes(conv) + spare };
  },
  conv2dMaxPool2dBackwardFilter({ conv }: Conv2dPoolGeometry, pieces: number): SimdScratch {
    const { shared = 0, each = 0 } = gradientScratch(conv, pieces);
    if (isGrouped(conv)) {
      return { shared, each: aligned(each) + windowBytes + imagesOfSum * outputBytes(conv) + spare };
    }
    const ofBias = biasBytes(conv.k);
    return { shared: aligned(shared) + conv.n * outputBytes(conv) + spare, each: Math.max(each, ofBias, windowBytes) };
  },
};
