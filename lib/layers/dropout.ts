import type { Value } from '../plan/graph.ts';
import { type Shape, sameShape } from '../shape/shape.ts';
import type { SameImage } from '../shape/small-rules.ts';
import type { Layer } from './layer.ts';
import {
  checkedNoiseShape,
  checkNoiseFits,
  type NoiseShape,
  noiseShapeFor,
  type RateLayer,
  rateLayer,
  type SeedOptions,
} from './noise-options.ts';
import { checkedOptions, imageShape } from './options.ts';
import type { LayerOps } from './outcome.ts';

export interface DropoutOptions<I extends Shape | undefined = Shape | undefined> extends SeedOptions<I> {
  /** The share of elements that is zeroed while training: 0 <= rate < 1. */
  readonly rate: number;
  /** Along which axes elements share their fate: where it is 1. All are for themselves if left out or null. */
  readonly noiseShape?: NoiseShape | null;
}

/**
 * Zeroes a random share of the elements while training and scales the others by 1 / (1 - rate) (Srivastava et al.
 * 2014). `dropout(0.5)` or `dropout({ rate: 0.5 })`. Throws OptionError, and ShapeError for a noiseShape that does not fit.
 */
export function dropout<const I extends Shape | undefined = undefined>(
  given: number | DropoutOptions<I>,
): RateLayer<I> {
  const options = checkedOptions<DropoutOptions<I>>('dropout', given, ['rate', 'noiseShape', 'seed'], 'rate');
  const noiseShape = checkedNoiseShape('dropout', options.noiseShape ?? null);
  return rateLayer('dropout', options.rate, {
    className: 'Dropout',
    options,
    config: { noiseShape },
    outputShape(input) {
      checkNoiseFits(noiseShape, input);
      return input;
    },
    forward: (ops, x) => dropped(ops, x, noiseShapeFor(noiseShape, x)),
  });
}

export interface SpatialDropout2dOptions<I extends Shape | undefined = Shape | undefined> extends SeedOptions<I> {
  /** The share of channels that is zeroed while training: 0 <= rate < 1. */
  readonly rate: number;
}

/** Images of the shape that they had; the rate may be changed at any time and takes effect with the next step. */
export interface SpatialDropout2D<I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: SameImage<this['~in']>;
  rate: number;
}

/**
 * Zeroes whole channels of images while training and scales the others by 1 / (1 - rate) (Tompson et al. 2015, section
 * 3.2). Throws OptionError, and ShapeError for inputs that are no images.
 */
export function spatialDropout2d<const I extends Shape | undefined = undefined>(
  given: number | SpatialDropout2dOptions<I>,
): SpatialDropout2D<I> {
  const options = checkedOptions<SpatialDropout2dOptions<I>>('spatialDropout2d', given, ['rate', 'seed'], 'rate');
  return rateLayer('spatialDropout2d', options.rate, {
    className: 'SpatialDropout2D',
    options,
    outputShape: input => imageShape(input),
    forward: (ops, x) => dropped(ops, x, noiseShapeFor([null, 1, 1, null], x)),
  });
}

function dropped(ops: LayerOps, x: Value, noise: Shape): Value {
  const rate = ops.setting('rate');
  if (sameShape(noise, x.shape)) return ops.dropout(x, rate);
  return ops.multiply(x, ops.dropout(ops.fill(noise, 1), rate));
}
