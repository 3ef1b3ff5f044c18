import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import type { PermuteOutput } from '../shape/small-rules.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions } from './options.ts';

export interface PermuteOptions<P extends Shape = Shape, I extends Shape | undefined = Shape | undefined>
  extends LayerOptions<I> {
  /** The axes of one input, counted from 1, in their new order. */
  readonly dims: P;
}

/** The axes in another order: [a, b, c] -> [b, c, a] for the order [2, 3, 1]. */
export interface Permute<P extends Shape, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: PermuteOutput<this['~in'], P>;
}

/**
 * The axes of each input in another order: `permute([2, 1])` or `permute({ dims: [2, 1] })` turns [rows, columns] around.
 * Throws OptionError unless the axes are those from 1 on, each once, and ShapeError if the input has more or less.
 */
export function permute<const P extends Shape, const I extends Shape | undefined = undefined>(
  given: P | PermuteOptions<P, I>,
): Permute<P, I> {
  const options = checkedOptions<PermuteOptions<P, I>>('permute', given, ['dims'], 'dims');
  const dims: Shape = options.dims;
  const isOrder = Array.isArray(dims) && dims.length > 0 && dims.every((_, i) => dims.includes(i + 1));
  if (!isOrder) {
    const got = Array.isArray(dims) ? formatShape(dims) : describe(dims);
    throw new OptionError(sentence('permuteDims', { dims: got }));
  }
  return {
    className: 'Permute',
    ...common(options),
    config: { dims },
    outputShape(input) {
      if (input.length === dims.length) return dims.map(axis => input[axis - 1]!);
      throw new ShapeError(sentence('permuteRank', { input: formatShape(input), dims: formatShape(dims) }));
    },
    forward: (ops, x) => ops.transpose(x, [0, ...dims]),
  };
}
