/** The shape rules of layers that normalize along axes, as types. */
import type { Add, Remainder } from '../shape/arithmetic.ts';
import type { FormatShape, IsRankUnknown } from '../shape/literal.ts';
import type { Sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';
import type { AxisOf } from '../tensor/rules.ts';
import type { Layer } from './layer.ts';

/** Axes as options name them: one, several, or null for none. */
export type AxesOption = number | readonly number[] | null;

/** A layer along axes, whose output has the shape of its input. */
export interface AlongAxes<A extends AxesOption, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: WithAxes<this['~in'], A>;
}

/** A layer along the groups of an axis, whose output has the shape of its input. */
export interface AlongGroups<G extends number, A extends number, I extends Shape | undefined = undefined>
  extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: WithGroups<this['~in'], G, A>;
}

/** The shape, or the sentence of the first axis that it does not have. */
type WithAxes<In, A> = In extends Shape
  ? IsRankUnknown<In> extends true
    ? In
    : A extends number
      ? WithAxis<In, A>
      : A extends readonly [infer First extends number, ...infer Rest extends readonly number[]]
        ? WithAxis<In, First> extends infer O
          ? O extends string
            ? O
            : WithAxes<In, Rest>
          : never
        : In
  : In;

/** The batch is axis 0, which the option itself refuses. */
type WithAxis<S extends Shape, A extends number> = number extends A
  ? S
  : A extends 0
    ? S
    : [Exclude<AxisOf<Add<S['length'], 1>, A>, 0>] extends [never]
      ? Sentence<'inputAxis', { axis: A; input: FormatShape<S>; rank: S['length'] }>
      : S;

type WithGroups<In, G extends number, A extends number> =
  WithAxes<In, A> extends infer O
    ? O extends Shape
      ? IsRankUnknown<O> extends true
        ? O
        : G extends -1
          ? O
          : [0, ...O][AxisOf<Add<O['length'], 1>, A>] extends infer C extends number
            ? Remainder<C, G> extends infer R extends number
              ? number extends R
                ? O
                : R extends 0
                  ? O
                  : Sentence<'groupInput', { channels: C; groups: G }>
              : O
            : O
      : O
    : never;
