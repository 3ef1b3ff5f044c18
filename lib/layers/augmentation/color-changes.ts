import type { Pair } from '../../../kernels/geometry.ts';
import { describe } from '../../describe.ts';
import { OptionError, ShapeError } from '../../errors.ts';
import type { Value } from '../../plan/graph.ts';
import { formatShape, type Shape } from '../../shape/shape.ts';
import { common, type LayerOptions } from '../layer.ts';
import type { SeedOptions } from '../noise-options.ts';
import { checkedOptions, imageShape } from '../options.ts';
import type { LayerOps } from '../outcome.ts';
import { type ColorOptions, colorLayer, perImage } from './random-color.ts';
import { checkedRange, checkedValueRange, type Factor, type ImageChange } from './ranges.ts';

/** Images in red, green and blue. Throws ShapeError for others. */
export function inColors(input: Shape): Shape {
  if (imageShape(input)[2] === 3) return input;
  throw new ShapeError(`expected an input of [height, width, 3], red, green and blue, got ${formatShape(input)}`);
}

/** The brightness of each pixel by ITU-R BT.601, in all three channels. */
const gray = (ops: LayerOps, x: Value): Value =>
  ops.matmul(x, ops.constant({ shape: [3, 3], data: [0.2989, 0.587, 0.114].flatMap(share => [share, share, share]) }));

export interface RandomGrayscaleOptions<I extends Shape | undefined = Shape | undefined> extends SeedOptions<I> {
  /** The share of images that lose their colors; 0.5 if left out. */
  readonly factor?: number;
}

/** Takes the colors away from some images while training. `randomGrayscale(0.2)` or `randomGrayscale({ factor })`. Throws OptionError. */
export function randomGrayscale<const I extends Shape | undefined = undefined>(
  given: number | RandomGrayscaleOptions<I> = {},
): ImageChange<I> {
  const options = checkedOptions<RandomGrayscaleOptions<I>>('randomGrayscale', given, ['factor', 'seed'], 'factor');
  const { factor = 0.5 } = options;
  if (!(typeof factor === 'number' && factor >= 0 && factor <= 1)) {
    throw new OptionError(`randomGrayscale: factor must be a number between 0 and 1, got ${describe(factor)}`);
  }
  return colorLayer('randomGrayscale', {
    className: 'RandomGrayscale',
    options,
    config: { factor },
    outputShape: inColors,
    forward: (ops, x) => ops.where(ops.less(perImage(ops, x), factor) as Value, gray(ops, x), x),
  });
}

export interface ColorFactorOptions<I extends Shape | undefined = Shape | undefined> extends ColorOptions<I> {
  /** How much, drawn for each image: a number f is 0 to f. Between 0 and 1. */
  readonly factor: Factor;
}

/** What layers with one factor have in common. */
function byFactor<I extends Shape | undefined>(
  factory: string,
  className: string,
  given: Factor | ColorFactorOptions<I>,
  change: (ops: LayerOps, x: Value, factor: Value) => Value,
  outputShape: (input: Shape) => Shape,
): ImageChange<I> {
  const known = ['factor', 'valueRange', 'seed'];
  const options = checkedOptions<ColorFactorOptions<I>>(factory, given, known, 'factor');
  const factor = checkedRange(factory, 'factor', options.factor, [0, 1]);
  const [low, high] = checkedValueRange(factory, options.valueRange ?? [0, 255]);
  return colorLayer(factory, {
    className,
    options,
    config: { factor, valueRange: [low, high] },
    outputShape,
    forward: (ops, x) => ops.clip(change(ops, x, perImage(ops, x, factor)), low, high),
  });
}

/**
 * Colors nearer to gray while training: a factor of 1 takes them away, 0 leaves them. `randomColorDegeneration(0.5)`. Throws
 * OptionError.
 */
