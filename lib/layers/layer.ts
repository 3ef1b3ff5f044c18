import type { Constraint } from '../constraints/constraints.ts';
import type { Initializer } from '../initializers/initializers.ts';
import type { Json } from '../json.ts';
import type { Value } from '../plan/graph.ts';
import type { Regularizer } from '../regularizers/regularizers.ts';
import type { Shape } from '../shape/shape.ts';
import type { LayerOps } from './outcome.ts';

/** A tensor that a layer learns, or keeps. */
export interface ParameterSpec {
  /** Unique within the layer: `kernel`, `bias`. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** A penalty for it, which is part of the loss while the parameter trains. */
  readonly regularizer?: Regularizer;
  /** What becomes of it behind each training step. */
  readonly constraint?: Constraint;
  /** Whether the optimizer changes it; true if left out. One that is false may be written in `forward` by `ops.assign`. */
  readonly trainable?: boolean;
}

/** The parameters of a layer as values, by the names that it declared. */
export interface ParameterValues {
  readonly [name: string]: Value;
}

/** What a layer, or a function in place of one, does: `x` has the batch axis in front. */
export type Forward<S extends Shape = Shape, O extends Shape = Shape> = (
  ops: LayerOps,
  x: Value<Batched<S>>,
  parameters: ParameterValues,
) => Value<O>;

/** The shape of a batch of any size. */
export type Batched<S extends Shape> = readonly [number, ...S];

/**
 * A layer only declares: its parameters, and the operations it emits. It computes nothing and holds no numbers. An
 * object with a method `forward` is a layer; its gradient follows from the operations. A layer that applies others in
 * its `forward`, by `ops.apply(layer, x)`, is a composite: the others have their places in the tree below its own.
 */
export interface Layer {
  /**
   * For the compiler alone, never there at run time: the shape that comes in. A layer with literal types declares
   * `readonly '~out'?: Rule<this['~in']>`, whose outcome is a shape, or a text that tells why there is none.
   */
  readonly '~in'?: unknown;
  /** For the compiler alone: the shape that goes out, or the sentence of a fault. */
  readonly '~out'?: unknown;
  /** The Keras class name, such as `MaxPooling2D`: shown in the summary, source of automatic names; `Lambda` if left out. */
  readonly className?: string;
  /** Unique among the layers beside it; a layer without one gets `max_pooling2d`, `max_pooling2d_1`, ... */
  readonly name?: string;
  /** On a model's first layer: the shape of one input, without the batch axis. */
  readonly inputShape?: Shape | undefined;
  /** The options that rebuild this layer, with the defaults filled in; a layer without them cannot be saved. */
  readonly config?: LayerOptionValues | undefined;
  /** Whether training changes the layer, until its place in a model is told otherwise; true if left out. */
  readonly trainable?: boolean;
  /** Numbers that may change from step to step without a new plan: `forward` reads them by `ops.setting`. */
  readonly settings?: { readonly [name: string]: number };
  /** What the random numbers of the layer and of those below it are drawn from in place of the model's seed. */
  readonly seed?: number;
  /** A penalty for the outputs of the layer; divided by the size of the batch, it is part of the loss. */
  readonly activityRegularizer?: Regularizer;
  /**
   * The shape of one output for one input, without the batch axis, or the one shape that it always is. Throws
   * ShapeError if the input does not fit. If left out, `forward` tells it.
   */
  readonly outputShape?: Shape | ((input: Shape) => Shape);
  /** The parameters for an input shape; none if left out. */
  parameters?(input: Shape): readonly ParameterSpec[];
  /**
   * Emits the forward operations. `x` has the batch axis in front; `parameters` holds a value for each name declared.
   * `ops.training` tells whether the layer trains.
   */
  forward(ops: LayerOps, x: Value, parameters: ParameterValues): Value;
}

/**
 * A layer of several inputs, such as `add()`: it has no parameters of its own. It stands where several values meet, in
 * `graph(...)` or in the `forward` of a composite: `ops.apply(add(), [a, b])`.
 */
export interface MergingLayer {
  /** For the compiler alone, as in Layer: the list of the shapes that come in. */
  readonly '~in'?: unknown;
  readonly '~out'?: unknown;
  readonly className?: string;
  readonly name?: string;
  readonly config?: LayerOptionValues | undefined;
  /** The shape of one output, without the batch axis. Throws ShapeError if the inputs do not go together. */
  outputShape?(inputs: readonly Shape[]): Shape;
  /** Emits the operations that make one value of several. */
  merge(ops: LayerOps, values: readonly Value[]): Value;
}

/** What a tree of layers has in its places. */
export type AnyLayer = Layer | MergingLayer;

export const isMerging = (layer: AnyLayer): layer is MergingLayer => !('forward' in layer);

/** A layer's options, as JSON can hold them. */
export interface LayerOptionValues {
  readonly [option: string]: Json;
}

/** A layer written in place, whose output the compiler takes from `forward`. */
export interface Composed<S extends Shape, O extends Shape> extends Omit<Layer, 'forward'> {
  forward(ops: LayerOps, x: Value<Batched<S>>, parameters: ParameterValues): Value<O>;
}

/** What a layer makes of a shape: a shape, `Shape` where that is not known, or the sentence of a fault. */
export type OutputOf<L extends AnyLayer, S> =
  Exclude<(L & { readonly '~in': S })['~out'], undefined> extends infer O
    ? O extends Shape | string
      ? O
      : Shape
    : never;

/** A layer whose output has the shape of its input. */
export interface SameShape<I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: this['~in'];
}

/** What is there of a layer at run time, for functions that make layers of several types. */
export type Declared<I extends Shape | undefined> = Omit<Layer, '~in' | '~out' | 'inputShape'> & {
  readonly inputShape?: I;
};

/** Options that every layer takes. */
export interface LayerOptions<I extends Shape | undefined = Shape | undefined> {
  /** Unique among the layers beside it; automatic if left out. */
  readonly name?: string;
  /** Needed on the first layer of `new Sequential([...])`: the shape of one input, without the batch axis. */
  readonly inputShape?: I;
  /** Whether training changes the layer; true if left out. */
  readonly trainable?: boolean;
}

/** The members that come from LayerOptions, left out where they are undefined. */
export function common<I extends Shape | undefined>({
  name,
  inputShape,
  trainable,
}: LayerOptions<I>): { name?: string; inputShape?: I; trainable?: boolean } {
  return {
    ...(name === undefined ? {} : { name }),
    ...(inputShape === undefined ? {} : { inputShape }),
    ...(trainable === undefined ? {} : { trainable }),
  };
}
