/** The shape rules of creation, arithmetic, reductions and matmul, as types. The outcome is a shape or the sentence of a fault. */
import type { IsLess, Subtract } from '../shape/arithmetic.ts';
import type { Differs, FormatShape, IsRankUnknown, Plain, Size } from '../shape/literal.ts';
import type { Sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';
import type { NestedArray } from './creation.ts';
import type { DType, SourceArray } from './dtype.ts';

/** The shape of a tensor, [] for a number. */
export type OperandShape<B> = B extends number ? [] : B extends { readonly shape: infer S extends Shape } ? S : Shape;

/** The type of a tensor; a number takes that of its partner. */
export type OperandDType<B, D extends DType> = B extends number
  ? D
  : B extends { readonly dtype: infer E extends DType }
    ? E
    : DType;

/** NumPy's rule: aligned at the last axis, axes of 1 are repeated. */
export type Broadcast<Op extends string, A extends Shape, B extends Shape> =
  IsRankUnknown<A> extends true ? Shape : IsRankUnknown<B> extends true ? Shape : BroadcastFrom<Op, A, B, A, B>;

export type BroadcastFrom<
  Op extends string,
  A extends Shape,
  B extends Shape,
  X extends Shape,
  Y extends Shape,
  R extends Shape = [],
> = X extends readonly [...infer XFront extends Shape, infer M extends number]
  ? Y extends readonly [...infer YFront extends Shape, infer N extends number]
    ? BroadcastAxis<M, N> extends infer Length extends number
      ? [Length] extends [never]
        ? Sentence<
            'broadcast',
            {
              operation: Op;
              a: FormatShape<A>;
              b: FormatShape<B>;
              fromA: M;
              fromB: N;
              axis: Longer<XFront, YFront>;
            }
          >
        : BroadcastFrom<Op, A, B, XFront, YFront, [Length, ...R]>
      : never
    : [...X, ...R]
  : [...Y, ...R];

type BroadcastAxis<M extends number, N extends number> = M extends 1
  ? N
  : N extends 1
    ? M
    : number extends M
      ? N
      : number extends N
        ? M
        : M & N;

export type Longer<A extends Shape, B extends Shape> =
  IsLess<A['length'], B['length']> extends true ? B['length'] : A['length'];

/** [..., m, k] x [..., k, n] -> [..., m, n]; a vector on the left is a row, one on the right a column. */
export type MatMul<A extends Shape, B extends Shape> =
  IsRankUnknown<A> extends true
    ? Shape
    : IsRankUnknown<B> extends true
      ? Shape
      : [LeftMatrix<A>, RightMatrix<B>] extends [
            { front: infer AFront extends Shape; outer: infer M extends Shape; inner: infer K extends number },
            { front: infer BFront extends Shape; outer: infer N extends Shape; inner: infer Rows extends number },
          ]
        ? Differs<K, Rows> extends true
          ? Sentence<'matmul', { a: FormatShape<A>; b: FormatShape<B>; columns: K; rows: Rows }>
          : Broadcast<'matmul', AFront, BFront> extends infer Front
            ? Front extends Shape
              ? [...Front, ...M, ...N]
              : Front
            : never
        : Sentence<'matmulRank', { a: FormatShape<A>; b: FormatShape<B> }>;

type LeftMatrix<A extends Shape> = A extends readonly [infer K]
  ? { front: []; outer: []; inner: K }
  : A extends readonly [...infer Front extends Shape, infer M, infer K]
    ? { front: Front; outer: [M]; inner: K }
    : 'scalar';
type RightMatrix<B extends Shape> = B extends readonly [infer K]
  ? { front: []; outer: []; inner: K }
  : B extends readonly [...infer Front extends Shape, infer K, infer N]
    ? { front: Front; outer: [N]; inner: K }
    : 'scalar';

/** The axis counted from the front, `never` if it does not exist. */
export type AxisOf<Rank extends number, A extends number> = number extends A
  ? number
  : `${A}` extends `-${infer Back extends number}`
    ? Subtract<Rank, Back>
    : IsLess<A, Rank> extends true
      ? A
      : never;

export type NoAxis<Op extends string, Rank extends number, A extends number> = Sentence<
  'axis',
  { operation: Op; axis: A; axes: Rank extends 1 ? '1 axis' : `${Rank} axes` }
>;

/** Over the axes given, over all if none are. */
export type ReducedShape<Op extends string, S extends Shape, A, Keep extends boolean> = [A] extends [undefined]
  ? ReducedAll<S, Keep>
  : IsRankUnknown<S> extends true
    ? Shape
    : A extends number
      ? ReducedAxes<Op, S, readonly [A], Keep>
      : A extends Shape
        ? IsRankUnknown<A> extends true
          ? Shape
          : ReducedAxes<Op, S, A, Keep>
        : Shape;

type ReducedAll<S extends Shape, Keep extends boolean> = [Keep] extends [false]
  ? []
  : [Keep] extends [true]
    ? IsRankUnknown<S> extends true
      ? Shape
      : { -readonly [I in keyof S]: 1 }
    : Shape;

type ReducedAxes<
  Op extends string,
  S extends Shape,
  A extends Shape,
  Keep extends boolean,
  Gone extends number = never,
> = A extends readonly [infer First extends number, ...infer Rest extends Shape]
  ? AxisOf<S['length'], First> extends infer I extends number
    ? [I] extends [never]
      ? NoAxis<Op, S['length'], First>
      : ReducedAxes<Op, S, Rest, Keep, Gone | I>
    : never
  : number extends Gone
    ? Shape
    : [Keep] extends [true]
      ? Without<S, Gone, 1>
      : [Keep] extends [false]
        ? Without<S, Gone, never>
        : Shape;

/** The axes `Gone` left out, or replaced by `Left`. */
export type Without<
  S extends Shape,
  Gone extends number,
  Left extends number,
  Seen extends Shape = [],
  R extends Shape = [],
> = S extends readonly [infer First extends number, ...infer Rest extends Shape]
  ? Seen['length'] extends Gone
    ? Without<Rest, Gone, Left, [...Seen, 0], [Left] extends [never] ? R : [...R, Left]>
    : Without<Rest, Gone, Left, [...Seen, 0], [...R, First]>
  : R;

/** The shape of nested arrays. */
export type NestedShape<T> = [NestedArray] extends [T]
  ? Shape
  : T extends SourceArray
    ? [number]
    : T extends readonly [infer First, ...unknown[]]
      ? [T['length'], ...NestedShape<First>]
      : T extends readonly []
        ? [0]
        : T extends readonly (infer Element)[]
          ? [number, ...NestedShape<Element>]
          : T extends number | boolean
            ? []
            : Shape;

/** The shape of a tensor or of nested arrays. */
export type GivenShape<T> = T extends { readonly shape: infer S extends Shape } ? S : NestedShape<T>;

/** The shape that values take, or the sentence if they are too many or too few. */
export type FilledShape<T, S> = S extends Shape
  ? NestedShape<T> extends infer Found extends Shape
    ? Differs<Size<Found>, Size<S>> extends true
      ? Sentence<'fill', { count: Size<Found>; shape: FormatShape<S>; size: Size<S> }>
      : Plain<S>
    : never
  : NestedShape<T>;
