/** The shape rules of the convolutions of all kinds, and of what makes images larger and smaller. */
import type { Padding, Pair } from '../../kernels/geometry.ts';
import type { Add, IsLess, Multiply, Remainder, Subtract } from './arithmetic.ts';
import type { Differs, FormatShape, IsRankUnknown } from './literal.ts';
import type {
  Both,
  Conv2DOutput,
  Extent,
  ImageOutput,
  NoImage,
  OfImages,
  PaddingName,
  WindowName,
  Zeros,
} from './rules.ts';
import type { Sentence } from './sentences.ts';
import type { Shape } from './shape.ts';

/** Images [n, h, w, c] and filters with four axes, or the sentence for what has not four; `Shape` where that is not known. */
type Operands<Op extends string, X extends Shape, W extends Shape> =
  IsRankUnknown<X> extends true
    ? Shape
    : IsRankUnknown<W> extends true
      ? Shape
      : X extends readonly [number, number, number, number]
        ? W extends readonly [number, number, number, number]
          ? { readonly x: X; readonly w: W }
          : Sentence<'fourAxes', { operation: Op; given: FormatShape<W> }>
        : Sentence<'fourAxes', { operation: Op; given: FormatShape<X> }>;

type Axes = readonly [number, number, number, number];
/** What `Operands` gives for images and filters that have four axes. */
interface FourAxes<X extends Axes, W extends Axes> {
  readonly x: X;
  readonly w: W;
}

type FiltersDiffer<Op extends string, X extends Axes, W extends Axes, Given> = Sentence<
  'filterChannels',
  { operation: Op; filters: FormatShape<W>; given: Given; input: FormatShape<X>; channels: X[3] }
>;

/** [n, h, w, c] images and [r, s, c / groups, k] filters -> [n, p, q, k]. */
export type Conv2DValue<X extends Shape, W extends Shape, St, P extends Padding, D, G extends number = 1> =
  Operands<'conv2d', X, W> extends infer O
    ? O extends FourAxes<infer XS, infer WS>
      ? OfImages<
          XS[0],
          Conv2DOutput<[XS[1], XS[2], XS[3]], WS[3], readonly [WS[0], WS[1]], St, P, D, G>
        > extends infer Y
        ? Y extends `${string}filters cannot be divided${string}`
          ? Y
          : Differs<Multiply<WS[2], G>, XS[3]> extends true
            ? [G] extends [1]
              ? FiltersDiffer<'conv2d', XS, WS, WS[2]>
              : Sentence<
                  'groupChannels',
                  {
                    operation: 'conv2d';
                    filters: FormatShape<WS>;
                    given: WS[2];
                    groups: G;
                    input: FormatShape<XS>;
                    channels: XS[3];
                  }
                >
            : Y
        : never
      : O
    : never;

/** [n, h, w, c] images and [r, s, c, m] filters -> [n, p, q, c m]. */
export type DepthwiseConv2DValue<X extends Shape, W extends Shape, St, P extends Padding, D> =
  Operands<'depthwiseConv2d', X, W> extends infer O
    ? O extends FourAxes<infer XS, infer WS>
      ? Differs<WS[2], XS[3]> extends true
        ? FiltersDiffer<'depthwiseConv2d', XS, WS, WS[2]>
        : OfImages<XS[0], DepthwiseConv2DOutput<[XS[1], XS[2], XS[3]], readonly [WS[0], WS[1]], St, P, D, WS[3]>>
      : O
    : never;

/** [n, h, w, c] images and [r, s, k, c] filters -> [n, rows, columns, k]. */
export type Conv2DTransposeValue<X extends Shape, W extends Shape, St, P extends Padding, D, O> =
  Operands<'conv2dTranspose', X, W> extends infer All
    ? All extends FourAxes<infer XS, infer WS>
      ? Differs<WS[3], XS[3]> extends true
        ? FiltersDiffer<'conv2dTranspose', XS, WS, WS[3]>
        : OfImages<XS[0], Conv2DTransposeOutput<[XS[1], XS[2], XS[3]], WS[2], readonly [WS[0], WS[1]], St, P, D, O>>
      : All
    : never;

/** Each channel gives M of them. */
export type DepthwiseConv2DOutput<S, K, St, P extends Padding, D, M extends number> = S extends Shape
  ? IsRankUnknown<S> extends true
    ? [number, number, number]
    : S extends readonly [infer H extends number, infer W extends number, infer C extends number]
      ? ImageOutput<H, W, Multiply<C, M>, Both<K>, Both<St>, P, Both<D>, 'kernel', 'kernelSize'>
      : NoImage<S>
  : Shape;

/** What stands for both axes where an option is left out. */
type BothOrNone<O> = [O] extends [undefined] ? readonly [undefined, undefined] : Both<O>;

export type Conv2DTransposeOutput<S, F extends number, K, St, P extends Padding, D, O> = S extends Shape
  ? IsRankUnknown<S> extends true
    ? [number, number, F]
    : S extends readonly [infer H extends number, infer W extends number, number]
      ? Transposed<H, W, F, Both<K>, Both<St>, P, Both<D>, BothOrNone<O>>
      : NoImage<S>
  : Shape;

