import type { Pair } from '../../../kernels/geometry.ts';
import { describe } from '../../describe.ts';
import { OptionError } from '../../errors.ts';
import { unknownName } from '../../nearest-name.ts';
import type { Value } from '../../plan/graph.ts';
import type { Shape } from '../../shape/shape.ts';
import type { SeedOptions } from '../noise-options.ts';
import { checkedOptions } from '../options.ts';
import type { LayerOps } from '../outcome.ts';
import { aroundMiddle, times } from './affine.ts';
import { geometricLayer } from './geometric.ts';
import {
  checkedRange,
  checkedSampling,
  type Factor,
  type ImageChange,
  type SamplingOptions,
  samplingNames,
} from './ranges.ts';

/** One number for each image, evenly drawn. */
const drawn = (ops: LayerOps, x: Value, [lower, upper]: Pair): Value => ops.randomUniform([x.shape[0]!], lower, upper);

/** Rows and columns of the images. */
const sizeOf = ({ shape: [, h = 0, w = 0] }: Value): Pair => [h, w];

export interface RandomRotationOptions<I extends Shape | undefined = Shape | undefined> extends SamplingOptions<I> {
  /** In turns, counter-clockwise: 0.1 is -36 to 36 degrees, [0, 0.25] up to a right angle. Between -1 and 1. */
  readonly factor: Factor;
}

/**
 * Rotates each image around its middle while training. `randomRotation(0.1)` or `randomRotation({ factor: 0.1 })`. Throws
 * OptionError.
 */
export function randomRotation<const I extends Shape | undefined = undefined>(
  given: Factor | RandomRotationOptions<I>,
): ImageChange<I> {
  const known = ['factor', ...samplingNames];
  const options = checkedOptions<RandomRotationOptions<I>>('randomRotation', given, known, 'factor');
  const factor = checkedRange('randomRotation', 'factor', options.factor, [-1, 1]);
  const reading = checkedSampling('randomRotation', options);
  return geometricLayer('randomRotation', {
    className: 'RandomRotation',
    options,
    config: { factor, ...reading },
    geometry: () => ({
      reading,
      place(ops, x) {
        const turns = drawn(ops, x, factor);
        const cos: Value = ops.cosOfTurns(turns);
        const sin: Value = ops.cosOfTurns(ops.subtract(turns, 0.25));
        return { map: aroundMiddle(ops, [cos, times(ops, sin, -1), sin, cos], sizeOf(x)) };
      },
    }),
  });
}

export interface RandomTranslationOptions<I extends Shape | undefined = Shape | undefined> extends SamplingOptions<I> {
  /** As shares of the height, downward: 0.2 is up to a fifth up or down, [-0.2, 0] up alone. Between -1 and 1. */
  readonly heightFactor: Factor;
  /** The same of the width, to the right. */
  readonly widthFactor: Factor;
}

/** Moves each image while training. `randomTranslation({ heightFactor: 0.1, widthFactor: 0.1 })`. Throws OptionError. */
export function randomTranslation<const I extends Shape | undefined = undefined>(
  given: RandomTranslationOptions<I>,
): ImageChange<I> {
  const known = ['heightFactor', 'widthFactor', ...samplingNames];
  const options = checkedOptions<RandomTranslationOptions<I>>('randomTranslation', given, known);
  const heightFactor = checkedRange('randomTranslation', 'heightFactor', options.heightFactor, [-1, 1]);
  const widthFactor = checkedRange('randomTranslation', 'widthFactor', options.widthFactor, [-1, 1]);
  const reading = checkedSampling('randomTranslation', options);
  return geometricLayer('randomTranslation', {
    className: 'RandomTranslation',
    options,
    config: { heightFactor, widthFactor, ...reading },
    geometry: () => ({
      reading,
      place(ops, x) {
        const [h, w] = sizeOf(x);
        const down = times(ops, drawn(ops, x, heightFactor), -h);
        const right = times(ops, drawn(ops, x, widthFactor), -w);
        return { map: [1, 0, right, 0, 1, down] };
      },
    }),
  });
}

export interface RandomZoomOptions<I extends Shape | undefined = Shape | undefined> extends SamplingOptions<I> {
  /** How much more of the height is seen: [0.2, 0.3] makes images smaller, [-0.3, -0.2] larger. Above -1, at most 1. */
  readonly heightFactor: Factor;
  /** The same of the width; null (the default) keeps the proportions. */
  readonly widthFactor?: Factor | null;
}

/** Throws OptionError for -1 too, with which nothing would be seen. */
function checkedZoom(option: string, given: Factor): Pair {
  const range = checkedRange('randomZoom', option, given, [-1, 1]);
  if (![given].flat().includes(-1)) return range;
  throw new OptionError(
    `randomZoom: ${option} must be greater than -1, with which nothing is seen, got ${describe(given)}`,
  );
}

