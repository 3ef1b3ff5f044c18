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

/**
 * Follows the shapes through a list: the shape of the output, or the place of the first fault and its sentence. By
 * index, since taking a list apart costs the square of its length; `Seen` counts.
 */
type Fold<
  L extends readonly Layer[],
  S extends Shape,
  Seen extends readonly unknown[] = [],
> = number extends L['length']
  ? { readonly output: Shape }
  : Seen['length'] extends L['length']
    ? { readonly output: S }
    : Seen['length'] extends Limit
      ? { readonly output: Shape }
      : L[Seen['length']] extends infer One extends Layer
        ? Outcome<One, S> extends infer O
          ? O extends string
            ? { readonly at: `${Seen['length']}`; readonly fault: O }
            : Fold<L, ShapeOf<O>, [...Seen, 0]>
          : never
        : never;

/** The outcome of a list, whose first layer must bring the shape of the input. */
type Stacked<L extends readonly Layer[]> = L extends readonly [infer First extends Layer, ...unknown[]]
  ? [OwnInput<First>] extends [never]
    ? { readonly at: '0'; readonly fault: Sentence<'firstLayer', unknown> }
    : Fold<L, InputOf<L>>
  : { readonly output: Shape };

/** The shape of one output of a list of layers. */
export type LastOutput<L extends readonly Layer[]> =
  Stacked<L> extends { readonly output: infer S extends Shape } ? S : Shape;

/** The list with the sentence of its first fault in the place of the layer that does not fit. */
export type Checked<L extends readonly Layer[], F = Stacked<L>> = {
  readonly [I in keyof L]: F extends { readonly at: I; readonly fault: infer Fault } ? Fault : L[I];
};
