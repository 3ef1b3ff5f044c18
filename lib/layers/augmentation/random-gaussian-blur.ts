import type { Pair } from '../../../kernels/geometry.ts';
import { describe } from '../../describe.ts';
import { OptionError } from '../../errors.ts';
import type { Value } from '../../plan/graph.ts';
import type { Shape } from '../../shape/shape.ts';
import { checkedOptions } from '../options.ts';
import type { LayerOps } from '../outcome.ts';
import { type ColorOptions, chosen, colorLayer, perImage } from './random-color.ts';
import { checkedRange, checkedValueRange, type Factor, type ImageChange } from './ranges.ts';

export interface RandomGaussianBlurOptions<I extends Shape | undefined = Shape | undefined> extends ColorOptions<I> {
  /** From where the probability is drawn for each image: 0.5 is 0 to 0.5. Between 0 and 1; 1 if left out. */
  readonly factor?: Factor;
  /** How many pixels are blurred together: an odd number for both axes, or [columns, rows], as in Keras; 3 if left out. */
  readonly kernelSize?: number | Pair;
  /**
   * The standard deviation in pixels, drawn for both axes of each image: a number is 0 to that number. Between 0 and 1; 1 if
   * left out.
   */
  readonly sigma?: Factor;
}

/**
 * Blurs some images while training, by a Gaussian along columns and rows whose weights sum to 1; what lies outside of an
 * image is 0. `randomGaussianBlur()`, `randomGaussianBlur(0.5)` or `randomGaussianBlur({ factor, kernelSize, sigma })`. Throws
 * OptionError.
 */
export function randomGaussianBlur<const I extends Shape | undefined = undefined>(
  given: Factor | RandomGaussianBlurOptions<I> = {},
): ImageChange<I> {
  const factory = 'randomGaussianBlur';
  const known = ['factor', 'kernelSize', 'sigma', 'valueRange', 'seed'];
  const options = checkedOptions<RandomGaussianBlurOptions<I>>(factory, given, known, 'factor');
  const factor = checkedRange(factory, 'factor', options.factor ?? 1, [0, 1]);
  const kernelSize = checkedKernelSize(factory, options.kernelSize ?? 3);
  const sigma = checkedRange(factory, 'sigma', options.sigma ?? 1, [0, 1]);
  const [low, high] = checkedValueRange(factory, options.valueRange ?? [0, 255]);
  return colorLayer(factory, {
    className: 'RandomGaussianBlur',
    options,
    config: { factor, kernelSize, sigma, valueRange: [low, high] },
    forward(ops, x) {
      const isBlurred = chosen(ops, x, factor);
      // A deviation of nearly 0 leaves an image as it is.
      const deviation = (): Value => ops.add(ops.multiply(perImage(ops, x, sigma), isBlurred) as Value, 1e-6);
      const columns = blurred(ops, x, 2, kernelSize[0], deviation());
      return ops.clip(blurred(ops, columns, 1, kernelSize[1], deviation()), low, high);
    },
  });
}

/** Images blurred along an axis by as many pixels, with a deviation [n, 1, 1, 1] for each. */
function blurred(ops: LayerOps, x: Value, axis: 1 | 2, size: number, deviation: Value): Value {
  const [n = 0] = x.shape;
  const radius = (size - 1) / 2;
  const distances: Value = ops.constant({ shape: [size], data: Array.from({ length: size }, (_, i) => i - radius) });
  const exponent: Value = ops.square(ops.divide(distances, deviation) as Value);
  const weights: Value = ops.exp(ops.multiply(exponent, -0.5) as Value);
  const shares: Value = ops.divide(weights, ops.sum(weights, 3, true));
  const padded: Value = ops.pad(x, x.shape.map((_, i): Pair => (i === axis ? [radius, radius] : [0, 0])) as never);
  const terms = Array.from({ length: size }, (_, place): Value => {
    const begin = x.shape.map((_, i) => (i === axis ? place : 0));
    const share: Value = ops.slice(shares, [0, 0, 0, place], [n, 1, 1, 1]);
    return ops.multiply(ops.slice(padded, begin, x.shape) as Value, share);
  });
  return terms.reduce((sum, term): Value => ops.add(sum, term));
}

/** [columns, rows], both odd. Throws OptionError. */
function checkedKernelSize(factory: string, given: unknown): Pair {
  const [columns, rows, more]: readonly unknown[] = Array.isArray(given) ? given : [given, given];
  const isOdd = (size: unknown): size is number => Number.isInteger(size) && (size as number) % 2 === 1;
  if (isOdd(columns) && isOdd(rows) && more === undefined) return [columns, rows];
  throw new OptionError(
    `${factory}: kernelSize must be an odd number or [columns, rows] of odd numbers, got ${describe(given)}`,
  );
}
