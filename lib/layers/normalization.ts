import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import type { Initializer } from '../initializers/initializers.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { common, type LayerOptions, type SameShape } from './layer.ts';
import { checkedOptions, finiteNumber } from './options.ts';

export interface NormalizationOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  /** Of all elements, or one for each place along the last axis. */
  readonly mean: number | readonly number[];
  /** Likewise; 0 or more. */
  readonly variance: number | readonly number[];
}

/** As Keras's `epsilon`: the least standard deviation. */
const leastDeviation = 1e-7;

/**
 * (x - mean) / max(sqrt(variance), 1e-7), along the last axis, which keeps `mean` and `variance` as parameters that do
 * not train. Throws OptionError for options out of range, ShapeError where the last axis has another length.
 */
export function normalization<const I extends Shape | undefined = undefined>(
  options: NormalizationOptions<I>,
): SameShape<I> {
  checkedOptions('normalization', options, ['mean', 'variance']);
  const mean = checkedNumbers('mean', options.mean);
  const variance = checkedNumbers('variance', options.variance);
  if (variance.some(value => value < 0)) {
    throw new OptionError(`normalization: variance must be 0 or more, got ${describe(options.variance)}`);
  }
  return {
    className: 'Normalization',
    ...common(options),
    config: { mean: options.mean, variance: options.variance },
    outputShape: input => input,
    parameters: input => [
      { name: 'mean', shape: shapeOf('mean', mean, input), initializer: these(mean), trainable: false },
      { name: 'variance', shape: shapeOf('variance', variance, input), initializer: these(variance), trainable: false },
    ],
    forward(ops, x, { mean, variance }) {
      const deviation = ops.maximum(ops.sqrt(variance!), leastDeviation);
      return ops.divide(ops.subtract(ops.cast(x, 'float32'), mean!), deviation);
    },
  };
}

function checkedNumbers(option: string, given: unknown): readonly number[] {
  const numbers: readonly number[] = Array.isArray(given) ? given : [given];
  if (numbers.length === 0)
    throw new OptionError(`normalization: ${option} must be a number or a list of them, got []`);
  return numbers.map(value => finiteNumber('normalization', option, value));
}

/** [1] for one number, else the last axis, as long as the list. */
function shapeOf(option: string, numbers: readonly number[], input: Shape): Shape {
  if (numbers.length !== 1 && numbers.length !== input.at(-1)) {
    const what = `${option} has ${numbers.length} numbers for inputs of ${formatShape(input)}`;
    throw new ShapeError(`${what}: expected one, or one for each place along the last axis`);
  }
  return [numbers.length];
}

/** Writes these numbers. */
const these = (numbers: readonly number[]): Initializer => ({
  name: 'these',
  config: {},
  fill: out => out.set(numbers),
});