/** Makes each image smaller or larger while training. `randomZoom(0.2)` or `randomZoom({ heightFactor: 0.2 })`. Throws OptionError. */
export function randomZoom<const I extends Shape | undefined = undefined>(
  given: Factor | RandomZoomOptions<I>,
): ImageChange<I> {
  const known = ['heightFactor', 'widthFactor', ...samplingNames];
  const options = checkedOptions<RandomZoomOptions<I>>('randomZoom', given, known, 'heightFactor');
  const heightFactor = checkedZoom('heightFactor', options.heightFactor);
  const { widthFactor: ofWidth = null } = options;
  const widthFactor = ofWidth === null ? null : checkedZoom('widthFactor', ofWidth);
  const reading = checkedSampling('randomZoom', options);
  const share = ([lower, upper]: Pair): Pair => [1 + lower, 1 + upper];
  return geometricLayer('randomZoom', {
    className: 'RandomZoom',
    options,
    config: { heightFactor, widthFactor, ...reading },
    geometry: () => ({
      reading,
      place(ops, x) {
        const rows = drawn(ops, x, share(heightFactor));
        const columns = widthFactor === null ? rows : drawn(ops, x, share(widthFactor));
        return { map: aroundMiddle(ops, [columns, 0, 0, rows], sizeOf(x)) };
      },
    }),
  });
}

export interface RandomShearOptions<I extends Shape | undefined = Shape | undefined> extends SamplingOptions<I> {
  /** Columns by which each row is moved against the one above, to either side: between 0 and 1; 0 if left out. */
  readonly xFactor?: Factor;
  /** Rows by which each column is moved against the one before. */
  readonly yFactor?: Factor;
}

/**
 * Shears each image while training, the corner in front staying where it is, as in Keras. `randomShear({ xFactor: 0.2 })`.
 * Throws OptionError.
 */
export function randomShear<const I extends Shape | undefined = undefined>(
  given: RandomShearOptions<I> = {},
): ImageChange<I> {
  const known = ['xFactor', 'yFactor', ...samplingNames];
  const options = checkedOptions<RandomShearOptions<I>>('randomShear', given, known);
  const xFactor = checkedRange('randomShear', 'xFactor', options.xFactor ?? 0, [0, 1]);
  const yFactor = checkedRange('randomShear', 'yFactor', options.yFactor ?? 0, [0, 1]);
  const reading = checkedSampling('randomShear', options);
  return geometricLayer('randomShear', {
    className: 'RandomShear',
    options,
    config: { xFactor, yFactor, ...reading },
    geometry: () => ({
      reading,
      place(ops, x) {
        const isInverse: Value = ops.greater(drawn(ops, x, [0, 1]), 0.5);
        const sign: Value = ops.subtract(1, ops.multiply(isInverse, 2));
        const [right, down] = [xFactor, yFactor].map(factor => times(ops, drawn(ops, x, factor), sign));
        return { map: [1, right!, 0, down!, 1, 0] };
      },
    }),
  });
}

const flips = ['horizontal', 'vertical', 'horizontal_and_vertical'] as const;
/** Left and right, top and bottom, or both at once. */
export type Flip = (typeof flips)[number];

export interface RandomFlipOptions<I extends Shape | undefined = Shape | undefined> extends SeedOptions<I> {
  /** `horizontal_and_vertical` if left out: as in Keras, an image is then flipped in both ways or not at all. */
  readonly mode?: Flip;
}

/** Mirrors half of the images while training. `randomFlip('horizontal')` or `randomFlip({ mode })`. Throws OptionError. */
export function randomFlip<const I extends Shape | undefined = undefined>(
  given: Flip | RandomFlipOptions<I> = {},
): ImageChange<I> {
  const options = checkedOptions<RandomFlipOptions<I>>('randomFlip', given, ['mode', 'seed'], 'mode');
  const { mode = 'horizontal_and_vertical' } = options;
  if (!flips.includes(mode)) throw unknownName('mode of randomFlip', String(mode), flips);
  return geometricLayer('randomFlip', {
    className: 'RandomFlip',
    options,
    config: { mode },
    geometry: () => ({
      place(ops, x) {
        const [h, w] = sizeOf(x);
        const isFlipped: Value = ops.lessEqual(drawn(ops, x, [0, 1]), 0.5);
        const sign: Value = ops.subtract(1, ops.multiply(isFlipped, 2));
        const [columns, rows] = [mode !== 'vertical', mode !== 'horizontal'];
        return {
          map: [
            ...([columns ? sign : 1, 0, columns ? times(ops, isFlipped, w - 1) : 0] as const),
            ...([0, rows ? sign : 1, rows ? times(ops, isFlipped, h - 1) : 0] as const),
          ],
        };
      },
    }),
  });
}
