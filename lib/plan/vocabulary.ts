/**
 * The operations that layers, losses, metrics and users compose, typed by shapes: the names, signatures and rules of
 * the operations of tensors.
 */
import type { Interpolation, Padding, Pair } from '../../kernels/geometry.ts';
import type {
  Conv2DTransposeValue,
  Conv2DValue,
  DepthwiseConv2DValue,
  ResizeValue,
} from '../shape/convolution-rules.ts';
import type { Check, ShapeOf } from '../shape/literal.ts';
import type { MatchingRows, Pooling2DValue, Rows } from '../shape/rules.ts';
import type { Shape } from '../shape/shape.ts';
import type { Halved } from '../tensor/half-rule.ts';
import type {
  BroadcastTo,
  Concat,
  ExpandDims,
  Gather,
  Pad,
  Slice,
  Squeeze,
  Stack,
  TensorReshape,
  Transpose,
} from '../tensor/layout-rules.ts';
import type { Broadcast, MatMul, OperandShape, ReducedShape } from '../tensor/rules.ts';
import type { ReluSettings } from './activation-ops.ts';
import type { Operand } from './emitter.ts';
import type { FormulaOps } from './generated/ops.ts';
import type { Value } from './graph.ts';
import type { Resampling } from './image-ops.ts';
import type {
  BatchNormalizationValues,
  GivenStatistics,
  GroupNormalizationValues,
  LayerNormalizationValues,
  RmsNormalizationValues,
} from './normalization-ops.ts';

/** Elementwise with NumPy's broadcasting. */
type Arithmetic<Op extends string> = <const A extends Operand, const B extends Operand>(
  a: A,
  b: Check<Broadcast<Op, OperandShape<A>, OperandShape<B>>, B>,
) => Value<ShapeOf<Broadcast<Op, OperandShape<A>, OperandShape<B>>>>;

/** A function of each element, or of each row along the last axis. */
type Mapped = <S extends Shape>(x: Value<S>) => Value<S>;

/** An operation that is written as a formula, with the types that follow its shapes. */
type Followed<Op, F> = F extends (...operands: infer P) => Value
  ? number extends P[0]
    ? Arithmetic<Op & string>
    : P extends [Value, ...infer Options extends (number | undefined)[]]
      ? <S extends Shape>(x: Value<S>, ...options: Options) => Value<S>
      : never
  : never;
/** The elementwise operations, and those along rows, as their formulas give them. */
type Elementwise = {
  readonly [Op in keyof FormulaOps as Followed<Op, FormulaOps[Op]> extends never ? never : Op]: Followed<
    Op,
    FormulaOps[Op]
  >;
};

type Axes = number | readonly number[];

/** Over the axes given, over all if none are; `keepDims` leaves them with size 1. */
type Reduced<Op extends string> = <
  S extends Shape,
  const A extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: Value<S>,
  axes?: Check<ReducedShape<Op, S, A, K>, A>,
  keepDims?: K,
) => Value<ShapeOf<ReducedShape<Op, S, A, K>>>;

/** A place along an axis, as int32; over all elements if none is given. */
type Placed<Op extends string> = <S extends Shape, const A extends number | undefined = undefined>(
  x: Value<S>,
  axis?: Check<ReducedShape<Op, S, A, false>, A>,
) => Value<ShapeOf<ReducedShape<Op, S, A, false>>>;

/** One number for each row along the last axis, of x and of targets of the same shape. */
type OfRows<Op extends string> = <S extends Shape, T extends Value>(
  x: Value<S>,
  targets: Check<MatchingRows<Op, S, OperandShape<T>>, T>,
) => Value<Rows<S>>;

/** The same of logits; the probabilities have no gradient. */
type OfLogits<Op extends string> = <S extends Shape, T extends Value>(
  logits: Value<S>,
  targets: Check<MatchingRows<Op, S, OperandShape<T>>, T>,
) => { readonly loss: Value<Rows<S>>; readonly probabilities: Value<S> };

