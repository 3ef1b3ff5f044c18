import { ones } from '../initializers/initializers.ts';
import type { Shape } from '../shape/shape.ts';
import { checkedAxes, placesOf } from './axes.ts';
import { common, type LayerOptions } from './layer.ts';
import type { AlongAxes } from './normalization-rules.ts';
import { checkedOptions, positiveNumber } from './options.ts';

export interface RmsNormalizationOptions<
  I extends Shape | undefined = Shape | undefined,
  A extends number | readonly number[] = number | readonly number[],
> extends LayerOptions<I> {
  /** One axis or several, counted with the batch as axis 0, or from the end; -1 if left out. */
  readonly axis?: A;
  /** Added to the mean of the squares; 0.000001 if left out. */
  readonly epsilon?: number;
}

/**
 * x / sqrt(mean of x^2 + epsilon) scale, the mean being that over the axes given (Zhang and Sennrich 2019, equation 4). The
 * parameter `scale` has the shape of these axes and begins as ones. Throws OptionError for options out of range, ShapeError
 * for an axis that the input does not have.
 */
export function rmsNormalization<
  const A extends number | readonly number[] = -1,
  const I extends Shape | undefined = undefined,
>(options: RmsNormalizationOptions<I, A> = {}): AlongAxes<A, I> {
  const layer = 'rmsNormalization';
  checkedOptions(layer, options, ['axis', 'epsilon']);
  const axis: number | readonly number[] = options.axis ?? -1;
  const axes = checkedAxes(layer, axis);
  const epsilon = positiveNumber(layer, 'epsilon', options.epsilon ?? 1e-6);
  return {
    className: 'RMSNormalization',
    ...common(options),
    config: { axis, epsilon },
    outputShape(input) {
      placesOf(axes, input);
      return input;
    },
    parameters: input => [
      { name: 'scale', shape: placesOf(axes, input).map(place => input[place]!), initializer: ones() },
    ],
    forward: (ops, x, { scale }) => ops.rmsNormalization(x, { axis: axes, epsilon, scale }),
  };
}
