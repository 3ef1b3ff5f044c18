/** Checks on the options of layers that change images at random. */
import type { FillMode, Interpolation, Pair } from '../../../kernels/geometry.ts';
import { describe } from '../../describe.ts';
import { OptionError } from '../../errors.ts';
import { unknownName } from '../../nearest-name.ts';
import type { Shape } from '../../shape/shape.ts';
import type { SameImage } from '../../shape/small-rules.ts';
import type { Layer } from '../layer.ts';
import type { SeedOptions } from '../noise-options.ts';
import { checkedInterpolation, finiteNumber } from '../options.ts';

/** From where a number is drawn for each image: evenly between two ends, which one number stands for. */
export type Factor = number | Pair;

/** Images of the shape that they had, which training changes and prediction leaves as they are. */
export interface ImageChange<I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: SameImage<this['~in']>;
}

/** What layers take that read images at other places. */
export interface SamplingOptions<I extends Shape | undefined = Shape | undefined> extends SeedOptions<I> {
  /**
   * What lies outside of an image: `reflect` (the default; d c b a | a b c d | d c b a), `wrap` (a b c d | a b c d),
   * `nearest` (the pixel at the edge) or `constant` (fillValue).
   */
  readonly fillMode?: FillMode;
  /** With fillMode `constant`; 0 if left out. */
  readonly fillValue?: number;
  /** `bilinear` (the default) or `nearest`. */
  readonly interpolation?: Interpolation;
}

export const samplingNames = ['fillMode', 'fillValue', 'interpolation', 'seed'];

/** How pixels are read between and outside of those that there are. */
export interface ReadingOfPixels {
  readonly fillMode: FillMode;
  readonly fillValue: number;
  readonly interpolation: Interpolation;
}

const fillModes: readonly FillMode[] = ['constant', 'nearest', 'reflect', 'wrap'];

/** Throws OptionError for a mode that is not known. */
export function checkedSampling(layer: string, options: SamplingOptions): ReadingOfPixels {
  const { fillMode = 'reflect', fillValue = 0, interpolation = 'bilinear' } = options;
  if (!fillModes.includes(fillMode)) throw unknownName(`fillMode of ${layer}`, String(fillMode), fillModes);
  return {
    fillMode,
    fillValue: finiteNumber(layer, 'fillValue', fillValue),
    interpolation: checkedInterpolation(layer, interpolation),
  };
}

/**
 * [lower, upper], given so or as one number f: then from -f, or from `least` where that is more, to f. Throws OptionError
 * for what lies outside of `least` ... `most`.
 */
export function checkedRange(layer: string, option: string, given: unknown, [least, most]: Pair): Pair {
  const ends: readonly unknown[] = Array.isArray(given) ? given : [given];
  const isInside = (end: unknown) => typeof end === 'number' && end >= least && end <= most;
  const [first, second] = ends.filter(isInside) as number[];
  if (ends.length > 2 || first === undefined || !ends.every(isInside))
    throw outside(layer, option, given, [least, most]);
  if (!Array.isArray(given)) return [Math.max(-Math.abs(first), least), Math.abs(first)];
  if (second === undefined) throw outside(layer, option, given, [least, most]);
  return [Math.min(first, second), Math.max(first, second)];
}

const outside = (layer: string, option: string, given: unknown, [least, most]: Pair): OptionError =>
  new OptionError(
    `${layer}: ${option} must be a number or [lower, upper] between ${least} and ${most}, got ${describe(given)}`,
  );

/** The smallest and the largest number that pixels have. Throws OptionError unless the first is less than the second. */
export function checkedValueRange(layer: string, given: unknown): Pair {
  const [low, high]: readonly unknown[] = Array.isArray(given) && given.length === 2 ? given : [];
  if (Number.isFinite(low) && Number.isFinite(high) && (low as number) < (high as number)) {
    return [low as number, high as number];
  }
  throw new OptionError(
    `${layer}: valueRange must be [low, high], the smallest and the largest number of pixels, got ${describe(given)}`,
  );
}
