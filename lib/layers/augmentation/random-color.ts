import type { Pair } from '../../../kernels/geometry.ts';
import type { Json } from '../../json.ts';
import type { Value } from '../../plan/graph.ts';
import { checkedSeed } from '../../random/random.ts';
import type { Shape } from '../../shape/shape.ts';
import { common, type Declared } from '../layer.ts';
import type { SeedOptions } from '../noise-options.ts';
import { checkedOptions, imageShape } from '../options.ts';
import type { LayerOps } from '../outcome.ts';
import { checkedRange, checkedValueRange, type Factor, type ImageChange } from './ranges.ts';

interface ColorParts<I extends Shape | undefined> {
  readonly className: string;
  readonly options: SeedOptions<I>;
  readonly config: { readonly [option: string]: Json };
  /** That of the input if left out. */
  readonly outputShape?: (input: Shape) => Shape;
  forward(ops: LayerOps, x: Value): Value;
}

/** A layer that changes the numbers of images while training. Throws OptionError for a seed that is none. */
export function colorLayer<I extends Shape | undefined>(
  factory: string,
  { className, options, config, outputShape = imageShape, forward }: ColorParts<I>,
): Declared<I> {
  const seed = options.seed ?? undefined;
  if (seed !== undefined) checkedSeed(factory, seed);
  return {
    className,
    ...common(options),
    ...(seed === undefined ? {} : { seed }),
    config: { ...config, seed: seed ?? null },
    outputShape,
    forward: (ops, x) => (ops.training ? forward(ops, x) : x),
  };
}

/** One number for each image, evenly drawn: [n, 1, 1, 1]. */
export const perImage = (ops: LayerOps, x: Value, [lower, upper]: Pair = [0, 1]): Value =>
  ops.randomUniform([x.shape[0]!, 1, 1, 1], lower, upper);

/** 1 for images that are chosen, with a probability that is drawn for each; else 0. */
export const chosen = (ops: LayerOps, x: Value, factor: Pair): Value =>
  ops.less(perImage(ops, x), perImage(ops, x, factor));

export interface ColorOptions<I extends Shape | undefined = Shape | undefined> extends SeedOptions<I> {
  /** The smallest and the largest number that pixels have; [0, 255] if left out. */
  readonly valueRange?: Pair;
}

export interface RandomContrastOptions<I extends Shape | undefined = Shape | undefined> extends ColorOptions<I> {
  /** The contrast becomes 1 - lower to 1 + upper of what it was, for [lower, upper]; a number is both. Between 0 and 1. */
  readonly factor: Factor;
}

/**
 * (x - mean) f + mean while training, with the mean over each channel of an image, and then at least and at most what
 * pixels have. `randomContrast(0.2)` or `randomContrast({ factor, valueRange })`. Throws OptionError.
 */
export function randomContrast<const I extends Shape | undefined = undefined>(
  given: Factor | RandomContrastOptions<I>,
): ImageChange<I> {
  const known = ['factor', 'valueRange', 'seed'];
  const options = checkedOptions<RandomContrastOptions<I>>('randomContrast', given, known, 'factor');
  const { factor: own } = options;
  const [lower, upper] = checkedRange('randomContrast', 'factor', typeof own === 'number' ? [own, own] : own, [0, 1]);
  const [low, high] = checkedValueRange('randomContrast', options.valueRange ?? [0, 255]);
  return colorLayer('randomContrast', {
    className: 'RandomContrast',
    options,
    config: { factor: [lower, upper], valueRange: [low, high] },
    forward(ops, x) {
      const factor = perImage(ops, x, [1 - lower, 1 + upper]);
      const mean: Value = ops.mean(x, [1, 2], true);
      const rest: Value = ops.multiply(mean, ops.subtract(1, factor));
      return ops.clip(ops.add(ops.multiply(x, factor) as Value, rest) as Value, low, high);
    },
  });
}

export interface RandomBrightnessOptions<I extends Shape | undefined = Shape | undefined> extends ColorOptions<I> {
  /** What is added, as a share of the range of values: 0.2 is -0.2 to 0.2. Between -1 and 1. */
  readonly factor: Factor;
}

/**
 * Adds one number to all pixels of an image while training; they stay within the range of values. `randomBrightness(0.2)`
 * or `randomBrightness({ factor, valueRange })`. Throws OptionError.
 */
export function randomBrightness<const I extends Shape | undefined = undefined>(
  given: Factor | RandomBrightnessOptions<I>,
): ImageChange<I> {
  const known = ['factor', 'valueRange', 'seed'];
  const options = checkedOptions<RandomBrightnessOptions<I>>('randomBrightness', given, known, 'factor');
  const factor = checkedRange('randomBrightness', 'factor', options.factor, [-1, 1]);
  const [low, high] = checkedValueRange('randomBrightness', options.valueRange ?? [0, 255]);
  const [least, most] = factor.map(end => end * (high - low));
  return colorLayer('randomBrightness', {
    className: 'RandomBrightness',
    options,
    config: { factor, valueRange: [low, high] },
    forward: (ops, x) => ops.clip(ops.add(x, perImage(ops, x, [least!, most!])) as Value, low, high),
  });
}

export interface RandomInvertOptions<I extends Shape | undefined = Shape | undefined> extends ColorOptions<I> {
  /** From where the probability is drawn for each image: 0.5 is 0 to 0.5. Between 0 and 1; 1 if left out. */
  readonly factor?: Factor;
}

/**
 * high - x for some images while training, for the range of values [low, high]. `randomInvert()`, `randomInvert(0.5)` or
 * `randomInvert({ factor, valueRange })`. Throws OptionError.
 */
export function randomInvert<const I extends Shape | undefined = undefined>(
  given: Factor | RandomInvertOptions<I> = {},
): ImageChange<I> {
  const known = ['factor', 'valueRange', 'seed'];
  const options = checkedOptions<RandomInvertOptions<I>>('randomInvert', given, known, 'factor');
  const factor = checkedRange('randomInvert', 'factor', options.factor ?? 1, [0, 1]);
  const [low, high] = checkedValueRange('randomInvert', options.valueRange ?? [0, 255]);
  return colorLayer('randomInvert', {
    className: 'RandomInvert',
    options,
    config: { factor, valueRange: [low, high] },
    forward(ops, x) {
      const isInverted = chosen(ops, x, factor);
      const sign: Value = ops.subtract(1, ops.multiply(isInverted, 2));
      return ops.add(ops.multiply(x, sign) as Value, ops.multiply(isInverted, high) as Value);
    },
  });
}
