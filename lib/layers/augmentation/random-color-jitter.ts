import type { Shape } from '../../shape/shape.ts';
import { checkedOptions, imageShape } from '../options.ts';
import { inColors, randomHue, randomSaturation } from './color-changes.ts';
import { type ColorOptions, colorLayer, randomBrightness, randomContrast } from './random-color.ts';
import { checkedRange, checkedValueRange, type Factor, type ImageChange } from './ranges.ts';

export interface RandomColorJitterOptions<I extends Shape | undefined = Shape | undefined> extends ColorOptions<I> {
  /** As the factor of `randomBrightness`; the brightness stays if this is left out or null. */
  readonly brightnessFactor?: Factor | null;
  /** As the factor of `randomContrast`, likewise. */
  readonly contrastFactor?: Factor | null;
  /** As the factor of `randomSaturation`, likewise. */
  readonly saturationFactor?: Factor | null;
  /** As the factor of `randomHue`, likewise. */
  readonly hueFactor?: Factor | null;
}

/**
 * Another brightness, contrast, saturation and hue while training, one after the other in this order.
 * `randomColorJitter({ brightnessFactor: 0.2, hueFactor: 0.1 })`. Throws OptionError.
 */
export function randomColorJitter<const I extends Shape | undefined = undefined>(
  given: RandomColorJitterOptions<I> = {},
): ImageChange<I> {
  const factory = 'randomColorJitter';
  const known = ['valueRange', 'brightnessFactor', 'contrastFactor', 'saturationFactor', 'hueFactor', 'seed'];
  const options = checkedOptions<RandomColorJitterOptions<I>>(factory, given, known);
  const valueRange = checkedValueRange(factory, options.valueRange ?? [0, 255]);
  const range = (option: 'brightnessFactor' | 'saturationFactor' | 'hueFactor', least: number) =>
    options[option] == null ? null : checkedRange(factory, option, options[option], [least, 1]);
  const brightnessFactor = range('brightnessFactor', -1);
  const { contrastFactor: own = null } = options;
  const ends = typeof own === 'number' ? [own, own] : own;
  const contrastFactor = ends === null ? null : checkedRange(factory, 'contrastFactor', ends, [0, 1]);
  const saturationFactor = range('saturationFactor', 0);
  const hueFactor = range('hueFactor', 0);
  const changes = [
    brightnessFactor && randomBrightness({ factor: brightnessFactor, valueRange }),
    contrastFactor && randomContrast({ factor: contrastFactor, valueRange }),
    saturationFactor && randomSaturation({ factor: saturationFactor, valueRange }),
    hueFactor && randomHue({ factor: hueFactor, valueRange }),
  ].filter(change => change !== null);
  return colorLayer(factory, {
    className: 'RandomColorJitter',
    options,
    config: { valueRange, brightnessFactor, contrastFactor, saturationFactor, hueFactor },
    outputShape: saturationFactor === null && hueFactor === null ? imageShape : inColors,
    forward: (ops, x) => changes.reduce((y, change) => change.forward(ops, y, {}), x),
  });
}
