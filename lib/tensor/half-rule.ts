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
