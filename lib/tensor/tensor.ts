import { ShapeError } from '../errors.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { binary, clip, compare, unary } from './arithmetic.ts';
import { type Arithmetic, cast, type DType, type NdArray, type TypedArrayOf } from './dtype.ts';
import * as layout from './layout.ts';
import { matmul } from './matmul.ts';
import { formatTensor } from './print.ts';
import { type Axes, argmax, reduce } from './reduce.ts';

/** Nested arrays of numbers, or of booleans for a bool tensor, as deep as the tensor has axes. */
export type Nested = number | boolean | Nested[];

/**
 * A dense array of numbers with a shape and an element type. It does not change: every operation gives a new one
 * (`reshape` shares the data). Errors: ShapeError for shapes that do not fit, OptionError for values out of range.
 */
export class Tensor<S extends Shape = Shape, D extends DType = DType> implements NdArray<D> {
  readonly shape: S;
  readonly dtype: D;
  /** The elements, row-major. */
  readonly data: TypedArrayOf<D>;

  /** Takes over the data without a copy. Throws ShapeError if its length is not that of the shape. */
  constructor(shape: S, dtype: D, data: TypedArrayOf<D>) {
    if (sizeOf(shape) !== data.length) {
      throw new ShapeError(
        `tensor: ${data.length} values do not fill the shape ${formatShape(shape)} with ${sizeOf(shape)}`,
      );
    }
    this.shape = shape;
    this.dtype = dtype;
    this.data = data;
  }

