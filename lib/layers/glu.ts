import { ShapeError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import type { GluOutput } from '../tensor/half-rule.ts';
import { checkedSingleAxis, placesOf } from './axes.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions } from './options.ts';

export interface GluOptions<A extends number = number, I extends Shape | undefined = Shape | undefined>
  extends LayerOptions<I> {
  /** Counted with the batch as axis 0, or from the end; -1 if left out. */
  readonly axis?: A;
}

/** Half as long along an axis. */
export interface Glu<A extends number, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: GluOutput<this['~in'], A>;
}

/**
 * The first half of the input along an axis times the sigmoid of the second (Dauphin et al. 2017, section 2): half as long
 * along it. Throws OptionError, and ShapeError where the axis has no halves.
 */
export function glu<const A extends number = -1, const I extends Shape | undefined = undefined>(
  options: GluOptions<A, I> = {},
): Glu<A, I> {
  checkedOptions('glu', options, ['axis']);
  const axis = checkedSingleAxis('glu', options.axis ?? -1);
  return {
    className: 'GLU',
    ...common(options),
    config: { axis },
    outputShape(input) {
      const place = placesOf([axis], input)[0]!;
      if (input[place]! % 2 === 0) return input.map((size, i) => (i === place ? size / 2 : size));
      throw new ShapeError(sentence('halvedInput', { axis: place + 1, input: formatShape(input) }));
    },
    forward: (ops, x) => ops.glu(x, axis),
  };
}
