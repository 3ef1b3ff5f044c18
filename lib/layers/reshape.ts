import { OptionError, ShapeError } from '../errors.ts';
import type { FormatShape, IsRankUnknown } from '../shape/literal.ts';
import type { ReshapeOutput } from '../shape/rules.ts';
import { type Sentence, sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import type { IsPositiveInteger } from './options.ts';

export interface ReshapeOptions<T extends Shape = Shape, I extends Shape | undefined = Shape | undefined>
  extends LayerOptions<I> {
  /** The new shape of one output; one axis may be -1 and takes what is left. */
  readonly targetShape: CheckedTarget<T>;
}

/** For the compiler: a target of positive integers and at most one -1, or the sentence that tells so. */
export type CheckedTarget<T extends Shape> =
  IsRankUnknown<T> extends true
    ? T
    : IsTarget<T> extends true
      ? T
      : Sentence<'reshapeTarget', { target: FormatShape<T> }>;

type IsTarget<T extends Shape, Free extends boolean = false> = T extends readonly [
  infer First extends number,
  ...infer Rest extends Shape,
]
  ? number extends First
    ? IsTarget<Rest, Free>
    : First extends -1
      ? Free extends true
        ? false
        : IsTarget<Rest, true>
      : IsPositiveInteger<First> extends true
        ? IsTarget<Rest, Free>
        : false
  : true;

/** The same elements under the shape T. */
export interface Reshape<T extends Shape, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: ReshapeOutput<this['~in'], T>;
}

/** The same elements under another shape. Throws OptionError for a shape that cannot be one. */
export function reshape<const T extends Shape, const I extends Shape | undefined = undefined>(
  options: ReshapeOptions<T, I>,
): Reshape<T, I> {
  const targetShape: Shape = options.targetShape as T;
  const free = targetShape.filter(axis => axis === -1).length;
  if (free > 1 || !targetShape.every(axis => Number.isInteger(axis) && (axis > 0 || axis === -1))) {
    throw new OptionError(sentence('reshapeTarget', { target: formatShape(targetShape) }));
  }
  return {
    className: 'Reshape',
    ...common(options),
    config: { targetShape },
    outputShape: input => resolved(input, targetShape),
    forward: (ops, x) => ops.reshape(x, [x.shape[0]!, ...resolved(x.shape.slice(1), targetShape)]),
  };
}

/** The target with -1 replaced. Throws ShapeError if the number of elements differs. */
function resolved(input: Shape, target: Shape): Shape {
  const size = sizeOf(input);
  const known = sizeOf(target.filter(axis => axis !== -1));
  const fits = target.includes(-1) ? size % known === 0 : size === known;
  if (!fits) {
    const given = { input: formatShape(input), size, target: formatShape(target) };
    throw new ShapeError(
      target.includes(-1) ? sentence('reshapeDivision', given) : sentence('reshapeCount', { ...given, count: known }),
    );
  }
  return target.map(axis => (axis === -1 ? size / known : axis));
}
