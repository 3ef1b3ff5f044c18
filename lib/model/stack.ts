/** What the compiler makes of a stack of layers: the shapes between them, and the sentence of the first fault. */
import type { Layer, OutputOf } from '../layers/layer.ts';
import type { FormatShape, IsRankUnknown, MayEqual, Plain, ShapeOf } from '../shape/literal.ts';
import type { Sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';

/** The inputShape that a layer brings: `never` if it has none, `Shape` if that is not known. */
type OwnInput<L extends Layer> = Exclude<L['inputShape'], undefined>;

/** A layer's outcome behind the shape S. Its own inputShape helps where S is not known, and must not contradict. */
type Outcome<L extends Layer, S extends Shape> = [OwnInput<L>] extends [never]
  ? OutputOf<L, S>
  : IsRankUnknown<S> extends true
    ? OutputOf<L, OwnInput<L>>
    : MayEqual<OwnInput<L>, S> extends true
      ? OutputOf<L, S>
      : Sentence<'contradiction', { given: FormatShape<OwnInput<L>>; expected: FormatShape<S> }>;

/** The layer if it fits behind S, else the sentence of the fault, which no layer is. */
export type Accept<L extends Layer, S extends Shape> = Outcome<L, S> extends infer O extends string ? O : L;

/** The shape behind the layer; `Shape` after a fault. */
export type Next<L extends Layer, S extends Shape> = ShapeOf<Outcome<L, S>>;

/** The shape of one input of a list of layers. */
export type InputOf<L extends readonly Layer[]> = L extends readonly [infer First extends Layer, ...unknown[]]
  ? [OwnInput<First>] extends [never]
    ? Shape
    : Plain<OwnInput<First>>
  : Shape;

/** More layers than this are not followed. */
type Limit = 500;

/** The outcome of each layer. By index, since taking a list apart costs the square of its length. */
type Outcomes<
  L extends readonly Layer[],
  S extends Shape,
  R extends readonly unknown[] = [],
> = number extends L['length']
  ? readonly Shape[]
  : R['length'] extends L['length'] | Limit
    ? R
    : L[R['length']] extends infer One extends Layer
      ? Outcome<One, S> extends infer O
        ? Outcomes<L, ShapeOf<O>, [...R, O]>
        : never
      : never;

/** The shape of one output of a list of layers. */
export type LastOutput<L extends readonly Layer[]> =
  Outcomes<L, InputOf<L>> extends readonly [...unknown[], infer O]
    ? L['length'] extends Outcomes<L, InputOf<L>>['length']
      ? ShapeOf<O>
      : Shape
    : Shape;

/** The list with the sentence of its fault in the place of each layer that does not fit. */
export type Checked<L extends readonly Layer[], O = Outcomes<L, InputOf<L>>> = {
  readonly [I in keyof L]: I extends '0'
    ? L[I] extends Layer
      ? [OwnInput<L[I]>] extends [never]
        ? Sentence<'firstLayer', Record<never, never>>
        : Placed<L[I], At<O, I>>
      : L[I]
    : Placed<L[I], At<O, I>>;
};
type At<O, I> = O extends { readonly [P in I & string]: infer V } ? V : unknown;
type Placed<L, O> = O extends string ? O : L;
