import type { Interpolation } from '../../../kernels/geometry.ts';
import type { Shape } from '../../shape/shape.ts';
import { checkedInterpolation, checkedOptions, positiveInteger } from '../options.ts';
import { inColors } from './color-changes.ts';
import { allChanges, changedByOne, drawnPlace } from './image-policies.ts';
import { type ColorOptions, colorLayer } from './random-color.ts';
import { checkedRange, checkedValueRange, type Factor, type ImageChange } from './ranges.ts';

export interface RandAugmentOptions<I extends Shape | undefined = Shape | undefined> extends ColorOptions<I> {
  /** How many changes each image gets, one after the other; 2 if left out. */
  readonly numOps?: number;
  /** How strong they are: the factors of the layers are drawn from it, a number f is 0 to f. Between 0 and 1; 0.5 if left out. */
  readonly factor?: Factor;
  /** `bilinear` (the default) or `nearest`. */
  readonly interpolation?: Interpolation;
}

/**
 * Each image changed by some of eleven layers, drawn for it, while training (Cubuk et al. 2020): shear, translation,
 * rotation, brightness, color degeneration, contrast, sharpness, posterization, solarization, auto contrast and equalization.
 * For images in red, green and blue. `randAugment({ numOps: 2, factor: 0.3 })`. Throws OptionError.
 */
export function randAugment<const I extends Shape | undefined = undefined>(
  given: RandAugmentOptions<I> = {},
): ImageChange<I> {
  const known = ['valueRange', 'numOps', 'factor', 'interpolation', 'seed'];
  const options = checkedOptions<RandAugmentOptions<I>>('randAugment', given, known);
  const valueRange = checkedValueRange('randAugment', options.valueRange ?? [0, 255]);
  const numOps = positiveInteger('randAugment', 'numOps', options.numOps ?? 2);
  const factor = checkedRange('randAugment', 'factor', options.factor ?? 0.5, [0, 1]);
  const interpolation = checkedInterpolation('randAugment', options.interpolation ?? 'bilinear');
  const changes = allChanges({ factor, valueRange, interpolation });
  return colorLayer('randAugment', {
    className: 'RandAugment',
    options,
    config: { valueRange, numOps, factor, interpolation },
    outputShape: inColors,
    forward(ops, x) {
      let y = x;
      for (let i = 0; i < numOps; i++) y = changedByOne(ops, y, changes, drawnPlace(ops, y, changes.length));
      return y;
    },
  });
}
