import type { Check, Plain, ShapeOf } from '../shape/literal.ts';
import type { Shape } from '../shape/shape.ts';
import { isTensor } from './arguments.ts';
import type { NestedArray } from './creation.ts';
import * as creation from './creation.ts';
import type { ByteArray, Common, DType, RealArray, SourceArray } from './dtype.ts';
import * as layout from './layout.ts';
import type { Concat, Stack } from './layout-rules.ts';
import type { FilledShape, GivenShape } from './rules.ts';
import { type Tensor, wrap } from './tensor.ts';

export type { NestedArray } from './creation.ts';
export type { Arithmetic, DType, SourceArray, TypedArray, TypedArrayOf } from './dtype.ts';
export type { Nested } from './elements.ts';
export { Tensor } from './tensor.ts';

/** The type that values have if none is given. */
type DTypeOf<T> = T extends RealArray
  ? 'float32'
  : T extends ByteArray
    ? 'uint8'
    : T extends SourceArray
      ? 'int32'
      : T extends boolean
        ? 'bool'
        : T extends number
          ? 'float32'
          : T extends readonly [infer First, ...unknown[]]
            ? First extends readonly unknown[] | number | boolean
              ? DTypeOf<First>
              : 'float32'
            : T extends readonly (infer Element)[]
              ? boolean extends Element
                ? 'bool'
                : 'float32'
              : 'float32';

/**
 * A tensor from nested arrays, whose shape is found, or from flat values under a shape. Without a dtype, numbers
 * give float32 and booleans bool. Typed arrays give float32 (Float32Array, Float64Array, Float16Array), uint8
 * (Uint8Array, Uint8ClampedArray) or int32 (all others); Float32Array, Int32Array and bytes are taken without a copy.
 * A dtype that is given converts as `cast` does. Throws DataError for what is no number and for an integer that int32
 * cannot hold, ShapeError for rows of different lengths and for a shape that the values do not fill.
 */
export function tensor<
  const T extends NestedArray,
  const S extends Shape | undefined = undefined,
  D extends DType = DTypeOf<T>,
>(values: T, shape?: Check<FilledShape<T, S>, S>, dtype?: D): Tensor<ShapeOf<FilledShape<T, S>>, NoInfer<D>> {
  return wrap(creation.fromNested(values, shape as S, dtype));
}

export function zeros<const S extends Shape, D extends DType = 'float32'>(
  shape: S,
  dtype?: D,
): Tensor<Plain<S>, NoInfer<D>> {
  return wrap(creation.full('zeros', shape, 0, dtype ?? 'float32'));
}
export function ones<const S extends Shape, D extends DType = 'float32'>(
  shape: S,
  dtype?: D,
): Tensor<Plain<S>, NoInfer<D>> {
  return wrap(creation.full('ones', shape, 1, dtype ?? 'float32'));
}
/** All elements `value`. */
export function full<const S extends Shape, D extends DType = 'float32'>(
  shape: S,
  value: number,
  dtype?: D,
): Tensor<Plain<S>, NoInfer<D>> {
  return wrap(creation.full('full', shape, value, dtype ?? 'float32'));
}

/** `arange(stop)`, `arange(start, stop)`, `arange(start, stop, step)`: numbers from start to before stop. */
export function arange<const N extends number, const M extends number | undefined = undefined>(
  start: N,
  stop?: M,
  step?: number,
): Tensor<[M extends undefined ? N : number], 'float32'>;
export function arange(start: number, stop?: number, step = 1): Tensor<[number], 'float32'> {
  return wrap(
    stop === undefined ? creation.arange(0, start, step, 'float32') : creation.arange(start, stop, step, 'float32'),
  );
}

/** Class numbers [...] -> [..., classes] with 1 at each class. Throws OptionError for a number that is no class. */
export function oneHot<const L extends Tensor | NestedArray, const C extends number>(
  labels: L,
  classes: C,
): Tensor<[...GivenShape<L>, C], 'float32'> {
  const given = isTensor(labels) ? labels : creation.fromNested(labels, undefined, undefined);
  return wrap(creation.oneHot(given, classes));
}

/** Uniform between min (0) and max (1); the same for the same seed, random without one. */
export function randomUniform<const S extends Shape>(
  shape: S,
  options: { readonly min?: number; readonly max?: number; readonly seed?: number } = {},
): Tensor<Plain<S>, 'float32'> {
  return wrap(creation.uniform(shape, options));
}
/** Normal with a mean (0) and a standard deviation (1); the same for the same seed, random without one. */
export function randomNormal<const S extends Shape>(
  shape: S,
  options: { readonly mean?: number; readonly stddev?: number; readonly seed?: number } = {},
): Tensor<Plain<S>, 'float32'> {
  return wrap(creation.normal(shape, options));
}

type ShapesOf<T extends readonly Tensor[]> = { readonly [I in keyof T]: T[I]['shape'] };

/** Tensors one behind the other along an axis; the result has the wider type. */
export function concat<const T extends readonly Tensor[], const A extends number = 0>(
  tensors: Check<Concat<ShapesOf<T>, A>, T>,
  axis?: A,
): Tensor<ShapeOf<Concat<ShapesOf<T>, A>>, Common<T[number]['dtype']>> {
  return wrap(layout.concat(tensors as T, axis));
}
/** Tensors of one shape along a new axis; the result has the wider type. */
export function stack<const T extends readonly Tensor[], const A extends number = 0>(
  tensors: Check<Stack<ShapesOf<T>, A>, T>,
  axis?: A,
): Tensor<ShapeOf<Stack<ShapesOf<T>, A>>, Common<T[number]['dtype']>> {
  return wrap(layout.stack(tensors as T, axis));
}