export function randomColorDegeneration<const I extends Shape | undefined = undefined>(
  given: Factor | ColorFactorOptions<I>,
): ImageChange<I> {
  const change = (ops: LayerOps, x: Value, factor: Value): Value =>
    ops.add(x, ops.multiply(factor, ops.subtract(gray(ops, x), x) as Value) as Value);
  return byFactor('randomColorDegeneration', 'RandomColorDegeneration', given, change, inColors);
}

/**
 * Colors weaker or stronger while training: the saturation of HSV times factor / (1 - factor), at most 1. So 0 takes the
 * colors away, 0.5 leaves them, 1 makes them as strong as can be. `randomSaturation([0.4, 0.6])`. Throws OptionError.
 */
export function randomSaturation<const I extends Shape | undefined = undefined>(
  given: Factor | ColorFactorOptions<I>,
): ImageChange<I> {
  const change = (ops: LayerOps, x: Value, factor: Value): Value => {
    const most: Value = ops.max(x, 3, true);
    const spread: Value = ops.subtract(most, ops.min(x, 3, true));
    // The saturation is spread / most; the factor that makes it 1 is the largest that there can be.
    const strongest: Value = ops.divide(most, ops.maximum(spread, 1e-7) as Value);
    const asked: Value = ops.divide(factor, ops.subtract(1 + 1e-7, factor) as Value);
    return ops.subtract(
      most,
      ops.multiply(ops.subtract(most, x) as Value, ops.minimum(asked, strongest) as Value) as Value,
    );
  };
  return byFactor('randomSaturation', 'RandomSaturation', given, change, inColors);
}

/**
 * Other hues while training: colors are turned by up to factor / 2 of the circle of HSV, to either side. `randomHue(0.2)` or
 * `randomHue({ factor, valueRange })`. Throws OptionError.
 */
export function randomHue<const I extends Shape | undefined = undefined>(
  given: Factor | ColorFactorOptions<I>,
): ImageChange<I> {
  const change = (ops: LayerOps, x: Value, factor: Value): Value => {
    const isBackward: Value = ops.greater(perImage(ops, x), 0.5);
    const sixths: Value = ops.multiply(factor, ops.subtract(3, ops.multiply(isBackward, 6)) as Value);
    const most: Value = ops.max(x, 3, true);
    const spread: Value = ops.subtract(most, ops.min(x, 3, true));
    const turned: Value = ops.add(hueOf(ops, x, most, spread), sixths);
    // Smith 1978: a channel has the largest number for a third of the circle, and then goes down along a sixth of it.
    const place: Value = ops.add(turned, ops.constant({ shape: [3], data: [5, 3, 1] }));
    const rounds: Value = ops.floor(ops.divide(place, 6) as Value);
    const rest: Value = ops.subtract(place, ops.multiply(rounds, 6) as Value);
    const share: Value = ops.clip(ops.minimum(rest, ops.subtract(4, rest) as Value) as Value, 0, 1);
    return ops.subtract(most, ops.multiply(spread, share) as Value);
  };
  return byFactor('randomHue', 'RandomHue', given, change, inColors);
}

/** The hue of each pixel in sixths of the circle, from red: -1 to 5. Where two channels are largest, both tell the same color. */
function hueOf(ops: LayerOps, x: Value, most: Value, spread: Value): Value {
  const neighbours: Value = ops.constant({ shape: [3, 3], data: [0, -1, 1, 1, 0, -1, -1, 1, 0] });
  const beside: Value = ops.divide(ops.matmul(x, neighbours) as Value, ops.maximum(spread, 1e-7) as Value);
  const each: Value = ops.add(beside, ops.constant({ shape: [3], data: [0, 2, 4] }));
  return ops.max(ops.where(ops.equal(x, most) as Value, each, -2), 3, true);
}

/**
 * Images less or more sharp while training: 0 smooths by [[1, 1, 1], [1, 5, 1], [1, 1, 1]] / 13, 0.5 leaves them, 1 goes as
 * far away from that. `randomSharpness([0.3, 0.7])`. Throws OptionError.
 */
