import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import type { FormatShape, IsRankUnknown } from '../shape/literal.ts';
import type { ReshapeOutput } from '../shape/rules.ts';
import { type Sentence, sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions, type IsPositiveInteger } from './options.ts';

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

/** What is given in place of options: the shape alone. `G` is a type of its own, since T could not tell the two. */
type GivenTarget<G> = [G] extends [Shape] ? CheckedTarget<G> : never;

/** The same elements under the shape T. */
export interface Reshape<T extends Shape, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: ReshapeOutput<this['~in'], T>;
}

/**
 * The same elements under another shape: `reshape([8, -1])` or `reshape({ targetShape: [8, -1] })`. Throws OptionError
 * for a shape that cannot be one.
 */
export function reshape<
  const G extends Shape | object = object,
  const T extends Shape = Shape,
  const I extends Shape | undefined = undefined,
>(given: GivenTarget<G> | ReshapeOptions<T, I>): Reshape<G extends Shape ? G : T, I> {
  const options = checkedOptions<ReshapeOptions<T, I>>('reshape', given, ['targetShape'], 'targetShape');
  const targetShape: Shape = options.targetShape as T;
  const isList = Array.isArray(targetShape);
  const free = isList ? targetShape.filter(axis => axis === -1).length : 0;
  if (!isList || free > 1 || !targetShape.every(axis => Number.isInteger(axis) && (axis > 0 || axis === -1))) {
    throw new OptionError(
      sentence('reshapeTarget', { target: isList ? formatShape(targetShape) : describe(targetShape) }),
    );
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
