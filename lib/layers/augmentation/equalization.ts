import type { Pair } from '../../../kernels/geometry.ts';
import { describe } from '../../describe.ts';
import { OptionError } from '../../errors.ts';
import type { Value } from '../../plan/graph.ts';
import type { Shape } from '../../shape/shape.ts';
import { common, type LayerOptions } from '../layer.ts';
import { checkedOptions, imageShape } from '../options.ts';
import type { LayerOps } from '../outcome.ts';
import { along, countsOf, inParts, lookedUp, runningSums, shadesOf } from './histograms.ts';
import { checkedValueRange, type ImageChange } from './ranges.ts';

export interface EqualizationOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  /** The smallest and the largest number that pixels have; [0, 255] if left out. */
  readonly valueRange?: Pair;
  /** How many shades are told apart, 2 or more; 256 if left out. */
  readonly bins?: number;
}

/**
 * Each channel of an image with its shades spread evenly over the range of values (histogram equalization), in training and
 * outside of it; one that has a single shade stays as it is. No gradient flows through the others. `equalization()` or
 * `equalization({ valueRange, bins })`. Throws OptionError.
 */
export function equalization<const I extends Shape | undefined = undefined>(
  given: EqualizationOptions<I> = {},
): ImageChange<I> {
  const options = checkedOptions<EqualizationOptions<I>>('equalization', given, ['valueRange', 'bins']);
  const [low, high] = checkedValueRange('equalization', options.valueRange ?? [0, 255]);
  const { bins = 256 } = options;
  if (!(Number.isInteger(bins) && bins >= 2)) {
    throw new OptionError(`equalization: bins must be an integer of 2 or more, got ${describe(bins)}`);
  }
  return {
    className: 'Equalization',
    ...common(options),
    config: { valueRange: [low, high], bins },
    outputShape: imageShape,
    forward: (ops, x) => inParts(ops, x, x.shape.at(-1)! * bins, part => equalized(ops, part, bins, [low, high])),
  };
}

function equalized(ops: LayerOps, x: Value, bins: number, [low, high]: Pair): Value {
  const [n = 0, h = 0, w = 0, c = 0] = x.shape;
  const tables: Value = ops.add(
    along(ops, 0, n, image => image * c * bins),
    along(ops, 3, c, channel => channel * bins),
  );
  const indices: Value = ops.add(shadesOf(ops, x, bins, low, high), tables);
  const counts: Value = ops.reshape(countsOf(ops, indices, n * c * bins) as Value, [n, 1, 1, c, bins]);
  const upTo = runningSums(ops, counts);
  // The pixels of the darkest shade that occurs: they become `low`, all of the lightest one `high`.
  const darkest: Value = ops.min(ops.where(ops.greater(upTo, 0) as Value, upTo, h * w), 4, true);
  const others: Value = ops.subtract(h * w, darkest);
  const bytes: Value = ops.divide(
    ops.multiply(ops.subtract(upTo, darkest) as Value, 255) as Value,
    ops.maximum(others, 1) as Value,
  );
  const shades: Value = ops.multiply(ops.clip(rounded(ops, bytes), 0, 255), (high - low) / 255);
  const isFlat: Value = ops.reshape(ops.equal(others, 0) as Value, [n, 1, 1, c]);
  return ops.where(isFlat, x, ops.add(lookedUp(ops, shades, indices), low));
}

/** The nearest whole number, of two the even one. */
function rounded(ops: LayerOps, x: Value): Value {
  const up: Value = ops.floor(ops.add(x, 0.5) as Value);
  const isHalf: Value = ops.equal(ops.subtract(up, x) as Value, 0.5);
  const pairs: Value = ops.floor(ops.multiply(up, 0.5) as Value);
  const isOdd: Value = ops.subtract(up, ops.multiply(pairs, 2) as Value);
  return ops.subtract(up, ops.multiply(isHalf, isOdd) as Value);
}
