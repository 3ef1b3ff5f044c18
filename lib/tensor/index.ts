import type { Shape } from '../shape/shape.ts';
import type { NestedArray } from './creation.ts';
import * as creation from './creation.ts';
import type { DType, TypedArray } from './dtype.ts';
import * as layout from './layout.ts';
import { Tensor, wrap } from './tensor.ts';

export type { NestedArray } from './creation.ts';
export type { Arithmetic, DType, TypedArray, TypedArrayOf } from './dtype.ts';
export { type Nested, Tensor } from './tensor.ts';

type DTypeOf<T> = T extends Int32Array
  ? 'int32'
  : T extends Uint8Array
    ? 'uint8'
    : T extends boolean
      ? 'bool'
      : 'float32';

/**
 * A tensor from nested arrays, whose shape is found, or from flat values under a shape. Without a dtype, numbers
 * give float32, booleans bool, and typed arrays their own type, without a copy.
 */
export function tensor<T extends TypedArray>(values: T, shape?: Shape): Tensor<Shape, DTypeOf<T>>;
export function tensor(values: NestedArray, shape?: Shape): Tensor<Shape, 'float32'>;
export function tensor<D extends DType>(values: NestedArray, shape: Shape | undefined, dtype: D): Tensor<Shape, D>;
export function tensor(values: NestedArray, shape?: Shape, dtype?: DType): Tensor {
  return wrap(creation.fromNested(values, shape, dtype));
}

export function zeros<const S extends Shape, D extends DType = 'float32'>(shape: S, dtype?: D): Tensor<S, D> {
  return wrap(creation.full(shape, 0, dtype ?? 'float32'));
}
export function ones<const S extends Shape, D extends DType = 'float32'>(shape: S, dtype?: D): Tensor<S, D> {
  return wrap(creation.full(shape, 1, dtype ?? 'float32'));
}
/** All elements `value`. */
export function full<const S extends Shape, D extends DType = 'float32'>(
  shape: S,
  value: number,
  dtype?: D,
): Tensor<S, D> {
  return wrap(creation.full(shape, value, dtype ?? 'float32'));
}

/** `arange(stop)`, `arange(start, stop)`, `arange(start, stop, step)`: numbers from start to before stop. */
export function arange(start: number, stop?: number, step = 1): Tensor<Shape, 'float32'> {
  return wrap(
    stop === undefined ? creation.arange(0, start, step, 'float32') : creation.arange(start, stop, step, 'float32'),
  );
}

/** Class numbers [...] -> [..., classes] with 1 at each class. Throws OptionError for a number that is no class. */
export function oneHot(labels: Tensor | NestedArray, classes: number): Tensor<Shape, 'float32'> {
  const given = labels instanceof Tensor ? labels : creation.fromNested(labels, undefined, undefined);
  return wrap(creation.oneHot(given, classes));
}

/** Uniform between min (0) and max (1); the same for the same seed, random without one. */
export function randomUniform<const S extends Shape>(
  shape: S,
  { min = 0, max = 1, seed }: { readonly min?: number; readonly max?: number; readonly seed?: number } = {},
): Tensor<S, 'float32'> {
  return wrap(creation.uniform(shape, min, max, seed));
}
/** Normal with a mean (0) and a standard deviation (1); the same for the same seed, random without one. */
export function randomNormal<const S extends Shape>(
  shape: S,
  { mean = 0, stddev = 1, seed }: { readonly mean?: number; readonly stddev?: number; readonly seed?: number } = {},
): Tensor<S, 'float32'> {
  return wrap(creation.normal(shape, mean, stddev, seed));
}

/** Tensors one behind the other along an axis; the result has the wider type. */
export function concat<D extends DType>(tensors: readonly Tensor<Shape, D>[], axis = 0): Tensor<Shape, D> {
  return wrap(layout.concat(tensors, axis));
}
/** Tensors of one shape along a new axis; the result has the wider type. */
export function stack<D extends DType>(tensors: readonly Tensor<Shape, D>[], axis = 0): Tensor<Shape, D> {
  return wrap(layout.stack(tensors, axis));
}
