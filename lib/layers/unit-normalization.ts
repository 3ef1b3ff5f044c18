import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { common, type LayerOptions, type SameShape } from './layer.ts';
import { checkedOptions } from './options.ts';

export interface UnitNormalizationOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  /** One axis or several, counted as in Keras with the batch as axis 0, or from the end; -1 if left out. */
  readonly axis?: number | readonly number[];
}

/** The square of 1e-12, the least norm of Keras. */
const leastSquare = 1e-24;

/**
 * x / max(sqrt(sum of x^2), 1e-12), the sum being over the axes given: each vector along them gets the length 1, and
 * zeros stay zeros. Throws OptionError for an axis that is none or that of the batch, ShapeError for one that the
 * input does not have.
 */
export function unitNormalization<const I extends Shape | undefined = undefined>(
  options: UnitNormalizationOptions<I> = {},
): SameShape<I> {
  checkedOptions('unitNormalization', options, ['axis']);
  const { axis = -1 } = options;
  const axes = checkedAxes(axis);
  return {
    className: 'UnitNormalization',
    ...common(options),
    config: { axis },
    outputShape(input) {
      const missing = axes.find(each => each > input.length || each < -input.length);
      if (missing === undefined) return input;
      throw new ShapeError(
        `axis ${missing} does not exist in inputs of ${formatShape(input)}: expected 1 to ${input.length}, or -1 to -${input.length}`,
      );
    },
    forward(ops, x) {
      const squares = ops.sum(ops.square(x), axes, true);
      return ops.divide(x, ops.sqrt(ops.maximum(squares, leastSquare)));
    },
  };
}

function checkedAxes(given: unknown): readonly number[] {
  const axes: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (axes.length === 0 || !axes.every((axis): axis is number => Number.isInteger(axis))) {
    throw new OptionError(`unitNormalization: axis must be an integer or a list of them, got ${describe(given)}`);
  }
  if (axes.includes(0)) {
    throw new OptionError(
      'unitNormalization: axis 0 is that of the batch; expected axes of one input, from 1 on or -1',
    );
  }
  return axes;
}
