import type { Shape } from '../shape/shape.ts';
import { checkedAxes, placesOf } from './axes.ts';
import { common, type LayerOptions } from './layer.ts';
import type { AlongAxes } from './normalization-rules.ts';
import { checkedOptions } from './options.ts';

export interface UnitNormalizationOptions<
  I extends Shape | undefined = Shape | undefined,
  A extends number | readonly number[] = number | readonly number[],
> extends LayerOptions<I> {
  /** One axis or several, counted as in Keras with the batch as axis 0, or from the end; -1 if left out. */
  readonly axis?: A;
}

/** The square of 1e-12, the least norm of Keras. */
const leastSquare = 1e-24;

/**
 * x / max(sqrt(sum of x^2), 1e-12), the sum being over the axes given: each vector along them gets the length 1, and
 * zeros stay zeros. Throws OptionError for an axis that is none or that of the batch, ShapeError for one that the
 * input does not have.
 */
export function unitNormalization<
  const A extends number | readonly number[] = -1,
  const I extends Shape | undefined = undefined,
>(options: UnitNormalizationOptions<I, A> = {}): AlongAxes<A, I> {
  checkedOptions('unitNormalization', options, ['axis']);
  const axis: number | readonly number[] = options.axis ?? -1;
  const axes = checkedAxes('unitNormalization', axis);
  return {
    className: 'UnitNormalization',
    ...common(options),
    config: { axis },
    outputShape(input) {
      placesOf(axes, input);
      return input;
    },
    forward(ops, x) {
      const squares = ops.sum(ops.square(x), axes, true);
      return ops.divide(x, ops.sqrt(ops.maximum(squares, leastSquare)));
    },
  };
}
