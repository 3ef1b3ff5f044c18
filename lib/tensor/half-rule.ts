/** The shape of half a tensor, as a type. The outcome is a shape or the sentence of a fault. */
import type { Divide, Remainder } from '../shape/arithmetic.ts';
import type { FormatShape, IsRankUnknown } from '../shape/literal.ts';
import type { Sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';
import type { AxisOf, NoAxis } from './rules.ts';

/** S with the axis A half as long. */
export type Halved<Op extends string, S extends Shape, A extends number> =
  IsRankUnknown<S> extends true
    ? Shape
    : AxisOf<S['length'], A> extends infer I extends number
      ? [I] extends [never]
        ? NoAxis<Op, S['length'], A>
        : number extends I
          ? Shape
          : Remainder<S[I], 2> extends infer Rest
            ? number extends Rest
              ? WithAxis<S, I, number>
              : Rest extends 0
                ? WithAxis<S, I, Divide<S[I], 2>>
                : Sentence<'halves', { operation: Op; axis: I; shape: FormatShape<S> }>
            : never
      : never;

type WithAxis<S extends Shape, I extends number, N extends number, R extends Shape = []> = S extends readonly [
  infer First extends number,
  ...infer Rest extends Shape,
]
  ? WithAxis<Rest, I, N, [...R, R['length'] extends I ? N : First]>
  : R;

/** The shape of one input with the axis A, counted with the batch in front, half as long. */
export type GluOutput<S, A extends number> = S extends Shape
  ? IsRankUnknown<S> extends true
    ? Shape
    : HalvedInput<S, readonly [0, ...S], A>
  : Shape;

type HalvedInput<S extends Shape, B extends Shape, A extends number> =
  AxisOf<B['length'], A> extends infer I extends number
    ? [I] extends [never]
      ? Shape
      : number extends I
        ? Shape
        : Remainder<B[I], 2> extends infer Rest
          ? number extends Rest
            ? WithoutBatch<WithAxis<B, I, number>>
            : Rest extends 0
              ? WithoutBatch<WithAxis<B, I, Divide<B[I], 2>>>
              : Sentence<'halvedInput', { axis: I; input: FormatShape<S> }>
          : never
    : never;

type WithoutBatch<S extends Shape> = S extends readonly [number, ...infer Rest extends Shape] ? Rest : never;
