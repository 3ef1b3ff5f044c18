/**
 * The operations that layers, losses, metrics and users compose, typed by shapes: the names, signatures and rules of
 * the operations of tensors.
 */
import type { Padding, Pair } from '../../kernels/geometry.ts';
import type { Check, ShapeOf } from '../shape/literal.ts';
import type { Conv2DValue, MatchingRows, Pooling2DValue, Rows } from '../shape/rules.ts';
import type { Shape } from '../shape/shape.ts';
import type { TensorReshape, Transpose } from '../tensor/layout-rules.ts';
import type { Broadcast, MatMul, OperandShape, ReducedShape } from '../tensor/rules.ts';
import type { Operand } from './emitter.ts';
import type { Value } from './graph.ts';

/** What arithmetic works on: a number stands for a value that has it everywhere. */
export type ValueOperand = Value | number;

/** Elementwise with NumPy's broadcasting. */
type Arithmetic<Op extends string> = <const A extends ValueOperand, const B extends ValueOperand>(
  a: A,
  b: Check<Broadcast<Op, OperandShape<A>, OperandShape<B>>, B>,
) => Value<ShapeOf<Broadcast<Op, OperandShape<A>, OperandShape<B>>>>;

/** A function of each element, or of each row along the last axis. */
type Mapped = <S extends Shape>(x: Value<S>) => Value<S>;

/** A sum or the like over the axes given, which disappear; over all of them if none are given. */
type Reduced<Op extends string> = <S extends Shape, const A extends readonly number[] | undefined = undefined>(
  x: Value<S>,
  axes?: Check<ReducedShape<Op, S, A, false>, A>,
) => Value<ShapeOf<ReducedShape<Op, S, A, false>>>;

/** One number for each row along the last axis, of x and of targets of the same shape. */
type OfRows<Op extends string> = <S extends Shape, T extends Value>(
  x: Value<S>,
  targets: Check<MatchingRows<Op, S, OperandShape<T>>, T>,
) => Value<Rows<S>>;

interface Window<St extends Pair, P extends Padding, D extends Pair> {
  readonly strides: St;
  readonly dilation: D;
  readonly padding: P;
}
type Pooled<Op extends string> = <
  const X extends Value,
  const K extends Pair,
  const St extends Pair,
  const P extends Padding,
  const D extends Pair,
>(
  x: Check<Pooling2DValue<Op, OperandShape<X>, K, St, P>, X>,
  options: Window<St, P, D> & { readonly window: K },
) => Value<ShapeOf<Pooling2DValue<Op, OperandShape<X>, K, St, P>>>;

/**
 * Each operation emits kernel calls and returns the value that they compute. Shapes include the batch axis. Every
 * operation has a gradient, except `oneHot` and the accuracies. Operands whose shapes do not go together are a
 * ShapeError, which the compiler tells beforehand where it knows them.
 */
export interface Ops {
  /** Whether what is emitted trains: dropout acts only then. */
  readonly training: boolean;

  readonly add: Arithmetic<'add'>;
  readonly subtract: Arithmetic<'subtract'>;
  readonly multiply: Arithmetic<'multiply'>;
  readonly divide: Arithmetic<'divide'>;
  /** factor x + offset. */
  affine<S extends Shape>(x: Value<S>, factor: number, offset?: number): Value<S>;

  maximum(a: Operand, b: Operand): Value;
  minimum(a: Operand, b: Operand): Value;
  pow(a: Operand, b: Operand): Value;
  /** Comparisons give 1 or 0, through which no gradient flows. */
  equal(a: Operand, b: Operand): Value;
  notEqual(a: Operand, b: Operand): Value;
  less(a: Operand, b: Operand): Value;
  lessEqual(a: Operand, b: Operand): Value;
  greater(a: Operand, b: Operand): Value;
  greaterEqual(a: Operand, b: Operand): Value;
  clip<S extends Shape>(x: Value<S>, min: number, max: number): Value<S>;
  readonly square: Mapped;
  readonly negate: Mapped;
  readonly sign: Mapped;
  readonly floor: Mapped;
  readonly exp: Mapped;
  readonly log: Mapped;
  readonly sqrt: Mapped;
  readonly abs: Mapped;
  readonly relu: Mapped;
  leakyRelu<S extends Shape>(x: Value<S>, alpha: number): Value<S>;
  elu<S extends Shape>(x: Value<S>, alpha: number): Value<S>;
  readonly sigmoid: Mapped;
  readonly tanh: Mapped;
  /** Over the last axis. */
  readonly softmax: Mapped;
  /** Zeroes a share `rate` of the elements while training and scales the others by 1 / (1 - rate). */
  dropout<S extends Shape>(x: Value<S>, rate: number): Value<S>;
  localResponseNormalization<S extends Shape>(
    x: Value<S>,
    options: { depthRadius: number; bias: number; alpha: number; beta: number },
  ): Value<S>;

