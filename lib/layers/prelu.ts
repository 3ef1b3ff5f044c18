import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { common, type LayerOptions, type SameShape } from './layer.ts';
import { checkedOptions } from './options.ts';
import { type ParameterOptions, parameterOptionNames, parameterSettings, saved } from './parameter-options.ts';

export interface PreluOptions<I extends Shape | undefined = Shape | undefined>
  extends LayerOptions<I>,
    ParameterOptions<'alpha'> {
  /**
   * Axes along which one slope serves all places, from 1 on: [1, 2] behind a convolution leaves one slope for each
   * channel. None if left out or null.
   */
  readonly sharedAxes?: number | readonly number[] | null;
}

/**
 * x where it is positive, else alpha x with a learned alpha for each place of the input (He et al. 2015, equation 1).
 * Parameter: `alpha`, at first zeros. Throws OptionError, and ShapeError for an axis that the input does not have.
 */
export function prelu<const I extends Shape | undefined = undefined>(options: PreluOptions<I> = {}): SameShape<I> {
  checkedOptions('prelu', options, [...parameterOptionNames('alpha'), 'sharedAxes']);
  const alphaSettings = parameterSettings('alpha', options, 'zeros');
  const sharedAxes = checkedShared(options.sharedAxes ?? null);
  return {
    className: 'PReLU',
    ...common(options),
    ...saved({ ...alphaSettings.config, sharedAxes }),
    outputShape: input => input,
    parameters(input) {
      const missing = sharedAxes?.find(axis => axis > input.length);
      if (missing !== undefined) {
        const known = `expected axes from 1 to ${input.length}`;
        throw new ShapeError(`sharedAxes has ${missing} for inputs of ${formatShape(input)}: ${known}`);
      }
      const shape = input.map((size, i) => (sharedAxes?.includes(i + 1) === true ? 1 : size));
      return [alphaSettings.spec('alpha', shape)];
    },
    forward: (ops, x, { alpha }) => ops.prelu(x, alpha!),
  };
}

function checkedShared(given: number | readonly number[] | null): readonly number[] | null {
  if (given === null) return null;
  const axes: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (axes.every((axis): axis is number => Number.isInteger(axis) && (axis as number) >= 1)) return axes;
  throw new OptionError(`prelu: sharedAxes must be integers of 1 or more, got ${describe(given)}`);
}
