import type { Initializer } from '../initializers/initializers.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import type { Shape } from '../shape/shape.ts';

/** Anything JSON can hold: what a layer's options must be, so that a model can be saved. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A tensor that a layer learns, or keeps. */
export interface ParameterSpec {
  /** Unique within the layer: `kernel`, `bias`. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** Whether the optimizer changes it; true if left out. */
  readonly trainable?: boolean;
}

/**
 * A layer only declares: its output shape, its parameters, and the operations it emits. It computes nothing and holds
 * no numbers. An object with these members is a layer; its gradient follows from the operations.
 */
export interface Layer {
  /**
   * For the compiler alone, never there at run time: the shape that comes in. A layer with literal types declares
   * `readonly '~out'?: Rule<this['~in']>`, whose outcome is a shape, or a text that tells why there is none.
   */
  readonly '~in'?: unknown;
  /** For the compiler alone: the shape that goes out, or the sentence of a fault. */
  readonly '~out'?: unknown;
  /** The Keras class name, such as `MaxPooling2D`: shown in the summary, source of automatic names. */
  readonly className: string;
  /** Unique within a model; a layer without one gets `max_pooling2d`, `max_pooling2d_1`, ... */
  readonly name?: string;
  /** On a model's first layer: the shape of one input, without the batch axis. */
  readonly inputShape?: Shape | undefined;
  /** The options that rebuild this layer, with the defaults filled in. */
  readonly config: { readonly [option: string]: Json };
  /** The shape of one output for one input, without the batch axis. Throws ShapeError if the input does not fit. */
  outputShape(input: Shape): Shape;
  /** The parameters for an input shape; none if left out. */
  parameters?(input: Shape): readonly ParameterSpec[];
  /**
   * Emits the forward operations. `x` has the batch axis in front; `parameters` holds a value for each name declared.
   * `ops.training` tells whether the graph trains.
   */
  forward(ops: Ops, x: Value, parameters: { readonly [name: string]: Value }): Value;
}

/** What a layer makes of a shape: a shape, `Shape` where that is not known, or the sentence of a fault. */
export type OutputOf<L extends Layer, S extends Shape> =
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
  /** Unique within the model; automatic if left out. */
  readonly name?: string;
  /** Needed on the first layer of `new Sequential([...])`: the shape of one input, without the batch axis. */
  readonly inputShape?: I;
}

/** The members that come from LayerOptions, left out where they are undefined. */
export function common<I extends Shape | undefined>(options: LayerOptions<I>): { name?: string; inputShape?: I } {
  return {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.inputShape === undefined ? {} : { inputShape: options.inputShape }),
  };
}
