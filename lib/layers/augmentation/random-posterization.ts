import { OptionError } from '../../errors.ts';
import type { Value } from '../../plan/graph.ts';
import type { Shape } from '../../shape/shape.ts';
import { checkedOptions } from '../options.ts';
import type { LayerOps } from '../outcome.ts';
import { type ColorOptions, colorLayer, perImage } from './random-color.ts';
import { checkedRange, checkedValueRange, type Factor, type ImageChange } from './ranges.ts';

export interface RandomPosterizationOptions<I extends Shape | undefined = Shape | undefined> extends ColorOptions<I> {
  /**
   * The bits that are left of the eight of a pixel, drawn for each image: whole numbers, [lower, upper] without upper itself
   * unless both are one, or a number for [1, number]. Between 1 and 8.
   */
  readonly factor: Factor;
}

/**
 * Fewer shades while training: the last bits of pixels become 0. No gradient flows through it. `randomPosterization(4)` or
 * `randomPosterization({ factor, valueRange })`. Throws OptionError.
 */
export function randomPosterization<const I extends Shape | undefined = undefined>(
  given: Factor | RandomPosterizationOptions<I>,
): ImageChange<I> {
  const known = ['factor', 'valueRange', 'seed'];
  const options = checkedOptions<RandomPosterizationOptions<I>>('randomPosterization', given, known, 'factor');
  const [fewest, most] = checkedRange('randomPosterization', 'factor', options.factor, [1, 8]);
  if (!Number.isInteger(fewest) || !Number.isInteger(most)) {
    throw new OptionError(`randomPosterization: factor must be whole numbers of bits, got ${fewest} to ${most}`);
  }
  const [low, high] = checkedValueRange('randomPosterization', options.valueRange ?? [0, 255]);
  const unit = (high - low) / 255;
  return colorLayer('randomPosterization', {
    className: 'RandomPosterization',
    options,
    config: { factor: [fewest, most], valueRange: [low, high] },
    forward(ops, x) {
      const shade = shades(ops, x, fewest, most);
      const bytes: Value = ops.multiply(ops.subtract(x, low) as Value, 1 / unit);
      const whole: Value = ops.multiply(ops.floor(ops.divide(bytes, shade) as Value), shade);
      return ops.add(ops.multiply(whole, unit) as Value, low);
    },
  });
}

/** The distance between two shades of each image, 2^(8 - bits): a sum in which one term is not 0. */
function shades(ops: LayerOps, x: Value, fewest: number, most: number): Value {
  if (fewest === most) return ops.fill([1, 1, 1, 1], 2 ** (8 - fewest));
  const bits: Value = ops.floor(perImage(ops, x, [fewest, most]));
  const terms = Array.from({ length: most - fewest }, (_, i): Value => {
    const isSo: Value = ops.equal(bits, fewest + i);
    return ops.multiply(isSo, 2 ** (8 - fewest - i));
  });
  return terms.reduce((sum, term): Value => ops.add(sum, term));
}
