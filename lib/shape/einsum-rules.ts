/** The shape behind `einsumDense`. */
import type { FormatShape, IsRankUnknown } from './literal.ts';
import type { Sentence } from './sentences.ts';
import type { Shape } from './shape.ts';

/** What the option outputShape holds: one axis, or all; null for one that the input has. */
export type EinsumAxes = number | null | readonly (number | null)[];

/** For inputs of S without the batch axis; a shape of unknown rank where the equation or the input is not known. */
export type EinsumOutput<S, E extends string, O extends EinsumAxes> = S extends Shape
  ? string extends E
    ? Shape
    : IsRankUnknown<S> extends true
      ? Shape
      : E extends `...${infer In},${string}->...${infer Out}`
        ? LeftElided<S, In, Out, List<O>, E>
        : E extends `${infer In}...,${string}->${infer Out}...`
          ? RightElided<S, Behind<In>, Behind<Out>, List<O>, E>
          : E extends `${infer In},${string}->${infer Out}`
            ? Matched<S, Behind<In>, Behind<Out>, List<O>, E>
            : Shape
  : Shape;

type List<O extends EinsumAxes> = O extends readonly (number | null)[] ? O : readonly [O & (number | null)];

/** The letters behind the first, which is that of the batch. */
type Behind<Letters extends string> = Letters extends `${string}${infer Rest}` ? Rest : '';

type Letters<T extends string> = T extends `${infer First}${infer Rest}` ? [First, ...Letters<Rest>] : [];

/** The ellipsis is the batch axis and those in front of the last ones. */
type LeftElided<
  S extends Shape,
  In extends string,
  Out extends string,
  O extends readonly unknown[],
  E extends string,
> =
  SplitEnd<S, Letters<In>> extends readonly [infer Elided extends Shape, infer Own extends Shape]
    ? [...Elided, ...Filled<O, Letters<Out>, Letters<In>, Own>]
    : Fault<S, E>;

type RightElided<
  S extends Shape,
  In extends string,
  Out extends string,
  O extends readonly unknown[],
  E extends string,
> =
  SplitStart<S, Letters<In>> extends readonly [infer Own extends Shape, infer Elided extends Shape]
    ? [...Filled<O, Letters<Out>, Letters<In>, Own>, ...Elided]
    : Fault<S, E>;

type Matched<
  S extends Shape,
  In extends string,
  Out extends string,
  O extends readonly unknown[],
  E extends string,
> = S['length'] extends Letters<In>['length'] ? Filled<O, Letters<Out>, Letters<In>, S> : Fault<S, E>;

type Fault<S extends Shape, E extends string> = Sentence<'einsumInput', { equation: E; input: FormatShape<S> }>;

/** S in two, the second of as many axes as there are letters. */
type SplitEnd<S extends Shape, L extends readonly string[], Own extends Shape = []> = Own['length'] extends L['length']
  ? [S, Own]
  : S extends readonly [...infer Rest extends Shape, infer Last extends number]
    ? SplitEnd<Rest, L, [Last, ...Own]>
    : null;

/** S in two, the first of as many axes as there are letters. */
type SplitStart<
  S extends Shape,
  L extends readonly string[],
  Own extends Shape = [],
> = Own['length'] extends L['length']
  ? [Own, S]
  : S extends readonly [infer First extends number, ...infer Rest extends Shape]
    ? SplitStart<Rest, L, [...Own, First]>
    : null;

/** The axes of the output as they are given, and from the input where they are null. */
type Filled<
  O extends readonly unknown[],
  Out extends readonly string[],
  In extends readonly string[],
  S extends Shape,
> = {
  -readonly [I in keyof O]: O[I] extends number ? O[I] : I extends keyof Out ? SizeOf<Out[I], In, S> : number;
};

type SizeOf<L, In extends readonly string[], S extends Shape> = In extends readonly [
  infer First,
  ...infer Rest extends readonly string[],
]
  ? S extends readonly [infer Size extends number, ...infer Sizes extends Shape]
    ? First extends L
      ? Size
      : SizeOf<L, Rest, Sizes>
    : number
  : number;
