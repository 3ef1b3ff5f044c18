/** What the compiler makes of a layer behind a shape: the shape behind it, or the sentence of a fault. */
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import type { FormatShape, IsRankUnknown, MayEqual, Plain, ShapeOf } from '../shape/literal.ts';
import type { Sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';
import type { Layer, OutputOf } from './layer.ts';

/** The inputShape that a layer brings: `never` if it has none, `Shape` if that is not known. */
export type OwnInput<L extends Layer> = Exclude<L['inputShape'], undefined>;

/** A layer's outcome behind the shape S. Its own inputShape helps where S is not known, and must not contradict. */
export type Outcome<L extends Layer, S extends Shape> = [OwnInput<L>] extends [never]
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

/** The shape without its batch axis. */
export type Unbatched<S extends Shape> = S extends readonly [number, ...infer R extends Shape] ? Plain<R> : Shape;

/** The shape of a batch behind the layer. */
export type Applied<L extends Layer, S extends Shape> = S extends readonly [
  infer N extends number,
  ...infer R extends Shape,
]
  ? Next<L, R> extends infer O extends Shape
    ? IsRankUnknown<O> extends true
      ? Shape
      : [N, ...O]
    : never
  : Shape;

/** How a layer is called, and whether it trains, where it is applied, in place of what the layer itself says. */
export interface Place {
  readonly name?: string;
  readonly trainable?: boolean;
}

/** What a layer's `forward` composes: the operations, and other layers. */
export interface LayerOps extends Ops {
  /**
   * Applies another layer to x, of any batch size: its place in the tree is below the layer that applies it. Applied
   * again, the same layer shares its parameters. Make it outside of `forward`. Throws ShapeError if it does not fit.
   */
  apply<const L extends Layer, S extends Shape>(
    layer: Accept<L, Unbatched<S>>,
    x: Value<S>,
    place?: Place,
  ): Value<Applied<L, S>>;

  /** Adds a single number to the loss of training and evaluation. Throws ShapeError for more than one. */
  addLoss(penalty: Value): void;
}
