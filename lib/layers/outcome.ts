/** What the compiler makes of a layer behind a shape: the shape behind it, or the sentence of a fault. */
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import type { FormatShape, IsRankUnknown, MayEqual, Plain, ShapeOf } from '../shape/literal.ts';
import type { Sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';
import type { AnyLayer, Layer, MergingLayer, OutputOf } from './layer.ts';

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

/** What a layer is applied to: one value, or the list that a merging layer takes. */
export type Operands = Value | readonly Value[];

/** The shapes of one input, or of several, without their batch axes. */
type InputsOf<X extends Operands> = X extends Value
  ? Unbatched<X['shape']>
  : { readonly [I in keyof X]: X[I] extends Value<infer S> ? Unbatched<S> : never };

/** A layer's outcome behind one shape, or behind a list of them. */
export type OutcomeOf<L extends AnyLayer, In> = In extends Shape
  ? L extends Layer
    ? Outcome<L, In>
    : Sentence<'mergesSeveral', unknown>
  : In extends readonly unknown[]
    ? L extends MergingLayer
      ? OutputOf<L, In>
      : Sentence<'takesOne', { count: In['length'] }>
    : never;

/** The layer if it fits behind those inputs, else the sentence of the fault. */
export type AcceptOf<L extends AnyLayer, In> = OutcomeOf<L, In> extends infer O extends string ? O : L;

/** The size of a batch. */
type BatchOf<X extends Operands> = X extends Value
  ? X['shape'][0]
  : X extends readonly [infer First extends Value, ...unknown[]]
    ? First['shape'][0]
    : number;

/** The shape of a batch behind the layer. */
type Applied<L extends AnyLayer, X extends Operands> =
  ShapeOf<OutcomeOf<L, InputsOf<X>>> extends infer O extends Shape
    ? IsRankUnknown<O> extends true
      ? Shape
      : BatchOf<X> extends infer N extends number
        ? [N, ...O]
        : Shape
    : never;

/** How a layer is called, and whether it trains, where it is applied, in place of what the layer itself says. */
export interface Place {
  readonly name?: string;
  readonly trainable?: boolean;
}

/** What a layer's `forward` composes: the operations, and other layers. */
export interface LayerOps extends Ops {
  /**
   * Applies another layer to x, of any batch size, or a merging layer such as `add()` to a list of values: its place in
   * the tree is below the layer that applies it. Applied again, the same layer shares its parameters. Make it outside of
   * `forward`. Throws ShapeError if it does not fit.
   */
  apply<const L extends AnyLayer, const X extends Operands>(
    layer: AcceptOf<L, InputsOf<X>>,
    x: X,
    place?: Place,
  ): Value<Applied<L, X>>;

  /** The number of that name among the layer's `settings`, as it is when a run begins. Throws OptionError if there is none. */
  setting(name: string): Value<readonly [1]>;

  /** Adds a single number to the loss of training and evaluation. Throws ShapeError for more than one. */
  addLoss(penalty: Value): void;
}
