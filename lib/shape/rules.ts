/** The shape rules of layers, as types: what `outputShape` computes. The outcome is a shape or the sentence of a fault. */
import type { Padding, Pair } from '../../kernels/geometry.ts';
import type { Add, Divide, Multiply, Remainder, Subtract } from './arithmetic.ts';
import type { Differs, FormatShape, IsRankUnknown, MayEqual, Size } from './literal.ts';
import type { Sentence } from './sentences.ts';
import type { Shape } from './shape.ts';

/** [rows, columns] of an option that may be one number for both. */
export type Both<O> = O extends readonly [infer A extends number, infer B extends number]
  ? readonly [A, B]
  : O extends number
    ? readonly [O, O]
    : readonly [number, number];

/** Elements that a window spans with its dilation. */
export type Extent<K extends number, D extends number> = D extends 1
  ? K
  : K extends 1
    ? 1
    : Add<Multiply<Subtract<K, 1>, D>, 1>;

/** floor(room / stride) + 1; `never` without room. */
type WindowCount<Room extends number, S extends number> = [Room] extends [never]
  ? never
  : S extends 1
    ? Add<Room, 1>
    : Add<Divide<Room, S>, 1>;

/** ceil(size / stride). */
type SameWindowCount<N extends number, S extends number> = S extends 1 ? N : Add<Divide<Subtract<N, 1>, S>, 1>;

/** Zeros before and behind the rows, and before and behind the columns. */
export type Zeros<P> = P extends { top: infer T; bottom: infer B; left: infer L; right: infer R }
  ? [T, B, L, R] extends [number, number, number, number]
    ? [Add<T & number, B & number>, Add<L & number, R & number>]
    : [number, number]
  : [number, number];

type Windowed<H extends number, W extends number, K extends Pair, S extends Pair, P extends Padding, D extends Pair> = [
  P,
] extends ['same']
  ? [SameWindowCount<H, S[0]>, SameWindowCount<W, S[1]>]
  : [P] extends ['valid']
    ? [WindowCount<Subtract<H, Extent<K[0], D[0]>>, S[0]>, WindowCount<Subtract<W, Extent<K[1], D[1]>>, S[1]>]
    : P extends 'same' | 'valid'
      ? [number, number]
      : [
          WindowCount<Subtract<Add<H, Zeros<P>[0]>, Extent<K[0], D[0]>>, S[0]>,
          WindowCount<Subtract<Add<W, Zeros<P>[1]>, Extent<K[1], D[1]>>, S[1]>,
        ];

export type WindowName<K extends Pair, D extends Pair> = D extends readonly [1, 1]
  ? `${K[0]}x${K[1]}`
  : `${K[0]}x${K[1]} (dilated: ${Extent<K[0], D[0]>}x${Extent<K[1], D[1]>})`;

export type PaddingName<P extends Padding> = P extends string
  ? `'${P}'`
  : P extends {
        top: infer T extends number;
        bottom: infer B extends number;
        left: infer L extends number;
        right: infer R extends number;
      }
    ? FormatShape<[T, B, L, R]>
    : string;

type TooLarge<
  H extends number,
  W extends number,
  K extends Pair,
  P extends Padding,
  D extends Pair,
  What,
  Option,
> = Sentence<
  'windowTooLarge',
  {
    window: WindowName<K, D>;
    what: What;
    input: `${H}x${W}`;
    padding: PaddingName<P>;
    advice: P extends 'valid' ? "padding 'same'" : 'more padding';
    option: Option;
  }
>;

export type ImageOutput<
  H extends number,
  W extends number,
  C extends number,
  K extends Pair,
  S extends Pair,
  P extends Padding,
  D extends Pair,
  What,
  Option,
  PQ = Windowed<H, W, K, S, P, D>,
> = PQ extends [infer Rows extends number, infer Columns extends number]
  ? [Rows] extends [never]
    ? TooLarge<H, W, K, P, D, What, Option>
    : [Columns] extends [never]
      ? TooLarge<H, W, K, P, D, What, Option>
      : [Rows, Columns, C]
  : never;

/** The sentence for an input that has not three axes. */
export type NoImage<S extends Shape> = Sentence<'imageInput', { input: FormatShape<S> }>;

export type Conv2DOutput<S, F extends number, K, St, P extends Padding, D, G extends number = 1> = S extends Shape
  ? IsRankUnknown<S> extends true
    ? [number, number, F]
    : S extends readonly [infer H extends number, infer W extends number, infer C extends number]
      ? Grouped<ImageOutput<H, W, F, Both<K>, Both<St>, P, Both<D>, 'kernel', 'kernelSize'>, C, F, G>
      : NoImage<S>
  : Shape;

/** The outcome, unless the filters or the channels cannot be divided into so many groups. */
type Grouped<Outcome, C extends number, F extends number, G extends number> = [G] extends [1]
  ? Outcome
  : Divides<G, F> extends false
    ? Sentence<'groupFilters', { layer: 'conv2d'; filters: F; groups: G }>
    : Divides<G, C> extends false
      ? Sentence<'groupInput', { channels: C; groups: G }>
      : Outcome;

/** Whether n is a multiple of g; `false` only where that is certain. */
type Divides<G extends number, N extends number> =
  Remainder<N, G> extends infer R ? (number extends R ? true : R extends 0 ? true : false) : true;

type PoolStrides<K, St> = St extends undefined ? Both<K> : Both<St>;

/** The outcome, unless a window lies in the padding alone. */
type CheckedPool<
  Outcome,
  H extends number,
  W extends number,
  K extends Pair,
  S extends Pair,
  P extends Padding,
