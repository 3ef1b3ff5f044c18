import type { Value } from '../../plan/graph.ts';
import type { ResizingOutput } from '../../shape/convolution-rules.ts';
import type { Shape } from '../../shape/shape.ts';
import { common, type Declared, type Layer, type LayerOptions } from '../layer.ts';
import type { SeedOptions } from '../noise-options.ts';
import { checkedOptions, imageShape, isObject, type PositiveInteger, positiveInteger } from '../options.ts';
import type { LayerOps } from '../outcome.ts';
import { cropped } from '../resizing.ts';
import { geometricLayer } from './geometric.ts';

/** Images of another size: [rows, columns, channels] -> [H, W, channels]. */
export interface Cropped<H extends number, W extends number, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: ResizingOutput<this['~in'], H, W>;
}

export interface RandomCropOptions<
  H extends number = number,
  W extends number = number,
  I extends Shape | undefined = Shape | undefined,
> extends SeedOptions<I> {
  readonly height: PositiveInteger<'randomCrop', 'height', H>;
  readonly width: PositiveInteger<'randomCrop', 'width', W>;
}

/**
 * A window of each image, drawn for each by itself: [rows, columns, channels] -> [height, width, channels]. Outside of
 * training, and where images are smaller than the window, the largest part in the middle that has its proportions,
 * resized to it, as Keras documents. `randomCrop(24, 24)` or `randomCrop({ height, width })`. Throws OptionError.
 */
export function randomCrop<
  const H extends number,
  const W extends number,
  const I extends Shape | undefined = undefined,
>(options: RandomCropOptions<H, W, I>): Cropped<H, W, I>;
export function randomCrop<
  const H extends number,
  const W extends number,
  const I extends Shape | undefined = undefined,
>(
  height: PositiveInteger<'randomCrop', 'height', H>,
  width: PositiveInteger<'randomCrop', 'width', W>,
  settings?: SeedOptions<I>,
): Cropped<H, W, I>;
export function randomCrop<const I extends Shape | undefined>(
  given: number | RandomCropOptions<number, number, I>,
  columns?: number,
  settings: SeedOptions<I> = {},
): Declared<I> {
  const all = isObject(given) ? given : { ...settings, height: given, width: columns };
  const known = ['height', 'width', 'seed'];
  const options = checkedOptions<RandomCropOptions<number, number, I>>('randomCrop', all, known);
  const height = positiveInteger('randomCrop', 'height', options.height);
  const width = positiveInteger('randomCrop', 'width', options.width);
  return geometricLayer('randomCrop', {
    className: 'RandomCrop',
    options,
    config: { height, width },
    outputShape: input => [height, width, imageShape(input)[2]],
    geometry([h = 0, w = 0]) {
      if (h < height || w < width) return undefined;
      return {
        isLast: true,
        place(ops, x) {
          const begin = (rest: number): Value =>
            ops.floor(ops.multiply(ops.randomUniform([x.shape[0]!]), rest + 1) as Value);
          return { map: [1, 0, begin(w - width), 0, 1, begin(h - height)], size: [height, width] };
        },
      };
    },
    otherwise: (ops, x) => fitted(ops, x, height, width),
  });
}

export interface CenterCropOptions<
  H extends number = number,
  W extends number = number,
  I extends Shape | undefined = Shape | undefined,
> extends LayerOptions<I> {
  readonly height: PositiveInteger<'centerCrop', 'height', H>;
  readonly width: PositiveInteger<'centerCrop', 'width', W>;
}

/**
 * The window in the middle of images, in training and outside of it: [rows, columns, channels] -> [height, width, channels].
 * Where images are smaller, the largest part in the middle that has its proportions, resized to it. `centerCrop(24, 24)`
 * or `centerCrop({ height, width })`. Throws OptionError.
 */
export function centerCrop<
  const H extends number,
  const W extends number,
  const I extends Shape | undefined = undefined,
>(options: CenterCropOptions<H, W, I>): Cropped<H, W, I>;
export function centerCrop<
  const H extends number,
  const W extends number,
  const I extends Shape | undefined = undefined,
>(
  height: PositiveInteger<'centerCrop', 'height', H>,
  width: PositiveInteger<'centerCrop', 'width', W>,
  settings?: LayerOptions<I>,
): Cropped<H, W, I>;
export function centerCrop<const I extends Shape | undefined>(
  given: number | CenterCropOptions<number, number, I>,
  columns?: number,
  settings: LayerOptions<I> = {},
): Declared<I> {
  const all = isObject(given) ? given : { ...settings, height: given, width: columns };
  const options = checkedOptions<CenterCropOptions<number, number, I>>('centerCrop', all, ['height', 'width']);
  const height = positiveInteger('centerCrop', 'height', options.height);
  const width = positiveInteger('centerCrop', 'width', options.width);
  return {
    className: 'CenterCrop',
    ...common(options),
    config: { height, width },
    outputShape: input => [height, width, imageShape(input)[2]],
    forward(ops, x) {
      const [n = 0, h = 0, w = 0, c = 0] = x.shape;
      if (h < height || w < width) return fitted(ops, x, height, width);
      return ops.slice(x, [0, (h - height) >> 1, (w - width) >> 1, 0], [n, height, width, c]);
    },
  };
}

const fitted = (ops: LayerOps, x: Value, height: number, width: number): Value =>
  ops.resize(cropped(ops, x, height, width), [height, width]);