/** Along an axis or over several, the last one if none is given. */
type AlongAxes<Op extends string> = <S extends Shape, const A extends Axes = -1>(
  x: Value<S>,
  axes?: Check<ReducedShape<Op, S, A, true>, A>,
) => Value<S>;

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

interface Normalized<S extends Shape> {
  readonly output: Value<S>;
  readonly mean: Value;
  readonly variance: Value;
}

type ShapesOf<T extends readonly Value[]> = { readonly [I in keyof T]: T[I]['shape'] };

/**
 * Each operation emits kernel calls and returns the value that they compute. Shapes include the batch axis. No gradient
 * flows through comparisons, `sign`, `floor`, `cast`, `argmax`, `argmin`, `oneHot`, the accuracies and `stopGradient`.
 * Operands whose shapes do not go together are a ShapeError, which the compiler tells beforehand where it knows them.
 */
export interface Ops extends Elementwise {
  /** Whether what is emitted trains: dropout acts only then. */
  readonly training: boolean;

  /** a where the condition is not 0, else b, all three broadcast. */
  where(condition: Value, a: Operand, b: Operand): Value;

  /** x above the threshold, but at most maxValue; negativeSlope (x - threshold) below. Without settings max(x, 0). */
  relu<S extends Shape>(x: Value<S>, settings?: ReluSettings): Value<S>;
  /** x times the share of a standard normal distribution below x; `approximate` computes that by a hyperbolic tangent. */
  gelu<S extends Shape>(x: Value<S>, approximate?: boolean): Value<S>;
  /** e^x over its sum. */
  readonly softmax: AlongAxes<'softmax'>;
  /** The logarithm of the softmax, which does not go through it. */
  readonly logSoftmax: AlongAxes<'logSoftmax'>;
  /** The scaled elu of Klambauer et al. 2017. */
  readonly selu: Mapped;
  /** x for x > 0, else alpha (e^(x / alpha) - 1); alpha is 1 if left out. */
  celu<S extends Shape>(x: Value<S>, alpha?: number): Value<S>;
  /** x tanh(softplus(x)). */
  readonly mish: Mapped;
  /** The logarithm of sigmoid(x), which does not go through it. */
  readonly logSigmoid: Mapped;
  /** x / 6 + 1 / 2, but at least 0 and at most 1. */
  readonly hardSigmoid: Mapped;
  /** x / (1 + |x|). */
  readonly softsign: Mapped;
  /** (x + sqrt(x^2 + b)) / 2; b is 4 if left out. */
  squareplus<S extends Shape>(x: Value<S>, b?: number): Value<S>;
  /** 0 up to -1, (x + 1)^2 / 4 up to 1, x beyond. */
  readonly sparsePlus: Mapped;
  /** x where it is farther from 0 than the threshold, 0.5 if left out; else 0. */
  hardShrink<S extends Shape>(x: Value<S>, threshold?: number): Value<S>;
  /** x above the threshold, else the value given. */
  threshold<S extends Shape>(x: Value<S>, threshold: number, value: number): Value<S>;
  /** x, but at least -1 and at most 1. */
  readonly hardTanh: Mapped;
  /** (x + 1) / 2, but at least 0 and at most 1. */
  readonly sparseSigmoid: Mapped;
  /** x brought nearer to 0 by the threshold, 0.5 if left out; 0 where it is no farther away. */
  softShrink<S extends Shape>(x: Value<S>, threshold?: number): Value<S>;
  /** x - tanh(x). */
  readonly tanhShrink: Mapped;
  /** The first half of x along an axis, the last if none is given, times the sigmoid of the second. */
  glu<S extends Shape, const A extends number = -1>(
    x: Value<S>,
    axis?: Check<Halved<'glu', S, A>, A>,
  ): Value<ShapeOf<Halved<'glu', S, A>>>;