> = P extends {
  top: infer T extends number;
  left: infer L extends number;
}
  ? Outcome extends readonly [infer Rows extends number, infer Columns extends number, number]
    ? true extends IsOutside<H, K[0], S[0], T, Rows> | IsOutside<W, K[1], S[1], L, Columns>
      ? Sentence<'windowInPadding', { window: `${K[0]}x${K[1]}`; padding: PaddingName<P>; input: `${H}x${W}` }>
      : Outcome
    : Outcome
  : Outcome;

/** Whether the first or the last window reads nothing but padding. */
type IsOutside<N extends number, K extends number, S extends number, Before extends number, Count extends number> =
  | IsAtLeast<Before, K>
  | IsAtLeast<Multiply<Subtract<Count, 1>, S>, Add<N, Before>>;

/** Whether a >= b is certain. */
type IsAtLeast<A extends number, B extends number> =
  Subtract<A, B> extends infer D ? ([D] extends [never] ? false : number extends D ? false : true) : never;

/** The window's own size stands for strides that are left out. */
export type Pooling2DOutput<S, K, St, P extends Padding> = S extends Shape
  ? IsRankUnknown<S> extends true
    ? [number, number, number]
    : S extends readonly [infer H extends number, infer W extends number, infer C extends number]
      ? CheckedPool<
          ImageOutput<H, W, C, Both<K>, PoolStrides<K, St>, P, readonly [1, 1], 'pool', 'poolSize'>,
          H,
          W,
          Both<K>,
          PoolStrides<K, St>,
          P
        >
      : NoImage<S>
  : Shape;

/** Images with the batch axis in front: the rule of one image for each. */
export type OfImages<N extends number, One> = One extends Shape ? [N, ...One] : One;

/** [n, h, w, c] -> [n, p, q, c] */
export type Pooling2DValue<Op extends string, X extends Shape, K, St, P extends Padding> =
  IsRankUnknown<X> extends true
    ? Shape
    : X extends readonly [
          infer N extends number,
          infer H extends number,
          infer W extends number,
          infer C extends number,
        ]
      ? OfImages<N, Pooling2DOutput<[H, W, C], K, St, P>>
      : Sentence<'fourAxes', { operation: Op; given: FormatShape<X> }>;

/** All axes but the last. */
export type Rows<S extends Shape> =
  IsRankUnknown<S> extends true ? Shape : S extends readonly [...infer Front extends Shape, number] ? Front : [];

/** Rows of x, if targets may be of the same shape. */
export type MatchingRows<Op extends string, S extends Shape, T extends Shape> =
  MayEqual<S, T> extends true
    ? Rows<S>
    : Sentence<'rowTargets', { operation: Op; given: FormatShape<T>; expected: FormatShape<S> }>;

export type GlobalPooling2DOutput<S, Keep extends boolean> = S extends Shape
  ? IsRankUnknown<S> extends true
    ? Pooled<number, Keep>
    : S extends readonly [number, number, infer C extends number]
      ? Pooled<C, Keep>
      : NoImage<S>
  : Shape;
type Pooled<C extends number, Keep extends boolean> = [Keep] extends [true]
  ? [1, 1, C]
  : [Keep] extends [false]
    ? [C]
    : Shape;

export type DenseOutput<S, U extends number> = S extends Shape
  ? IsRankUnknown<S> extends true
    ? Shape
    : S extends readonly [...infer Front extends Shape, number]
      ? [...Front, U]
      : Sentence<'featureInput', { input: FormatShape<S> }>
  : Shape;

export type FlattenOutput<S> = S extends Shape ? [Size<S>] : Shape;

export type ReshapeOutput<S, T extends Shape> = S extends Shape
  ? Reshaped<S, T> extends infer R
    ? R extends Shape | 'count' | 'division'
      ? R extends 'count'
        ? Sentence<'reshapeCount', { input: FormatShape<S>; size: Size<S>; count: Size<T>; target: FormatShape<T> }>
        : R extends 'division'
          ? Sentence<'reshapeDivision', { input: FormatShape<S>; size: Size<S>; target: FormatShape<T> }>
          : R
      : never
    : never
  : Shape;

/** The target with -1 replaced, or what is wrong with it: 'count' or 'division'. */
export type Reshaped<S extends Shape, T extends Shape> =
  IsRankUnknown<T> extends true
    ? Shape
    : -1 extends T[number]
      ? number extends T[number]
        ? { [I in keyof T]: number extends T[I] ? number : T[I] extends -1 ? number : T[I] } extends infer R extends
            Shape
          ? [...R]
          : never
        : Remainder<Size<S>, Size<KnownAxes<T>>> extends infer Rest
          ? number extends Rest
            ? WithFreeAxis<T, number>
            : Rest extends 0
              ? WithFreeAxis<T, Divide<Size<S>, Size<KnownAxes<T>>>>
              : 'division'
          : never
      : Differs<Size<S>, Size<T>> extends true
        ? 'count'
        : [...T];

type KnownAxes<T extends Shape, R extends Shape = []> = T extends readonly [
  infer First extends number,
  ...infer Rest extends Shape,
]
  ? KnownAxes<Rest, First extends -1 ? R : [...R, First]>
  : R;

type WithFreeAxis<T extends Shape, N extends number, R extends Shape = []> = T extends readonly [
  infer First extends number,
  ...infer Rest extends Shape,
]
  ? WithFreeAxis<Rest, N, [...R, First extends -1 ? N : First]>
  : R;
