import { ShapeError } from '../errors.ts';
import type { Check, FormatShape, MayEqual, Plain, ShapeOf } from '../shape/literal.ts';
import { type Sentence, sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sameShape } from '../shape/shape.ts';
import { checkedShape, checkedTensor, isTensor } from './arguments.ts';
import { binary, clip, compare, unary } from './arithmetic.ts';
import { fromNested, type NestedArray } from './creation.ts';
import { type Arithmetic, cast, type DType, type NdArray, type TypedArrayOf } from './dtype.ts';
import { checkedData, elementAt, type Nested, nestedArrays, onlyElement } from './elements.ts';
import { gather } from './gather.ts';
import * as layout from './layout.ts';
import type { BroadcastTo, ExpandDims, Gather, Pad, Slice, Squeeze, TensorReshape, Transpose } from './layout-rules.ts';
import { matmul } from './matmul.ts';
import { formatTensor } from './print.ts';
import { type Axes, argReduce, reduce } from './reduce.ts';
import type { Broadcast, GivenShape, MatMul, OperandDType, OperandShape, ReducedShape } from './rules.ts';

/**
 * A tensor as its operations see it: what they give depends on this type alone, so that a tensor of a known shape is
 * at once one of an unknown shape.
 */
interface Typed<S extends Shape, D extends DType> extends NdArray<D> {
  readonly shape: S;
}

/** What arithmetic works on besides the tensor itself. */
export type Operand = Tensor | number;

type Combined<Op extends string, S extends Shape, D extends DType, B> = Tensor<
  ShapeOf<Broadcast<Op, S, OperandShape<B>>>,
  Arithmetic<D, OperandDType<B, D>>
>;
type Compared<Op extends string, S extends Shape, B> = Tensor<ShapeOf<Broadcast<Op, S, OperandShape<B>>>, 'bool'>;

/**
 * Numbers with a shape and an element type. A tensor does not change: every operation gives a new one (`reshape`
 * shares the data). Errors: ShapeError for shapes that do not fit, OptionError for values out of range.
 */
export class Tensor<out S extends Shape = Shape, out D extends DType = DType> implements NdArray<D> {
  readonly shape: S;
  readonly dtype: D;
  /** The elements, row-major. */
  readonly data: TypedArrayOf<D>;

