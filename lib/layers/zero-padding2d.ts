import type { Sides, ZeroPadding2DOutput } from '../shape/convolution-rules.ts';
import type { Shape } from '../shape/shape.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions, imageShape, type Naturals, sides } from './options.ts';

export interface ZeroPadding2dOptions<A extends Sides = Sides, I extends Shape | undefined = Shape | undefined>
  extends LayerOptions<I> {
  /** Rows and columns of zeros: on all sides, as [rows, columns], or as [[top, bottom], [left, right]]; 1 if left out. */
  readonly padding?: Naturals<'zeroPadding2d', 'padding', A>;
}

/** What is given in place of options: the padding alone. `G` is a type of its own, since A could not tell the two. */
type GivenPadding<G> = [G] extends [Sides] ? Naturals<'zeroPadding2d', 'padding', G> : never;

/** Zeros around images: [height, width, channels] -> [rows, columns, channels]. */
export interface ZeroPadding2D<A extends Sides = 1, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: ZeroPadding2DOutput<this['~in'], A>;
}

/**
 * Zeros around images: [height, width, channels] -> [height + top + bottom, width + left + right, channels].
 * `zeroPadding2d(2)`, `zeroPadding2d([[0, 1], [0, 1]])` or `zeroPadding2d({ padding })`. Throws OptionError for what is no
 * such amount.
 */
export function zeroPadding2d<
  const G extends Sides | object = object,
  const A extends Sides = 1,
  const I extends Shape | undefined = undefined,
>(given: GivenPadding<G> | ZeroPadding2dOptions<A, I> = {}): ZeroPadding2D<G extends Sides ? G : A, I> {
  const options = checkedOptions<ZeroPadding2dOptions<A, I>>('zeroPadding2d', given, ['padding'], 'padding');
  const padding = sides('zeroPadding2d', 'padding', options.padding ?? 1);
  const [[top, bottom], [left, right]] = padding;
  return {
    className: 'ZeroPadding2D',
    ...common(options),
    config: { padding },
    outputShape(input) {
      const [h, w, c] = imageShape(input);
      return [h + top + bottom, w + left + right, c];
    },
    forward: (ops, x) => ops.pad(x, [[0, 0], ...padding, [0, 0]]),
  };
}
