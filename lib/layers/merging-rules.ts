/** The shape rules of merging layers, as types: `In` is the list of the shapes that come in, without the batch axis. */
import type { Add, Subtract } from '../shape/arithmetic.ts';
import type { FormatShape, IsRankUnknown, MayEqual, Plain } from '../shape/literal.ts';
import type { Sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';
import type { WithAxis } from '../tensor/layout-rules.ts';
import type { AxisOf, Broadcast, Without } from '../tensor/rules.ts';

/** All inputs broadcast together, as NumPy does, from the first on. */
export type Broadcasting<Op extends string, In> = In extends readonly [
  infer First extends Shape,
  ...infer Rest extends readonly Shape[],
]
  ? BroadcastRest<Op, First, Rest>
  : Shape;

type BroadcastRest<Op extends string, R extends Shape, Rest extends readonly Shape[]> = Rest extends readonly [
  infer Next extends Shape,
  ...infer More extends readonly Shape[],
]
  ? Broadcast<Op, R, Next> extends infer O
    ? O extends Shape
      ? BroadcastRest<Op, O, More>
      : O
    : never
  : Plain<R>;

/** The rule of a layer that takes exactly two inputs. */
export type OfTwo<Op extends string, In, Outcome> = In extends readonly unknown[]
  ? number extends In['length']
    ? Shape
    : In['length'] extends 2
      ? Outcome
      : Sentence<'mergeCount', { layer: Op; expected: 'two inputs'; count: In['length'] }>
  : Shape;

/** The place of an axis, counted as Keras does with the batch as axis 0, among the axes of one input. */
type OwnAxis<S extends Shape, A extends number> =
  AxisOf<Add<S['length'], 1>, A> extends infer I extends number ? Subtract<I, 1> : never;

/** One behind the other along an axis. */
export type Concatenated<In, A extends number> = In extends readonly [
  infer Head extends Shape,
  ...infer Rest extends readonly Shape[],
]
  ? IsRankUnknown<Head> extends true
    ? Shape
    : OwnAxis<Head, A> extends infer I extends number
      ? [I] extends [never]
        ? Sentence<'concatenateAxis', { axis: A; input: FormatShape<Head> }>
        : number extends I
          ? Shape
          : Appended<Head, Rest, I, Head>
      : never
  : Shape;

type Appended<
  Head extends Shape,
  Rest extends readonly Shape[],
  I extends number,
  R extends Shape,
> = Rest extends readonly [infer Next extends Shape, ...infer More extends readonly Shape[]]
  ? IsRankUnknown<Next> extends true
    ? Shape
    : MayEqual<WithAxis<Head, I, number>, Next> extends true
      ? Appended<Head, More, I, WithAxis<R, I, Add<R[I], Next[I]>>>
      : Sentence<'concatenate', { b: FormatShape<Next>; a: FormatShape<Head>; axis: Add<I, 1> }>
  : [...R];

/** The axes that `dot` sums over, one for each input. */
type AxisFor<A, Which extends 0 | 1> = A extends readonly [infer First extends number, infer Second extends number]
  ? Which extends 0
    ? First
    : Second
  : A extends number
    ? A
    : number;

/** The axes of the first, then those of the second, without the two that are summed over; [1] if none is left. */
export type Dotted<In, A> = In extends readonly [infer X extends Shape, infer Y extends Shape]
  ? IsRankUnknown<X> extends true
    ? Shape
    : IsRankUnknown<Y> extends true
      ? Shape
      : OwnAxis<X, AxisFor<A, 0>> extends infer I extends number
        ? OwnAxis<Y, AxisFor<A, 1>> extends infer J extends number
          ? [I] extends [never]
            ? Sentence<'dotAxis', { axis: AxisFor<A, 0>; input: FormatShape<X> }>
            : [J] extends [never]
              ? Sentence<'dotAxis', { axis: AxisFor<A, 1>; input: FormatShape<Y> }>
              : number extends I | J
                ? Shape
                : DottedAlong<X, Y, I, J>
          : never
        : never
  : Shape;

type DottedAlong<X extends Shape, Y extends Shape, I extends number, J extends number> = [X[I] & Y[J]] extends [never]
  ? Sentence<
      'dot',
      {
        a: FormatShape<X>;
        b: FormatShape<Y>;
        axisA: Add<I, 1>;
        axisB: Add<J, 1>;
        fromA: X[I];
        fromB: Y[J];
      }
    >
  : [...Without<X, I, never>, ...Without<Y, J, never>] extends infer R extends Shape
    ? R['length'] extends 0
      ? [1]
      : R
    : never;
