import type { Shape } from '../shape/shape.ts';
import { common, type LayerOptions, type SameShape } from './layer.ts';
import { checkedOptions, finiteNumber } from './options.ts';

export interface RescalingOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  readonly scale: number;
  /** 0 if left out. */
  readonly offset?: number;
}

/**
 * x scale + offset: `rescaling(1 / 255)` or `rescaling({ scale: 1 / 255 })` makes numbers from 0 to 1 of uint8 images.
 * Throws OptionError for what is no finite number.
 */
export function rescaling<const I extends Shape | undefined = undefined>(
  given: number | RescalingOptions<I>,
): SameShape<I> {
  const options = checkedOptions<RescalingOptions<I>>('rescaling', given, ['scale', 'offset'], 'scale');
  const scale = finiteNumber('rescaling', 'scale', options.scale);
  const offset = finiteNumber('rescaling', 'offset', options.offset ?? 0);
  return {
    className: 'Rescaling',
    ...common(options),
    config: { scale, offset },
    outputShape: input => input,
    forward: (ops, x) => ops.affine(ops.cast(x, 'float32'), scale, offset),
  };
}
