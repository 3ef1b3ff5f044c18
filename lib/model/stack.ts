/** What the compiler makes of a stack of layers: the shapes between them, and the sentence of the first fault. */
import type { Fold } from '../layers/fold.ts';
import type { Composed, Forward, Layer, ParameterValues } from '../layers/layer.ts';
import type { Accept, LayerOps, Next, OwnInput, Unbatched } from '../layers/outcome.ts';
import type { Value } from '../plan/graph.ts';
import type { Plain } from '../shape/literal.ts';
import type { Sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';

/** A function in place of a layer, before its shapes are known. */
export type AnyForward = (ops: LayerOps, x: never, parameters: ParameterValues) => Value;

/** Whether a layer tells the compiler itself what it makes of its input. */
type Declares<L extends Layer, S extends Shape> = unknown extends (L & { readonly '~in': S })['~out'] ? false : true;

/**
 * What `add` takes behind the shape S: a layer that fits, else the sentence of its fault; or one whose `forward`, or a
 * function, gives values of the shape O.
 */
export type Addable<L extends Layer | AnyForward, S extends Shape, O extends Shape> = L extends Layer
  ? Declares<L, S> extends true
    ? Accept<L, S>
    : Composed<S, O>
  : Forward<S, O>;

/** The shape behind what was added. */
export type Behind<L extends Layer | AnyForward, S extends Shape, O extends Shape> = L extends Layer
  ? Declares<L, S> extends true
    ? Next<L, S>
    : Unbatched<O>
  : Unbatched<O>;

/** The shape of one input of a list of layers. */
export type InputOf<L extends readonly Layer[]> = L extends readonly [infer First extends Layer, ...unknown[]]
  ? [OwnInput<First>] extends [never]
    ? Shape
    : Plain<OwnInput<First>>
  : Shape;

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
