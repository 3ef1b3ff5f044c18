import { ShapeError } from '../errors.ts';
import type { Add, Divide, IsLess, Subtract } from '../shape/arithmetic.ts';
import type { FormatShape, IsRankUnknown } from '../shape/literal.ts';
import { type Sentence, sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions, imageShape, type PositiveInteger, positiveInteger } from './options.ts';

export interface PaddedShortcutOptions<
  F extends number = number,
  S extends number = number,
  I extends Shape | undefined = Shape | undefined,
> extends LayerOptions<I> {
  /** Number of output channels, at least those of the input. */
  readonly filters: PositiveInteger<'paddedShortcut', 'filters', F>;
  /** Distance from one pixel that is taken to the next; 2 if left out. */
  readonly strides?: PositiveInteger<'paddedShortcut', 'strides', S>;
}

/** [height, width, channels] -> [rows, columns, F]. */
export interface PaddedShortcut<F extends number, S extends number, I extends Shape | undefined = undefined>
  extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: PaddedShortcutOutput<this['~in'], F, S>;
}

type PaddedShortcutOutput<In, F extends number, S extends number> = In extends Shape
  ? IsRankUnknown<In> extends true
    ? [number, number, F]
    : In extends readonly [infer H extends number, infer W extends number, infer C extends number]
      ? IsLess<F, C> extends true
        ? Sentence<'fewerFilters', { filters: F; input: FormatShape<In> }>
        : [Taken<H, S>, Taken<W, S>, F]
      : Sentence<'imageInput', { input: FormatShape<In> }>
  : Shape;
type Taken<N extends number, S extends number> = Add<Divide<Subtract<N, 1>, S>, 1>;

/**
 * A shortcut without parameters for `residual`, where sizes change: every second pixel along rows and columns, or as
 * `strides` says, and channels of zeros behind those of the input (He et al. 2016, section 4.2, option A). Throws
 * OptionError for options out of range, ShapeError for an input with more channels than `filters`.
 */
export function paddedShortcut<
  const F extends number,
  const S extends number = 2,
  const I extends Shape | undefined = undefined,
>(given: PositiveInteger<'paddedShortcut', 'filters', F> | PaddedShortcutOptions<F, S, I>): PaddedShortcut<F, S, I> {
  const options = checkedOptions<PaddedShortcutOptions<F, S, I>>(
    'paddedShortcut',
    given,
    ['filters', 'strides'],
    'filters',
  );
  const filters = positiveInteger('paddedShortcut', 'filters', options.filters as number);
  const strides = positiveInteger('paddedShortcut', 'strides', options.strides ?? 2);
  return {
    className: 'PaddedShortcut',
    ...common(options),
    config: { filters, strides },
    outputShape(input) {
      const [h, w, c] = imageShape(input);
      if (filters < c) throw new ShapeError(sentence('fewerFilters', { filters, input: formatShape(input) }));
      return [Math.ceil(h / strides), Math.ceil(w / strides), filters];
    },
    forward(ops, x) {
      const taken = ops.averagePool2d(x, {
        window: [1, 1],
        strides: [strides, strides],
        dilation: [1, 1],
        padding: 'valid',
      });
      const zeros = filters - x.shape.at(-1)!;
      const none = [0, 0] as const;
      return ops.pad(taken as typeof x, [none, none, none, [0, zeros]]);
    },
  };
}
