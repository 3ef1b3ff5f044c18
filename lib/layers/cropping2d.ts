import { ShapeError } from '../errors.ts';
import type { Cropping2DOutput, Sides } from '../shape/convolution-rules.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions, imageShape, type Naturals, sides } from './options.ts';

export interface Cropping2dOptions<A extends Sides = Sides, I extends Shape | undefined = Shape | undefined>
  extends LayerOptions<I> {
  /** Rows and columns cut off: on all sides, as [rows, columns], or as [[top, bottom], [left, right]]; 0 if left out. */
  readonly cropping?: Naturals<'cropping2d', 'cropping', A>;
}

/** What is given in place of options: the cropping alone. `G` is a type of its own, since A could not tell the two. */
type GivenCropping<G> = [G] extends [Sides] ? Naturals<'cropping2d', 'cropping', G> : never;

/** Images without their edges: [height, width, channels] -> [rows, columns, channels]. */
export interface Cropping2D<A extends Sides = 0, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: Cropping2DOutput<this['~in'], A>;
}

/**
 * Images without their edges: [height, width, channels] -> [height - top - bottom, width - left - right, channels].
 * `cropping2d(2)`, `cropping2d([[0, 1], [0, 1]])` or `cropping2d({ cropping })`. Throws OptionError for what is no such
 * amount.
 */
export function cropping2d<
  const G extends Sides | object = object,
  const A extends Sides = 0,
  const I extends Shape | undefined = undefined,
>(given: GivenCropping<G> | Cropping2dOptions<A, I> = {}): Cropping2D<G extends Sides ? G : A, I> {
  const options = checkedOptions<Cropping2dOptions<A, I>>('cropping2d', given, ['cropping'], 'cropping');
  const cropping = sides('cropping2d', 'cropping', options.cropping ?? 0);
  const [[top, bottom], [left, right]] = cropping;
  return {
    className: 'Cropping2D',
    ...common(options),
    config: { cropping },
    outputShape(input) {
      const [h, w, c] = imageShape(input);
      const [rows, columns] = [h - top - bottom, w - left - right];
      if (rows >= 1 && columns >= 1) return [rows, columns, c];
      const amounts = `[${cropping.map(formatShape).join(', ')}]`;
      throw new ShapeError(sentence('nothingLeft', { cropping: amounts, input: `${h}x${w}` }));
    },
    forward(ops, x) {
      const [n = 0, h = 0, w = 0, c = 0] = x.shape;
      return ops.slice(x, [0, top, left, 0], [n, h - top - bottom, w - left - right, c]);
    },
  };
}