  /**
   * Takes over the data without a copy. Throws ShapeError if its length is not that of the shape, DataError if it is
   * not the array of its type: Float32Array, Int32Array, or Uint8Array for uint8 and bool.
   */
  constructor(shape: S, dtype: D, data: TypedArrayOf<D>) {
    this.data = checkedData(shape, dtype, data);
    this.shape = shape;
    this.dtype = dtype;
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
  reshape<From extends Shape, Type extends DType, const T extends Shape>(
    this: Typed<From, Type>,
    shape: Check<TensorReshape<From, T>, T>,
  ): Tensor<ShapeOf<TensorReshape<From, T>>, Type> {
    return wrap(layout.reshape(this, shape as T));
  }
  /** The axes in another order; reversed if none is given. */
  transpose<From extends Shape, Type extends DType, const P extends Shape | undefined = undefined>(
    this: Typed<From, Type>,
    permutation?: Check<Transpose<From, P>, P>,
  ): Tensor<ShapeOf<Transpose<From, P>>, Type> {
    return wrap(layout.transpose(this, permutation as P));
  }
  /**
   * The box that begins at `begin` with `size` elements along each axis; -1 or none: the rest of the axis. A negative
   * beginning counts from the end: `slice([-2])` are the last two.
   */
  slice<From extends Shape, Type extends DType, const B extends Shape, const Z extends Shape = []>(
    this: Typed<From, Type>,
    begin: Check<Slice<From, B, Z>, B>,
    size?: Z,
  ): Tensor<ShapeOf<Slice<From, B, Z>>, Type> {
    return wrap(layout.slice(this, begin as B, size));
  }
  /** Adds `value` before and after each axis: one [before, after] for each. */
  pad<From extends Shape, Type extends DType, const P extends readonly (readonly [number, number])[]>(
    this: Typed<From, Type>,
    padding: Check<Pad<From, P>, P>,
    value = 0,
  ): Tensor<ShapeOf<Pad<From, P>>, Type> {
    return wrap(layout.pad(this, padding as P, value));
  }
  /** A new axis of size 1. */
  expandDims<From extends Shape, Type extends DType, const A extends number>(
    this: Typed<From, Type>,
    axis: Check<ExpandDims<From, A>, A>,
  ): Tensor<ShapeOf<ExpandDims<From, A>>, Type> {
    return wrap(layout.expandDims(this, axis as A));
  }
  /** Without the axes given, which must have size 1; without all such axes if none are given. */
  squeeze<From extends Shape, Type extends DType, const A extends Shape | undefined = undefined>(
    this: Typed<From, Type>,
    axes?: Check<Squeeze<From, A>, A>,
  ): Tensor<ShapeOf<Squeeze<From, A>>, Type> {
    return wrap(layout.squeeze(this, axes as A));
  }
  /**
   * The slices along an axis (0) that the indices name, in their order: the indices' shape stands in the place of the
   * axis. Negative indices count from the end. Throws ShapeError for an index that does not exist.
   */
  gather<
    From extends Shape,
    Type extends DType,
    const I extends Typed<Shape, DType> | NestedArray,
    const A extends number = 0,
  >(
    this: Typed<From, Type>,
    indices: I,
    axis?: Check<Gather<From, GivenShape<I>, A>, A>,
  ): Tensor<ShapeOf<Gather<From, GivenShape<I>, A>>, Type> {
    const given: NdArray = isTensor(indices) ? indices : fromNested(indices as NestedArray, undefined, undefined);
    return wrap(gather(this, given, axis as A));
  }
  /** Repeats along axes of size 1, and along new axes in front, until the shape is the one given. */
  broadcastTo<From extends Shape, Type extends DType, const T extends Shape>(
    this: Typed<From, Type>,
    shape: Check<BroadcastTo<From, T>, T>,
  ): Tensor<ShapeOf<BroadcastTo<From, T>>, Type> {
    return wrap(layout.broadcastTo(this, shape as T));
  }
  /**
   * The elements as another type. To int32 and uint8 they are cut toward zero and kept within the range, NaN is an
   * error; to bool everything but 0 is true.
   */
  cast<From extends Shape, T extends DType>(this: Typed<From, DType>, dtype: T): Tensor<From, T> {
    const { data } = cast(this, dtype);
    return new Tensor(this.shape, dtype, data);
  }

  /** Elementwise with broadcasting. Integers give int32, which wraps around; a number takes the tensor's type. */
  add<From extends Shape, Type extends DType, const B extends Operand>(
    this: Typed<From, Type>,
    b: Check<Broadcast<'add', From, OperandShape<B>>, B>,
  ): Combined<'add', From, Type, B> {
    return wrap(binary('add', this, b as Operand));
  }
  subtract<From extends Shape, Type extends DType, const B extends Operand>(
    this: Typed<From, Type>,
    b: Check<Broadcast<'subtract', From, OperandShape<B>>, B>,
  ): Combined<'subtract', From, Type, B> {
    return wrap(binary('subtract', this, b as Operand));
  }
  multiply<From extends Shape, Type extends DType, const B extends Operand>(
    this: Typed<From, Type>,
    b: Check<Broadcast<'multiply', From, OperandShape<B>>, B>,
  ): Combined<'multiply', From, Type, B> {
    return wrap(binary('multiply', this, b as Operand));
  }
  /** Always float32. */
  divide<From extends Shape, const B extends Operand>(
    this: Typed<From, DType>,
    b: Check<Broadcast<'divide', From, OperandShape<B>>, B>,
  ): Tensor<ShapeOf<Broadcast<'divide', From, OperandShape<B>>>, 'float32'> {
    return wrap(binary('divide', this, b as Operand));
  }
  maximum<From extends Shape, Type extends DType, const B extends Operand>(
    this: Typed<From, Type>,
    b: Check<Broadcast<'maximum', From, OperandShape<B>>, B>,
  ): Combined<'maximum', From, Type, B> {
    return wrap(binary('maximum', this, b as Operand));
  }
  minimum<From extends Shape, Type extends DType, const B extends Operand>(
    this: Typed<From, Type>,
    b: Check<Broadcast<'minimum', From, OperandShape<B>>, B>,
  ): Combined<'minimum', From, Type, B> {
    return wrap(binary('minimum', this, b as Operand));
  }
  /** Each element to the power of b. */
  pow<From extends Shape, Type extends DType, const B extends Operand>(
    this: Typed<From, Type>,
    b: Check<Broadcast<'pow', From, OperandShape<B>>, B>,
  ): Combined<'pow', From, Type, B> {
    return wrap(binary('pow', this, b as Operand));
  }

  equal<From extends Shape, const B extends Operand>(
    this: Typed<From, DType>,
    b: Check<Broadcast<'equal', From, OperandShape<B>>, B>,
  ): Compared<'equal', From, B> {
    return wrap(compare('equal', this, b as Operand));
  }
  notEqual<From extends Shape, const B extends Operand>(
    this: Typed<From, DType>,
    b: Check<Broadcast<'notEqual', From, OperandShape<B>>, B>,
  ): Compared<'notEqual', From, B> {
    return wrap(compare('notEqual', this, b as Operand));
  }
  less<From extends Shape, const B extends Operand>(
    this: Typed<From, DType>,
    b: Check<Broadcast<'less', From, OperandShape<B>>, B>,
  ): Compared<'less', From, B> {
    return wrap(compare('less', this, b as Operand));
  }
  lessEqual<From extends Shape, const B extends Operand>(
    this: Typed<From, DType>,
    b: Check<Broadcast<'lessEqual', From, OperandShape<B>>, B>,
  ): Compared<'lessEqual', From, B> {
    return wrap(compare('lessEqual', this, b as Operand));
  }
  greater<From extends Shape, const B extends Operand>(
    this: Typed<From, DType>,
    b: Check<Broadcast<'greater', From, OperandShape<B>>, B>,
  ): Compared<'greater', From, B> {
    return wrap(compare('greater', this, b as Operand));
  }
  greaterEqual<From extends Shape, const B extends Operand>(
    this: Typed<From, DType>,
    b: Check<Broadcast<'greaterEqual', From, OperandShape<B>>, B>,
  ): Compared<'greaterEqual', From, B> {
    return wrap(compare('greaterEqual', this, b as Operand));
  }

  exp<From extends Shape>(this: Typed<From, DType>): Tensor<From, 'float32'> {
    return wrap(unary('exp', this));
  }
  /** Natural logarithm. */
  log<From extends Shape>(this: Typed<From, DType>): Tensor<From, 'float32'> {
    return wrap(unary('log', this));
  }
  sqrt<From extends Shape>(this: Typed<From, DType>): Tensor<From, 'float32'> {
    return wrap(unary('sqrt', this));
  }
  sigmoid<From extends Shape>(this: Typed<From, DType>): Tensor<From, 'float32'> {
    return wrap(unary('sigmoid', this));
  }
  tanh<From extends Shape>(this: Typed<From, DType>): Tensor<From, 'float32'> {
    return wrap(unary('tanh', this));
  }
  abs<From extends Shape, Type extends DType>(this: Typed<From, Type>): Tensor<From, Arithmetic<Type, 'bool'>> {
    return wrap(unary('abs', this));
  }
  square<From extends Shape, Type extends DType>(this: Typed<From, Type>): Tensor<From, Arithmetic<Type, 'bool'>> {
    return wrap(unary('square', this));
  }
  negate<From extends Shape, Type extends DType>(this: Typed<From, Type>): Tensor<From, Arithmetic<Type, 'bool'>> {
    return wrap(unary('negate', this));
  }
  /** The elements kept within min ... max. */
  clip<From extends Shape, Type extends DType>(this: Typed<From, Type>, min: number, max: number): Tensor<From, Type> {
    return wrap(clip(this, min, max));
  }

  /** Over the axes given, over all if none are; `keepDims` leaves them with size 1. Integers give int32. */
  sum<
    From extends Shape,
    Type extends DType,
    const A extends Axes | undefined = undefined,
    const K extends boolean = false,
  >(
    this: Typed<From, Type>,
    axes?: Check<ReducedShape<'sum', From, A, K>, A>,
    keepDims?: K,
  ): Tensor<ShapeOf<ReducedShape<'sum', From, A, K>>, Arithmetic<Type, 'bool'>> {
    return wrap(reduce('sum', this, axes as A, keepDims));
  }
  mean<From extends Shape, const A extends Axes | undefined = undefined, const K extends boolean = false>(
    this: Typed<From, DType>,
    axes?: Check<ReducedShape<'mean', From, A, K>, A>,
    keepDims?: K,
  ): Tensor<ShapeOf<ReducedShape<'mean', From, A, K>>, 'float32'> {
    return wrap(reduce('mean', this, axes as A, keepDims));
  }
  max<
    From extends Shape,
    Type extends DType,
    const A extends Axes | undefined = undefined,
    const K extends boolean = false,
  >(
    this: Typed<From, Type>,
    axes?: Check<ReducedShape<'max', From, A, K>, A>,
    keepDims?: K,
  ): Tensor<ShapeOf<ReducedShape<'max', From, A, K>>, Type> {
    return wrap(reduce('max', this, axes as A, keepDims));
  }
  min<
    From extends Shape,
    Type extends DType,
    const A extends Axes | undefined = undefined,
    const K extends boolean = false,
  >(
    this: Typed<From, Type>,
    axes?: Check<ReducedShape<'min', From, A, K>, A>,
    keepDims?: K,
  ): Tensor<ShapeOf<ReducedShape<'min', From, A, K>>, Type> {
    return wrap(reduce('min', this, axes as A, keepDims));
  }
  /** The mean square of the distances from the mean, over the axes given: the variance of a whole population. */
  variance<From extends Shape, const A extends Axes | undefined = undefined, const K extends boolean = false>(
    this: Typed<From, DType>,
    axes?: Check<ReducedShape<'variance', From, A, K>, A>,
    keepDims?: K,
  ): Tensor<ShapeOf<ReducedShape<'variance', From, A, K>>, 'float32'> {
    return wrap(reduce('variance', this, axes as A, keepDims));
  }
  /** The standard deviation: the square root of `variance`. */
  std<From extends Shape, const A extends Axes | undefined = undefined, const K extends boolean = false>(
    this: Typed<From, DType>,
    axes?: Check<ReducedShape<'std', From, A, K>, A>,
    keepDims?: K,
  ): Tensor<ShapeOf<ReducedShape<'std', From, A, K>>, 'float32'> {
    return wrap(reduce('std', this, axes as A, keepDims));
  }
  /**
   * The place of the first largest element along an axis, over all elements if none is given; of the first NaN if there
   * are any.
   */
  argmax<From extends Shape, const A extends number | undefined = undefined>(
    this: Typed<From, DType>,
    axis?: Check<ReducedShape<'argmax', From, A, false>, A>,
  ): Tensor<ShapeOf<ReducedShape<'argmax', From, A, false>>, 'int32'> {
    return wrap(argReduce('argmax', this, axis as A));
  }
  /** The place of the first smallest element, found like that of the largest by `argmax`. */
  argmin<From extends Shape, const A extends number | undefined = undefined>(
    this: Typed<From, DType>,
    axis?: Check<ReducedShape<'argmin', From, A, false>, A>,
  ): Tensor<ShapeOf<ReducedShape<'argmin', From, A, false>>, 'int32'> {
    return wrap(argReduce('argmin', this, axis as A));
  }

  /**
   * [..., m, k] x [..., k, n] -> [..., m, n], as float32; the axes in front are broadcast. A vector on the left is a row,
   * one on the right a column, whose axis the result has not.
   */
  matmul<From extends Shape, B extends Tensor>(
    this: Typed<From, DType>,
    b: Check<MatMul<From, OperandShape<B>>, B>,
  ): Tensor<ShapeOf<MatMul<From, OperandShape<B>>>, 'float32'> {
    return wrap(matmul(this, checkedTensor('matmul', b as B)));
  }

  /** The tensor with its shape known to the compiler. Throws ShapeError if it has another. */
  assertShape<From extends Shape, Type extends DType, const T extends Shape>(
    this: Typed<From, Type>,
    shape: MayEqual<From, T> extends true
      ? T
      : Sentence<'assertShape', { shape: FormatShape<From>; asserted: FormatShape<T> }>,
  ): Tensor<Plain<T>, Type> {
    const asserted: Shape = checkedShape('assertShape', shape as T);
    if (!sameShape(this.shape, asserted)) {
      const shapes = { shape: formatShape(this.shape), asserted: formatShape(asserted) };
      throw new ShapeError(sentence('assertShape', shapes));
    }
    return wrap(this);
  }

  /** The only element. Throws ShapeError if there are more, or none. */
  item(): number {
    return onlyElement(this);
  }
  /** The element at a position; negative places count from the end. Throws ShapeError if there is none. */
  at(...position: readonly number[]): number {
    return elementAt(this, position);
  }

  /** Nested arrays, as deep as there are axes. */
  toArray(): Nested {
    return nestedArrays(this);
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