  /** Zeroes a share `rate` of the elements while training and scales the others by 1 / (1 - rate): 0 <= rate < 1. */
  dropout<S extends Shape>(x: Value<S>, rate: Operand): Value<S>;
  localResponseNormalization<S extends Shape>(
    x: Value<S>,
    options: { depthRadius: number; bias: number; alpha: number; beta: number },
  ): Value<S>;
  /**
   * Each place along the axis (the last, if none is given) normalized over all others: (x - mean) / sqrt(variance +
   * epsilon) gamma + beta, where gamma is 1 and beta 0 if they are left out. No gradient flows through the mean and the
   * biased variance that are given besides, both of the length of the axis.
   */
  batchNormalization<S extends Shape>(x: Value<S>, options: BatchNormalizationValues): Normalized<S>;
  /**
   * Normalized over the axes given (the last, if none are), for each place of all others by itself, then times gamma and
   * plus beta, which have the shape of these axes and are 1 and 0 if they are left out.
   */
  layerNormalization<S extends Shape>(x: Value<S>, options: LayerNormalizationValues): Value<S>;
  /** Normalized over the places of each group of the axis (the last, if none is given) and all other axes but the first. */
  groupNormalization<S extends Shape>(x: Value<S>, options: GroupNormalizationValues): Value<S>;
  /** x / sqrt(mean of x^2 + epsilon) scale, the mean being taken over the axes given, the last if none are. */
  rmsNormalization<S extends Shape>(x: Value<S>, options: RmsNormalizationValues): Value<S>;
  /** As batch normalization predicts: with a mean and a variance that are given, of the length of the axis. */
  normalizeBy<S extends Shape>(x: Value<S>, options: GivenStatistics): Value<S>;
  /** x scale + shift, both of the length of the last axis. */
  scaleShift<S extends Shape>(x: Value<S>, scale: Value, shift: Value): Value<S>;
  /** The same numbers, through which no gradient flows. */
  readonly stopGradient: Mapped;
  /** The elements as another type: to int32 they are cut toward zero. */
  cast<S extends Shape>(x: Value<S>, dtype: 'float32' | 'int32'): Value<S>;
  /** Writes a variable, when the run has come so far: what is emitted later reads the new content. */
  assign(variable: Value, value: Value): void;
  /** Writes momentum variable + (1 - momentum) value into a variable of float32, as `assign` does. */
  assignMovingAverage(variable: Value, value: Value, momentum: number): void;

  /** A value of that shape which has one number everywhere. */
  fill<const S extends Shape>(shape: S, value: number): Value<S>;
  /** Numbers that are the same in each run, such as those of a tensor, as float32. */
  constant<S extends Shape>(values: { readonly shape: S; readonly data: ArrayLike<number> }): Value<S>;
  /** Uniform in min <= y < max (0 and 1 if left out), other numbers in each training step. */
  randomUniform<const S extends Shape>(shape: S, min?: number, max?: number): Value<S>;
  /** Normal with that mean and standard deviation (0 and 1 if left out), other numbers in each training step. */
  randomNormal<const S extends Shape>(shape: S, mean?: number, deviation?: number): Value<S>;

  readonly sum: Reduced<'sum'>;
  readonly mean: Reduced<'mean'>;
  readonly max: Reduced<'max'>;
  readonly min: Reduced<'min'>;
  readonly argmax: Placed<'argmax'>;
  readonly argmin: Placed<'argmin'>;

