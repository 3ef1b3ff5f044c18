import { ShapeError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import type { RepeatVectorOutput } from '../shape/small-rules.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions, type PositiveInteger, positiveInteger } from './options.ts';

export interface RepeatVectorOptions<N extends number = number, I extends Shape | undefined = Shape | undefined>
  extends LayerOptions<I> {
  /** How often. */
  readonly n: PositiveInteger<'repeatVector', 'n', N>;
}

/** Each vector N times: [features] -> [N, features]. */
export interface RepeatVector<N extends number, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: RepeatVectorOutput<this['~in'], N>;
}

/**
 * Each input vector n times: [features] -> [n, features]. `repeatVector(3)` or `repeatVector({ n: 3 })`. Throws
 * OptionError for what is no number of times, ShapeError for inputs that are no vectors.
 */
export function repeatVector<const N extends number, const I extends Shape | undefined = undefined>(
  given: PositiveInteger<'repeatVector', 'n', N> | RepeatVectorOptions<N, I>,
): RepeatVector<N, I> {
  const options = checkedOptions<RepeatVectorOptions<number, I>>('repeatVector', given, ['n'], 'n');
  const n = positiveInteger('repeatVector', 'n', options.n);
  return {
    className: 'RepeatVector',
    ...common(options),
    config: { n },
    outputShape(input) {
      if (input.length === 1) return [n, ...input];
      throw new ShapeError(sentence('vectorInput', { input: formatShape(input) }));
    },
    forward(ops, x) {
      const [batch = 0, features = 0] = x.shape;
      return ops.broadcastTo(ops.reshape(x, [batch, 1, features]), [batch, n, features]);
    },
  };
}