  /** A value of that shape which has one number everywhere. */
  fill<const S extends Shape>(shape: S, value: number): Value<S>;

  readonly sum: Reduced<'sum'>;
  readonly mean: Reduced<'mean'>;
  readonly max: Reduced<'max'>;
  readonly min: Reduced<'min'>;
  /** int32; over all elements if no axis is given. */
  argmax(x: Value, axis?: number): Value;
  argmin(x: Value, axis?: number): Value;

  /** The same elements under another shape. */
  reshape<S extends Shape, const T extends Shape>(
    x: Value<S>,
    shape: Check<TensorReshape<S, T>, T>,
  ): Value<ShapeOf<TensorReshape<S, T>>>;
  /** The box that begins at `begin`; -1, or a size left out, takes the rest of an axis. */
  slice(x: Value, begin: readonly number[], size?: readonly number[]): Value;
  /** Adds elements of `value` (0) before and after each axis. */
  pad(x: Value, padding: readonly (readonly [number, number])[], value?: number): Value;
  expandDims(x: Value, axis: number): Value;
  squeeze(x: Value, axes?: readonly number[]): Value;
  broadcastTo(x: Value, shape: Shape): Value;
  concat(values: readonly Value[], axis?: number): Value;
  split(x: Value, parts: number | readonly number[], axis?: number): Value[];
  stack(values: readonly Value[], axis?: number): Value;
  /** The places along an axis that int32 `indices` name; zeros where there is none. */
  gather(x: Value, indices: Value, axis?: number): Value;
  /** a where the condition is not 0, else b. */
  where(condition: Value, a: Operand, b: Operand): Value;
  cast<S extends Shape>(x: Value<S>, dtype: 'float32' | 'int32'): Value<S>;
  stopGradient<S extends Shape>(x: Value<S>): Value<S>;
  /** Writes a variable; what is emitted later reads the new content. */
  assign(variable: Value, value: Value): void;
  randomUniform<const S extends Shape>(shape: S, min?: number, max?: number): Value<S>;
  randomNormal<const S extends Shape>(shape: S, mean?: number, deviation?: number): Value<S>;
  /** The axes in another order. */
  transpose<S extends Shape, const P extends Shape>(
    x: Value<S>,
    permutation: Check<Transpose<S, P>, P>,
  ): Value<ShapeOf<Transpose<S, P>>>;

  /** [m, k] x [k, n] -> [m, n] */
  matmul<A extends Shape, B extends Value>(
    a: Value<A>,
    b: Check<MatMul<A, OperandShape<B>>, B>,
  ): Value<ShapeOf<MatMul<A, OperandShape<B>>>>;
  /** [n, h, w, c] images and [r, s, c, k] filters -> [n, p, q, k]. */
  conv2d<
    const X extends Value,
    const W extends Value,
    const St extends Pair,
    const P extends Padding,
    const D extends Pair,
  >(
    x: X,
    w: Check<Conv2DValue<OperandShape<X>, OperandShape<W>, St, P, D>, W>,
    options: Window<St, P, D>,
  ): Value<ShapeOf<Conv2DValue<OperandShape<X>, OperandShape<W>, St, P, D>>>;
  /** Largest element of each window: [n, h, w, c] -> [n, p, q, c]. */
  readonly maxPool2d: Pooled<'maxPool2d'>;
  /** Mean of each window, padding left out of the count. */
  readonly averagePool2d: Pooled<'averagePool2d'>;
  /** Adds b, of the length of the last axis of x. */
  bias<S extends Shape>(x: Value<S>, b: Value): Value<S>;

  /** int32 class numbers [...] -> [..., classes]. */
  oneHot<S extends Shape, const N extends number>(labels: Value<S>, classes: N): Value<[...S, N]>;
  readonly crossEntropy: OfRows<'crossEntropy'>;
  readonly binaryCrossEntropy: OfRows<'binaryCrossEntropy'>;
  readonly meanSquaredError: OfRows<'meanSquaredError'>;
  /** 1 for each row whose largest column is that of the targets, else 0. */
  readonly categoricalAccuracy: OfRows<'categoricalAccuracy'>;
  /** For each row the share of columns that lie on the same side of 0.5 as the targets. */
  readonly binaryAccuracy: OfRows<'binaryAccuracy'>;
}