  /** The same elements under another shape, in which one axis may be -1 and takes what is left. */
  reshape<S extends Shape, const T extends Shape>(
    x: Value<S>,
    shape: Check<TensorReshape<S, T>, T>,
  ): Value<ShapeOf<TensorReshape<S, T>>>;
  /** The axes in another order; reversed if none is given. */
  transpose<S extends Shape, const P extends Shape | undefined = undefined>(
    x: Value<S>,
    permutation?: Check<Transpose<S, P>, P>,
  ): Value<ShapeOf<Transpose<S, P>>>;
  /** The box that begins at `begin` with `size` elements along each axis; -1 or none: the rest of the axis. */
  slice<S extends Shape, const B extends Shape, const Z extends Shape = []>(
    x: Value<S>,
    begin: Check<Slice<S, B, Z>, B>,
    size?: Z,
  ): Value<ShapeOf<Slice<S, B, Z>>>;
  /** Adds `value` before and after each axis: one [before, after] for each. */
  pad<S extends Shape, const P extends readonly (readonly [number, number])[]>(
    x: Value<S>,
    padding: Check<Pad<S, P>, P>,
    value?: number,
  ): Value<ShapeOf<Pad<S, P>>>;
  /** A new axis of size 1. */
  expandDims<S extends Shape, const A extends number>(
    x: Value<S>,
    axis: Check<ExpandDims<S, A>, A>,
  ): Value<ShapeOf<ExpandDims<S, A>>>;
  /** Without the axes given, which must have size 1; without all such axes if none are given. */
  squeeze<S extends Shape, const A extends Shape | undefined = undefined>(
    x: Value<S>,
    axes?: Check<Squeeze<S, A>, A>,
  ): Value<ShapeOf<Squeeze<S, A>>>;
  /** Repeats along axes of size 1, and along new axes in front, until the shape is the one given. */
  broadcastTo<S extends Shape, const T extends Shape>(
    x: Value<S>,
    shape: Check<BroadcastTo<S, T>, T>,
  ): Value<ShapeOf<BroadcastTo<S, T>>>;
  /** Values one behind the other along an axis, the first if none is given. */
  concat<const T extends readonly Value[], const A extends number = 0>(
    values: Check<Concat<ShapesOf<T>, A>, T>,
    axis?: A,
  ): Value<ShapeOf<Concat<ShapesOf<T>, A>>>;
  /** Values of one shape along a new axis. */
  stack<const T extends readonly Value[], const A extends number = 0>(
    values: Check<Stack<ShapesOf<T>, A>, T>,
    axis?: A,
  ): Value<ShapeOf<Stack<ShapesOf<T>, A>>>;
  /** The parts of x along an axis: so many of one size, or one for each size given. */
  split(x: Value, parts: number | readonly number[], axis?: number): Value[];
  /** The places along an axis that int32 `indices` name: its axes take the place of that axis. */
  gather<S extends Shape, I extends Shape, const A extends number = 0>(
    x: Value<S>,
    indices: Value<I>,
    axis?: Check<Gather<S, I, A>, A>,
  ): Value<ShapeOf<Gather<S, I, A>>>;

  /** The sum of x for each of `count` groups, to which int32 `indices`, of the shape of x, assign its elements: [count]. */
  segmentSum<const N extends number>(x: Value, indices: Value, count: N): Value<[N]>;