  /** Number of elements. */
  get size(): number {
    return this.data.length;
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** The same data under another shape; one axis may be -1 and takes what is left. */
  reshape(shape: Shape): Tensor<Shape, D> {
    return wrap(layout.reshape(this, shape));
  }
  /** The axes in another order; reversed if none is given. */
  transpose(permutation?: readonly number[]): Tensor<Shape, D> {
    return wrap(layout.transpose(this, permutation));
  }
  /** The box that begins at `begin` with `size` elements along each axis; -1 or none: the rest of the axis. */
  slice(begin: readonly number[], size?: readonly number[]): Tensor<Shape, D> {
    return wrap(layout.slice(this, begin, size));
  }
  /** Adds `value` before and after each axis: one [before, after] for each. */
  pad(padding: readonly (readonly [number, number])[], value = 0): Tensor<Shape, D> {
    return wrap(layout.pad(this, padding, value));
  }
  /** A new axis of size 1. */
  expandDims(axis: number): Tensor<Shape, D> {
    return wrap(layout.expandDims(this, axis));
  }
  /** Without the axes given, which must have size 1; without all such axes if none are given. */
  squeeze(axes?: readonly number[]): Tensor<Shape, D> {
    return wrap(layout.squeeze(this, axes));
  }
  /** Repeats along axes of size 1, and along new axes in front, until the shape is the one given. */
  broadcastTo(shape: Shape): Tensor<Shape, D> {
    return wrap(layout.broadcastTo(this, shape));
  }
  /**
   * The elements as another type. To int32 and uint8 they are cut toward zero and kept within the range, NaN is an
   * error; to bool everything but 0 is true.
   */
  cast<T extends DType>(dtype: T): Tensor<S, T> {
    const { data } = cast(this, dtype);
    return new Tensor(this.shape, dtype, data);
  }

  /** Elementwise with broadcasting. Integers give int32, which wraps around; a number takes the tensor's type. */
  add<B extends DType = D>(b: Tensor<Shape, B> | number): Tensor<Shape, Arithmetic<D, B>> {
    return wrap(binary('add', this, b));
  }
  subtract<B extends DType = D>(b: Tensor<Shape, B> | number): Tensor<Shape, Arithmetic<D, B>> {
    return wrap(binary('subtract', this, b));
  }
  multiply<B extends DType = D>(b: Tensor<Shape, B> | number): Tensor<Shape, Arithmetic<D, B>> {
    return wrap(binary('multiply', this, b));
  }
  /** Always float32. */
  divide(b: Tensor | number): Tensor<Shape, 'float32'> {
    return wrap(binary('divide', this, b));
  }
  maximum<B extends DType = D>(b: Tensor<Shape, B> | number): Tensor<Shape, Arithmetic<D, B>> {
    return wrap(binary('maximum', this, b));
  }
  minimum<B extends DType = D>(b: Tensor<Shape, B> | number): Tensor<Shape, Arithmetic<D, B>> {
    return wrap(binary('minimum', this, b));
  }
  /** Each element to the power of b. */
  pow<B extends DType = D>(b: Tensor<Shape, B> | number): Tensor<Shape, Arithmetic<D, B>> {
    return wrap(binary('pow', this, b));
  }

  equal(b: Tensor | number): Tensor<Shape, 'bool'> {
    return wrap(compare('equal', this, b));
  }
  notEqual(b: Tensor | number): Tensor<Shape, 'bool'> {
    return wrap(compare('notEqual', this, b));
  }
  less(b: Tensor | number): Tensor<Shape, 'bool'> {
    return wrap(compare('less', this, b));
  }
  lessEqual(b: Tensor | number): Tensor<Shape, 'bool'> {
    return wrap(compare('lessEqual', this, b));
  }
  greater(b: Tensor | number): Tensor<Shape, 'bool'> {
    return wrap(compare('greater', this, b));
  }
  greaterEqual(b: Tensor | number): Tensor<Shape, 'bool'> {
    return wrap(compare('greaterEqual', this, b));
  }

  exp(): Tensor<Shape, 'float32'> {
    return wrap(unary('exp', this));
  }
  /** Natural logarithm. */
  log(): Tensor<Shape, 'float32'> {
    return wrap(unary('log', this));
  }
  sqrt(): Tensor<Shape, 'float32'> {
    return wrap(unary('sqrt', this));
  }
  sigmoid(): Tensor<Shape, 'float32'> {
    return wrap(unary('sigmoid', this));
  }
  tanh(): Tensor<Shape, 'float32'> {
    return wrap(unary('tanh', this));
  }
  abs(): Tensor<Shape, Arithmetic<D, 'bool'>> {
    return wrap(unary('abs', this));
  }
  square(): Tensor<Shape, Arithmetic<D, 'bool'>> {
    return wrap(unary('square', this));
  }
  negate(): Tensor<Shape, Arithmetic<D, 'bool'>> {
    return wrap(unary('negate', this));
  }
  /** The elements kept within min ... max. */
  clip(min: number, max: number): Tensor<Shape, D> {
    return wrap(clip(this, min, max));
  }

  /** Over the axes given, over all if none are; `keepDims` leaves them with size 1. Integers give int32. */
  sum(axes?: Axes, keepDims = false): Tensor<Shape, Arithmetic<D, 'bool'>> {
    return wrap(reduce('sum', this, axes, keepDims));
  }
  mean(axes?: Axes, keepDims = false): Tensor<Shape, 'float32'> {
    return wrap(reduce('mean', this, axes, keepDims));
  }
  max(axes?: Axes, keepDims = false): Tensor<Shape, D> {
    return wrap(reduce('max', this, axes, keepDims));
  }
  min(axes?: Axes, keepDims = false): Tensor<Shape, D> {
    return wrap(reduce('min', this, axes, keepDims));
  }
  /** The place of the first largest element along an axis, over all elements if none is given. */
  argmax(axis?: number): Tensor<Shape, 'int32'> {
    return wrap(argmax(this, axis));
  }

  /** [..., m, k] x [..., k, n] -> [..., m, n], as float32; the axes in front are broadcast. */
  matmul(b: Tensor): Tensor<Shape, 'float32'> {
    return wrap(matmul(this, b));
  }

  /** The only element. Throws ShapeError if there are more, or none. */
  item(): number {
    if (this.size !== 1)
      throw new ShapeError(`item: expected one element, ${formatShape(this.shape)} has ${this.size}`);
    return this.data[0]!;
  }
  /** The element at a position. */
  at(...position: readonly number[]): number {
    if (position.length !== this.rank) {
      throw new ShapeError(
        `at: ${formatShape(this.shape)} has ${this.rank} axes, got the position ${formatShape(position)}`,
      );
    }
    const index = position.reduce((sum, place, axis) => {
      const length = this.shape[axis]!;
      if (!Number.isInteger(place) || place < -length || place >= length) {
        throw new ShapeError(`at: axis ${axis} has ${length} elements, there is none at ${place}`);
      }
      return sum * length + (place < 0 ? place + length : place);
    }, 0);
    return this.data[index]!;
  }

  /** Nested arrays, as deep as there are axes. */
  toArray(): Nested {
    const isBool = this.dtype === 'bool';
    const nested = (axis: number, start: number, size: number): Nested => {
      if (axis === this.rank) return isBool ? this.data[start] !== 0 : this.data[start]!;
      const inner = size / Math.max(this.shape[axis]!, 1);
      return Array.from({ length: this.shape[axis]! }, (_, i) => nested(axis + 1, start + i * inner, inner));
    };
    return nested(0, 0, this.size);
  }

  toString(): string {
    return formatTensor(this);
  }
  /** What Node prints for console.log. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return formatTensor(this);
  }
}

/** The one place where what an operation computes meets the type that it declares: their agreement is tested. */
export function wrap<S extends Shape, D extends DType>({ shape, dtype, data }: NdArray): Tensor<S, D> {
  return new Tensor(shape as S, dtype as D, data as TypedArrayOf<D>);
}
