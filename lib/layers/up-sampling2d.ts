import type { Interpolation, Pair } from '../../kernels/geometry.ts';
import type { UpSampling2DOutput } from '../shape/convolution-rules.ts';
import type { Shape } from '../shape/shape.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedInterpolation, checkedOptions, imageShape, type PositivePair, pair } from './options.ts';

export interface UpSampling2dOptions<
  K extends number | Pair = number | Pair,
  I extends Shape | undefined = Shape | undefined,
> extends LayerOptions<I> {
  /** How many times the rows and the columns; 2 if left out. */
  readonly size?: PositivePair<'upSampling2d', 'size', K>;
  /** `nearest` (the default) repeats pixels, `bilinear` goes straight from one to the next. */
  readonly interpolation?: Interpolation;
}

/** What is given in place of options: the size alone. `G` is a type of its own, since K could not tell the two. */
type GivenSize<G> = [G] extends [number | Pair] ? PositivePair<'upSampling2d', 'size', G> : never;

/** Images so many times as large: [height, width, channels] -> [rows, columns, channels]. */
export interface UpSampling2D<K extends number | Pair = 2, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: UpSampling2DOutput<this['~in'], K>;
}

/**
 * Images so many times as large: [height, width, channels] -> [height x rows, width x columns, channels].
 * `upSampling2d(2)`, `upSampling2d([1, 2])` or `upSampling2d({ size, interpolation: 'bilinear' })`. Throws OptionError for
 * an option that is not known or out of range.
 */
export function upSampling2d<
  const G extends number | Pair | object = object,
  const K extends number | Pair = 2,
  const I extends Shape | undefined = undefined,
>(given: GivenSize<G> | UpSampling2dOptions<K, I> = {}): UpSampling2D<G extends number | Pair ? G : K, I> {
  const known = ['size', 'interpolation'];
  const options = checkedOptions<UpSampling2dOptions<K, I>>('upSampling2d', given, known, 'size');
  const size = pair('upSampling2d', 'size', options.size ?? 2);
  const interpolation = checkedInterpolation('upSampling2d', options.interpolation ?? 'nearest');
  const enlarged = (h: number, w: number): Pair => [h * size[0], w * size[1]];
  return {
    className: 'UpSampling2D',
    ...common(options),
    config: { size, interpolation },
    outputShape(input) {
      const [h, w, c] = imageShape(input);
      return [...enlarged(h, w), c];
    },
    forward(ops, x) {
      const [, h = 0, w = 0] = x.shape;
      return ops.resize(x, enlarged(h, w), interpolation);
    },
  };
}