export function randomSharpness<const I extends Shape | undefined = undefined>(
  given: Factor | ColorFactorOptions<I>,
): ImageChange<I> {
  const change = (ops: LayerOps, x: Value, factor: Value): Value => {
    const channels = x.shape.at(-1)!;
    const data = [1, 1, 1, 1, 5, 1, 1, 1, 1].flatMap(weight => new Array<number>(channels).fill(weight / 13));
    const kernel: Value = ops.constant({ shape: [3, 3, channels, 1], data });
    const smooth: Value = ops.depthwiseConv2d(x, kernel, { strides: [1, 1], dilation: [1, 1], padding: 'same' });
    const share: Value = ops.subtract(1, ops.multiply(factor, 2));
    return ops.add(x, ops.multiply(share, ops.subtract(smooth, x) as Value) as Value);
  };
  return byFactor('randomSharpness', 'RandomSharpness', given, change, imageShape);
}

export interface SolarizationOptions<I extends Shape | undefined = Shape | undefined> extends ColorOptions<I> {
  /** What is added first, as a share of the range of values: a number f is 0 to f. Between 0 and 1; 0 if left out. */
  readonly additionFactor?: Factor;
  /** From where on numbers are inverted, likewise; 0 if left out, which inverts all. */
  readonly thresholdFactor?: Factor;
}

/** Inverts bright pixels while training. `solarization({ thresholdFactor: 0.5 })`. Throws OptionError. */
export function solarization<const I extends Shape | undefined = undefined>(
  given: SolarizationOptions<I> = {},
): ImageChange<I> {
  const known = ['additionFactor', 'thresholdFactor', 'valueRange', 'seed'];
  const options = checkedOptions<SolarizationOptions<I>>('solarization', given, known);
  const additionFactor = checkedRange('solarization', 'additionFactor', options.additionFactor ?? 0, [0, 1]);
  const thresholdFactor = checkedRange('solarization', 'thresholdFactor', options.thresholdFactor ?? 0, [0, 1]);
  const [low, high] = checkedValueRange('solarization', options.valueRange ?? [0, 255]);
  const share = ([lower, upper]: Pair): Pair => [lower * (high - low), upper * (high - low)];
  return colorLayer('solarization', {
    className: 'Solarization',
    options,
    config: { additionFactor, thresholdFactor, valueRange: [low, high] },
    forward(ops, x) {
      const more: Value = ops.clip(ops.add(x, perImage(ops, x, share(additionFactor))) as Value, low, high);
      const threshold: Value = ops.add(perImage(ops, x, share(thresholdFactor)), low);
      const inverse: Value = ops.subtract(low + high, more);
      return ops.where(ops.less(more, threshold) as Value, more, inverse);
    },
  });
}

export interface AutoContrastOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  /** The smallest and the largest number that pixels have; [0, 255] if left out. */
  readonly valueRange?: Pair;
}

/**
 * Each channel of an image stretched over the range of values, in training and outside of it; one that is the same
 * everywhere stays as it is. Throws OptionError.
 */
export function autoContrast<const I extends Shape | undefined = undefined>(
  given: AutoContrastOptions<I> = {},
): ImageChange<I> {
  const options = checkedOptions<AutoContrastOptions<I>>('autoContrast', given, ['valueRange']);
  const [low, high] = checkedValueRange('autoContrast', options.valueRange ?? [0, 255]);
  return {
    className: 'AutoContrast',
    ...common(options),
    config: { valueRange: [low, high] },
    outputShape: imageShape,
    forward(ops, x) {
      const least: Value = ops.min(x, [1, 2], true);
      const spread: Value = ops.subtract(ops.max(x, [1, 2], true) as Value, least);
      const isFlat: Value = ops.equal(spread, 0);
      const share: Value = ops.divide(ops.subtract(x, least) as Value, ops.add(spread, isFlat) as Value);
      const stretched: Value = ops.clip(ops.add(ops.multiply(share, high - low) as Value, low) as Value, low, high);
      return ops.where(isFlat, x, stretched);
    },
  };
}
