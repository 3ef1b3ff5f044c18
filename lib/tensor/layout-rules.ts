/** The shape rules of operations that move elements, as types. The outcome is a shape or the sentence of a fault. */
import type { Add, IsLess, Subtract } from '../shape/arithmetic.ts';
import type { Differs, FormatShape, IsRankUnknown, MayEqual, Plain, Size } from '../shape/literal.ts';
import type { Reshaped } from '../shape/rules.ts';
import type { Sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';
import type { AxisOf, BroadcastFrom, Longer, NoAxis, Without } from './rules.ts';

export type TensorReshape<S extends Shape, T extends Shape> =
  IsRankUnknown<S> extends true
    ? WithoutFree<T>
    : Reshaped<S, T> extends infer R
      ? R extends 'count'
        ? Sentence<
            'tensorReshape',
            { shape: FormatShape<S>; size: Size<S>; target: `${FormatShape<T>} with ${Size<T>}` }
          >
        : R extends 'division'
          ? Sentence<'tensorReshape', { shape: FormatShape<S>; size: Size<S>; target: FormatShape<T> }>
          : R
      : never;
type WithoutFree<T extends Shape> =
  IsRankUnknown<T> extends true ? Shape : { -readonly [I in keyof T]: T[I] extends -1 ? number : T[I] };

export type Transpose<S extends Shape, P> =
  IsRankUnknown<S> extends true
    ? Shape
    : P extends Shape
      ? IsRankUnknown<P> extends true
        ? Shape
        : Permuted<S, P>
      : Reversed<S>;

type Reversed<S extends Shape, R extends Shape = []> = S extends readonly [
  infer First extends number,
  ...infer Rest extends Shape,
]
  ? Reversed<Rest, [First, ...R]>
  : R;

type Permuted<S extends Shape, P extends Shape, Order extends Shape = [], R extends Shape = []> = P extends readonly [
  infer First extends number,
  ...infer Rest extends Shape,
]
  ? AxisOf<S['length'], First> extends infer I extends number
    ? [I] extends [never]
      ? NoAxis<'transpose', S['length'], First>
      : number extends I
        ? Shape
        : Permuted<S, Rest, [...Order, I], [...R, S[I]]>
    : never
  : Order['length'] extends S['length']
    ? Indices<S> extends Order[number]
      ? R
      : Sentence<'permutation', { permutation: FormatShape<Order>; rank: S['length'] }>
    : Sentence<'permutation', { permutation: FormatShape<Order>; rank: S['length'] }>;

type Indices<S extends Shape> = { [I in keyof S]: I extends `${infer N extends number}` ? N : never }[number];

/** The box that begins at B with Z elements along each axis; -1 or none: the rest of the axis. */
export type Slice<S extends Shape, B extends Shape, Z extends Shape> =
  IsRankUnknown<S> extends true
    ? Shape
    : IsRankUnknown<B> extends true
      ? { -readonly [I in keyof S]: number }
      : IsRankUnknown<Z> extends true
        ? { -readonly [I in keyof S]: number }
        : IsLess<S['length'], Longer<B, Z> & number> extends true
          ? Sentence<
              'sliceRank',
              { shape: FormatShape<S>; rank: S['length']; begin: FormatShape<B>; size: FormatShape<Z> }
            >
          : Sliced<S, B, Z>;

type Sliced<S extends Shape, B extends Shape, Z extends Shape, R extends Shape = []> = R['length'] extends S['length']
  ? R
  : SliceAxis<R['length'], S[R['length']], At<B, R['length'], 0>, At<Z, R['length'], -1>> extends infer N
    ? N extends number
      ? Sliced<S, B, Z, [...R, N]>
      : N
    : never;

type At<S extends Shape, I extends number, Missing extends number> = S[I] extends infer N extends number ? N : Missing;

/** The number of elements along one axis. */
type SliceAxis<I extends number, N extends number, Begin extends number, Count extends number> =
  ElementsFrom<N, Begin> extends infer Rest extends number
    ? [Rest] extends [never]
      ? Sentence<'sliceBegin', { axis: I; length: N; begin: Begin }>
      : Count extends -1
        ? Rest
        : [IsNegative<Count> extends true ? never : Subtract<Rest, Count>] extends [never]
          ? Sentence<'slice', { axis: I; length: N; begin: Begin; count: Count }>
          : Count
    : never;

/** How many there are from a beginning on, which counts from the end if it is negative; `never` if there is no such place. */
type ElementsFrom<N extends number, Begin extends number> = number extends N | Begin
  ? number
  : `${Begin}` extends `-${infer Back extends number}`
    ? IsLess<N, Back> extends true
      ? never
      : Back
    : Subtract<N, Begin>;

type IsNegative<N extends number> = `${N}` extends `-${string}` ? true : false;

/** The indices' shape in the place of an axis. */
export type Gather<S extends Shape, I extends Shape, A extends number> =
  IsRankUnknown<S> extends true
    ? Shape
    : AxisOf<S['length'], A> extends infer Axis extends number
      ? [Axis] extends [never]
        ? NoAxis<'gather', S['length'], A>
        : number extends Axis
          ? Shape
          : IsRankUnknown<I> extends true
            ? Shape
            : InPlaceOf<S, Axis, I>
      : never;

/** The axis At replaced by others. */
type InPlaceOf<S extends Shape, At extends number, Others extends Shape, R extends Shape = []> = S extends readonly [
  infer First extends number,
  ...infer Rest extends Shape,
]
  ? R['length'] extends At
    ? [...R, ...Others, ...Rest]
    : InPlaceOf<Rest, At, Others, [...R, First]>
  : R;

export type Pad<S extends Shape, P extends readonly (readonly [number, number])[]> =
  IsRankUnknown<S> extends true
    ? Shape
    : number extends P['length']
      ? { -readonly [I in keyof S]: number }
      : Differs<S['length'], P['length']> extends true
        ? Sentence<'padRank', { rank: S['length']; count: P['length'] }>
        : { -readonly [I in keyof S]: I extends keyof P ? Padded<S[I], P[I]> : never } extends infer R extends Shape
          ? R
          : Shape;
type Padded<N extends number, P> = P extends readonly [infer Before extends number, infer After extends number]
  ? Add<N, Add<Before, After>>
  : number;

export type ExpandDims<S extends Shape, A extends number> =
  IsRankUnknown<S> extends true
    ? Shape
    : AxisOf<Add<S['length'], 1>, A> extends infer I extends number
      ? [I] extends [never]
        ? NoAxis<'expandDims', Add<S['length'], 1>, A>
        : number extends I
          ? Shape
          : Inserted<S, I, 1>
      : never;

/** N as a new axis at I. */
type Inserted<S extends Shape, I extends number, N extends number, R extends Shape = []> = R['length'] extends I
  ? [...R, N, ...S]
  : S extends readonly [infer First extends number, ...infer Rest extends Shape]
    ? Inserted<Rest, I, N, [...R, First]>
    : Shape;

export type Squeeze<S extends Shape, A> =
  IsRankUnknown<S> extends true
    ? Shape
    : A extends Shape
      ? IsRankUnknown<A> extends true
        ? Shape
        : SqueezedAxes<S, A>
      : number extends S[number]
        ? Shape
        : Ungrouped<S>;
type Ungrouped<S extends Shape, R extends Shape = []> = S extends readonly [
  infer First extends number,
  ...infer Rest extends Shape,
]
  ? Ungrouped<Rest, First extends 1 ? R : [...R, First]>
  : R;
type SqueezedAxes<S extends Shape, A extends Shape, Gone extends number = never> = A extends readonly [
  infer First extends number,
  ...infer Rest extends Shape,
]
  ? AxisOf<S['length'], First> extends infer I extends number
    ? [I] extends [never]
      ? NoAxis<'squeeze', S['length'], First>
      : Differs<S[I], 1> extends true
        ? Sentence<'squeeze', { axis: I; shape: FormatShape<S>; length: S[I] }>
        : SqueezedAxes<S, Rest, Gone | I>
    : never
  : number extends Gone
    ? Shape
    : Without<S, Gone, never>;

export type BroadcastTo<S extends Shape, T extends Shape> =
  IsRankUnknown<S> extends true
    ? Plain<T>
    : IsRankUnknown<T> extends true
      ? Shape
      : IsLess<T['length'], S['length']> extends true
        ? Sentence<'broadcastTo', { shape: FormatShape<S>; target: FormatShape<T> }>
        : BroadcastFrom<'broadcastTo', S, T, S, T> extends infer R
          ? R extends Shape
            ? MayEqual<R, T> extends true
              ? [...T]
              : Sentence<'broadcastTo', { shape: FormatShape<S>; target: FormatShape<T> }>
            : Sentence<'broadcastTo', { shape: FormatShape<S>; target: FormatShape<T> }>
          : never;

/** Tensors of these shapes behind each other along an axis. */
export type Concat<Shapes extends readonly Shape[], A extends number> = Shapes extends readonly [
  infer Head extends Shape,
  ...infer Rest extends readonly Shape[],
]
  ? IsRankUnknown<Head> extends true
    ? Shape
    : AxisOf<Head['length'], A> extends infer I extends number
      ? [I] extends [never]
        ? NoAxis<'concat', Head['length'], A>
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
      : Sentence<'concat', { b: FormatShape<Next>; a: FormatShape<Head>; axis: I }>
  : Rest extends readonly []
    ? [...R]
    : WithAxis<R, I, number>;

/** The axis I replaced by N. */
export type WithAxis<S extends Shape, I extends number, N extends number, R extends Shape = []> = S extends readonly [
  infer First extends number,
  ...infer Rest extends Shape,
]
  ? WithAxis<Rest, I, N, [...R, R['length'] extends I ? N : First]>
  : R;

/** Tensors of one shape along a new axis. */
export type Stack<Shapes extends readonly Shape[], A extends number> = Shapes extends readonly [
  infer Head extends Shape,
  ...infer Rest extends readonly Shape[],
]
  ? IsRankUnknown<Head> extends true
    ? Shape
    : AxisOf<Add<Head['length'], 1>, A> extends infer I extends number
      ? [I] extends [never]
        ? NoAxis<'stack', Add<Head['length'], 1>, A>
        : Unequal<Head, Rest> extends infer Fault extends string
          ? Fault
          : number extends I
            ? Shape
            : Inserted<Head, I, Shapes['length']>
      : never
  : Shape;
type Unequal<Head extends Shape, Rest extends readonly Shape[]> = Rest extends readonly [
  infer Next extends Shape,
  ...infer More extends readonly Shape[],
]
  ? MayEqual<Head, Next> extends true
    ? Unequal<Head, More>
    : Sentence<'stack', { b: FormatShape<Next>; a: FormatShape<Head> }>
  : false;