  /** [..., k] x [k, n] -> [..., n]; a vector on the left is a row, one on the right a column. */
  matmul<A extends Shape, B extends Value>(
    a: Value<A>,
    b: Check<MatMul<A, OperandShape<B>>, B>,
  ): Value<ShapeOf<MatMul<A, OperandShape<B>>>>;
  /**
   * [n, h, w, c] images and [r, s, c / groups, k] filters -> [n, p, q, k]. In groups of equally many channels each output
   * channel reads the input channels of its own group alone; one group if left out.
   */
  conv2d<
    const X extends Value,
    const W extends Value,
    const St extends Pair,
    const P extends Padding,
    const D extends Pair,
    const G extends number = 1,
  >(
    x: X,
    w: Check<Conv2DValue<OperandShape<X>, OperandShape<W>, St, P, D, G>, W>,
    options: Window<St, P, D> & { readonly groups?: G },
  ): Value<ShapeOf<Conv2DValue<OperandShape<X>, OperandShape<W>, St, P, D, G>>>;
  /** [n, h, w, c] images and [r, s, c, m] filters -> [n, p, q, c m]: each channel by itself, with m filters of its own. */
  depthwiseConv2d<
    const X extends Value,
    const W extends Value,
    const St extends Pair,
    const P extends Padding,
    const D extends Pair,
  >(
    x: X,
    w: Check<DepthwiseConv2DValue<OperandShape<X>, OperandShape<W>, St, P, D>, W>,
    options: Window<St, P, D>,
  ): Value<ShapeOf<DepthwiseConv2DValue<OperandShape<X>, OperandShape<W>, St, P, D>>>;
  /**
   * The transpose of a convolution: [n, h, w, c] images and [r, s, k, c] filters -> [n, rows, columns, k], of Keras's size:
   * h strides with padding `same`. `outputPadding` counts from the smallest size that the convolution brings to h and w.
   */
  conv2dTranspose<
    const X extends Value,
    const W extends Value,
    const St extends Pair,
    const P extends Padding,
    const D extends Pair,
    const O extends Pair | undefined = undefined,
  >(
    x: X,
    w: Check<Conv2DTransposeValue<OperandShape<X>, OperandShape<W>, St, P, D, O>, W>,
    options: Window<St, P, D> & { readonly outputPadding?: O },
  ): Value<ShapeOf<Conv2DTransposeValue<OperandShape<X>, OperandShape<W>, St, P, D, O>>>;
  /** Images of another size, `bilinear` if no interpolation is given: [n, h, w, c] -> [n, height, width, c]. */
  resize<const X extends Value, const Z extends Pair>(
    x: Check<ResizeValue<OperandShape<X>, Z>, X>,
    size: Z,
    interpolation?: Interpolation,
  ): Value<ShapeOf<ResizeValue<OperandShape<X>, Z>>>;
  /**
   * Images that are read at other places: [n, h, w, c] -> [n, height, width, c]. The pixel of column q and row p comes from
   * column m0 q + m1 p + m2 and row m3 q + m4 p + m5 of the image; the matrix has [6, n] numbers, six for each image. No
   * gradient flows to the matrix and the shift.
   */
  resample<const X extends Value, const Z extends Pair>(
    x: Check<ResizeValue<OperandShape<X>, Z, 'resample'>, X>,
    matrix: Value,
    options: Resampling & { readonly size: Z },
  ): Value<ShapeOf<ResizeValue<OperandShape<X>, Z, 'resample'>>>;
  /** Largest element of each window: [n, h, w, c] -> [n, p, q, c]. */
  readonly maxPool2d: Pooled<'maxPool2d'>;
  /** Mean of each window, padding left out of the count. */
  readonly averagePool2d: Pooled<'averagePool2d'>;
  /** Adds b, of the length of the last axis of x. */
  bias<S extends Shape>(x: Value<S>, b: Value): Value<S>;

  /** What a value is the sigmoid or the softmax of; undefined if it is no such one. */
  logitsOf<S extends Shape>(probabilities: Value<S>, activation: 'sigmoid' | 'softmax'): Value<S> | undefined;
  /** int32 class numbers [...] -> [..., classes]; a row of zeros for a number that is no class. */
  oneHot<S extends Shape, const N extends number>(labels: Value<S>, classes: N): Value<[...S, N]>;
  /** The cross-entropy of targets and softmax(logits), which no logit can overflow, and that softmax. */
  readonly softmaxCrossEntropy: OfLogits<'softmaxCrossEntropy'>;
  /** The mean over the last axis of the binary cross-entropy of targets and sigmoid(logits), and that sigmoid. */
  readonly sigmoidBinaryCrossEntropy: OfLogits<'sigmoidBinaryCrossEntropy'>;
  readonly crossEntropy: OfRows<'crossEntropy'>;
  readonly binaryCrossEntropy: OfRows<'binaryCrossEntropy'>;
  readonly meanSquaredError: OfRows<'meanSquaredError'>;
  /** 1 for each row whose largest column is that of the targets, else 0; 0 where the targets are zeros: no class. */
  readonly categoricalAccuracy: OfRows<'categoricalAccuracy'>;
  /** For each row the share of columns that are above 0.5 and have the target 1, or are not and have the target 0. */
  readonly binaryAccuracy: OfRows<'binaryAccuracy'>;
}
