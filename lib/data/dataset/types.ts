/**
 * What the compiler knows of a dataset: one example, and what kind of targets it has. What depends on the kind of the
 * elements is looked up by it (`Inputs<In, D>[E]`), so that the compiler sees: a dataset of known types is at once one of
 * unknown types.
 */
import type { IsRankUnknown, Plain } from '../../shape/literal.ts';
import type { Sentence } from '../../shape/sentences.ts';
import type { Shape } from '../../shape/shape.ts';
import type { DType, Tensor } from '../../tensor/index.ts';

/** What a dataset consists of: single examples, or batches of them. */
export type ElementKind = 'example' | 'batch';

type Integers = 'uint8' | 'int32' | 'bool';

/** Targets that are whole numbers: a class for each example (`[]`), or for each of several places, such as pixels. */
export interface ClassNumbers<out S extends Shape = Shape> {
  readonly kind: 'classes';
  /** Of one target. */
  readonly shape: S;
  readonly example: { readonly targets: Tensor<S, Integers> };
  readonly batch: { readonly targets: Tensor<[number, ...S], Integers> };
}
/** Targets that are numbers: one-hot rows, probabilities, values of a regression. */
export interface Numbers<out S extends Shape = Shape> {
  readonly kind: 'numbers';
  /** Of one target. */
  readonly shape: S;
  readonly example: { readonly targets: Tensor<S, 'float32'> };
  readonly batch: { readonly targets: Tensor<[number, ...S], 'float32'> };
}
/** Inputs alone. */
export interface NoTargets {
  readonly kind: 'none';
  readonly example: unknown;
  readonly batch: unknown;
}
export type Targets = ClassNumbers | Numbers | NoTargets;

/** What carries the type of a dataset. */
export interface TypedDataset<
  out In extends Shape,
  out D extends DType,
  out T extends Targets,
  out E extends ElementKind,
> {
  /** For the compiler alone. */
  readonly '~dataset'?: readonly [In, D, T, E];
}

interface Inputs<out In extends Shape, out D extends DType> {
  readonly example: Tensor<In, D>;
  readonly batch: Tensor<[number, ...In], D>;
}
interface Weights {
  readonly example: Tensor<[], 'float32'>;
  readonly batch: Tensor<[number], 'float32'>;
}

/** What `map` is given, and what iterating gives: tensors of one example, or of a batch. */
export type ElementOf<In extends Shape, D extends DType, T extends Targets, E extends ElementKind> = {
  readonly x: Inputs<In, D>[E];
  /** How much the example counts; one for each of a batch. */
  readonly weights?: Weights[E];
} & T[E];

/** What `batch` takes. */
export interface BatchSize {
  readonly example: number;
  readonly batch: Sentence<'batchTwice', unknown>;
}
/** What methods take that divide the examples. */
export interface Division<out M extends string> {
  readonly example: number;
  readonly batch: Sentence<'partsOfBatches', { method: M }>;
}

type WithoutFirst<S extends Shape> =
  IsRankUnknown<S> extends true
    ? Shape
    : S extends readonly [number, ...infer Rest extends Shape]
      ? Plain<Rest>
      : Shape;

type PlainShape<S extends Shape> = IsRankUnknown<S> extends true ? Shape : Plain<S>;

/** The shape of one example of what was given in an element: a tensor, a number, or nested arrays of unknown shape. */
export interface ExampleShapes<X> {
  readonly example: X extends { readonly shape: infer S extends Shape }
    ? PlainShape<S>
    : X extends number | boolean
      ? []
      : Shape;
  readonly batch: X extends { readonly shape: infer S extends Shape } ? WithoutFirst<S> : Shape;
}

/** Nested arrays become float32. */
export type DTypeOfGiven<X> =
  X extends Tensor<Shape, infer D> ? D : X extends number | readonly unknown[] ? 'float32' : DType;

/** What kind of targets these are: integers are class numbers. */
export type TargetsOfGiven<Y, E extends ElementKind> = [Y] extends [undefined]
  ? NoTargets
  : [DTypeOfGiven<Y>] extends ['float32']
    ? Numbers<ExampleShapes<Y>[E]>
    : 'float32' extends DTypeOfGiven<Y>
      ? ClassNumbers<ExampleShapes<Y>[E]> | Numbers<ExampleShapes<Y>[E]>
      : ClassNumbers<ExampleShapes<Y>[E]>;

/** The targets of elements that were given. */
export interface TargetsIn<G> {
  readonly example: G extends { readonly targets?: infer Y } ? TargetsOfGiven<Y, 'example'> : NoTargets;
  readonly batch: G extends { readonly targets?: infer Y } ? TargetsOfGiven<Y, 'batch'> : NoTargets;
}

/** Class numbers as rows of so many columns. */
export type OneHot<T extends Targets, C extends number> = T extends ClassNumbers<infer S> | Numbers<infer S>
  ? Numbers<IsRankUnknown<S> extends true ? Shape : [...S, C]>
  : T;