type Transposed<
  H extends number,
  W extends number,
  F extends number,
  K extends Pair,
  S extends Pair,
  P extends Padding,
  D extends Pair,
  O extends readonly [number | undefined, number | undefined],
> = [
  TransposedSize<H, Extent<K[0], D[0]>, S[0], P, O[0], Zeros<P>[0]>,
  TransposedSize<W, Extent<K[1], D[1]>, S[1], P, O[1], Zeros<P>[1]>,
] extends [infer Rows extends number, infer Columns extends number]
  ? true extends IsNone<Rows> | IsNone<Columns>
    ? Sentence<'nothingTransposed', { window: WindowName<K, D>; input: `${H}x${W}`; padding: PaddingName<P> }>
    : [Rows, Columns, F]
  : never;

type IsNone<N extends number> = [N] extends [never] ? true : [N] extends [0] ? true : false;

/** One axis of a transposed convolution whose window spans E elements; `never` where it would be negative. */
type TransposedSize<
  N extends number,
  E extends number,
  S extends number,
  P extends Padding,
  O extends number | undefined,
  Both extends number,
> = [P] extends ['same']
  ? O extends number
    ? Add<Add<Multiply<Subtract<N, 1>, S>, Remainder<E, 2>>, O>
    : Multiply<N, S>
  : [P] extends ['valid']
    ? Add<Multiply<Subtract<N, 1>, S>, O extends number ? Add<E, O> : Larger<E, S>>
    : [P] extends [string]
      ? number
      : Subtract<Add<Multiply<Subtract<N, 1>, S>, O extends number ? Add<E, O> : E>, Both>;

type Larger<A extends number, B extends number> = number extends A
  ? number
  : number extends B
    ? number
    : IsLess<A, B> extends true
      ? B
      : A;

/** So many places at the sides of both axes, of each axis, or of each side. */
export type Sides = number | Pair | readonly [Pair, Pair];

/** [before, after] of rows and of columns. */
type AllSides<A> = A extends number
  ? readonly [readonly [A, A], readonly [A, A]]
  : A extends readonly [infer R extends number, infer C extends number]
    ? readonly [readonly [R, R], readonly [C, C]]
    : A extends readonly [
          readonly [infer T extends number, infer B extends number],
          readonly [infer L extends number, infer R extends number],
        ]
      ? readonly [readonly [T, B], readonly [L, R]]
      : readonly [Pair, Pair];

export type ZeroPadding2DOutput<S, A> = S extends Shape
  ? IsRankUnknown<S> extends true
    ? [number, number, number]
    : S extends readonly [infer H extends number, infer W extends number, infer C extends number]
      ? AllSides<A> extends readonly [
          readonly [infer T extends number, infer B extends number],
          readonly [infer L extends number, infer R extends number],
        ]
        ? [Add<H, Add<T, B>>, Add<W, Add<L, R>>, C]
        : never
      : NoImage<S>
  : Shape;

export type Cropping2DOutput<S, A> = S extends Shape
  ? IsRankUnknown<S> extends true
    ? [number, number, number]
    : S extends readonly [infer H extends number, infer W extends number, infer C extends number]
      ? AllSides<A> extends readonly [
          readonly [infer T extends number, infer B extends number],
          readonly [infer L extends number, infer R extends number],
        ]
        ? [Subtract<H, Add<T, B>>, Subtract<W, Add<L, R>>] extends [
            infer Rows extends number,
            infer Columns extends number,
          ]
          ? true extends IsNone<Rows> | IsNone<Columns>
            ? Sentence<'nothingLeft', { cropping: `[[${T}, ${B}], [${L}, ${R}]]`; input: `${H}x${W}` }>
            : [Rows, Columns, C]
          : never
        : never
      : NoImage<S>
  : Shape;

export type UpSampling2DOutput<S, K> = S extends Shape
  ? IsRankUnknown<S> extends true
    ? [number, number, number]
    : S extends readonly [infer H extends number, infer W extends number, infer C extends number]
      ? [Multiply<H, Both<K>[0]>, Multiply<W, Both<K>[1]>, C]
      : NoImage<S>
  : Shape;

export type AdaptivePooling2DOutput<S, K> = ResizingOutput<S, Both<K>[0], Both<K>[1]>;

export type ResizingOutput<S, H extends number, W extends number> = S extends Shape
  ? IsRankUnknown<S> extends true
    ? [H, W, number]
    : S extends readonly [number, number, infer C extends number]
      ? [H, W, C]
      : NoImage<S>
  : Shape;

/** [n, h, w, c] -> [n, height, width, c]. */
export type ResizeValue<X extends Shape, Z extends Pair, Op extends string = 'resize'> =
  IsRankUnknown<X> extends true
    ? Shape
    : X extends readonly [infer N extends number, number, number, infer C extends number]
      ? [N, Z[0], Z[1], C]
      : Sentence<'fourAxes', { operation: Op; given: FormatShape<X> }>;
