/** The shape rules of small layers, as types. The outcome is a shape or the sentence of a fault. */
import type { FormatShape, IsRankUnknown } from './literal.ts';
import type { Sentence } from './sentences.ts';
import type { Shape } from './shape.ts';

/** The axes, counted from 1, in the order P. */
export type PermuteOutput<S, P extends Shape> = S extends Shape
  ? IsRankUnknown<P> extends true
    ? Shape
    : number extends P[number]
      ? { -readonly [I in keyof P]: number }
      : [FromOne<P>] extends [P[number]]
        ? IsRankUnknown<S> extends true
          ? { -readonly [I in keyof P]: number }
          : S['length'] extends P['length']
            ? Reordered<S, P>
            : Sentence<'permuteRank', { input: FormatShape<S>; dims: FormatShape<P> }>
        : Sentence<'permuteDims', { dims: FormatShape<P> }>
  : Shape;

/** 1 | 2 | 3 for three axes. */
type FromOne<P extends Shape, Seen extends readonly 0[] = [0], R extends number = never> = P extends readonly [
  number,
  ...infer Rest extends Shape,
]
  ? FromOne<Rest, [...Seen, 0], R | Seen['length']>
  : R;

type Reordered<S extends Shape, P extends Shape, R extends Shape = []> = P extends readonly [
  infer First extends number,
  ...infer Rest extends Shape,
]
  ? [0, ...S][First] extends infer N extends number
    ? Reordered<S, Rest, [...R, N]>
    : never
  : R;

/** The shape of an image as it is. */
export type SameImage<S> = S extends Shape
  ? IsRankUnknown<S> extends true
    ? S
    : S['length'] extends 3
      ? S
      : Sentence<'imageInput', { input: FormatShape<S> }>
  : Shape;

/** [features] -> [N, features] */
export type RepeatVectorOutput<S, N extends number> = S extends Shape
  ? IsRankUnknown<S> extends true
    ? [N, number]
    : S extends readonly [infer Features extends number]
      ? [N, Features]
      : Sentence<'vectorInput', { input: FormatShape<S> }>
  : Shape;
