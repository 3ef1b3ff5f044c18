import { rowMajorStrides } from '../../kernels/geometry.ts';
import { OptionError, ShapeError, StateError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import { checkedAxis } from '../tensor/layout.ts';
import { type Operand, operationOf, rowGeometry } from './emitter.ts';
import { originOf, type Value } from './graph.ts';
import { NormalizationOps } from './normalization-ops.ts';

/**
 * The operations that layers, losses and metrics compose: each emits kernel calls into a graph and returns the value
 * they compute. Shapes include the batch axis. They have the names and the
 * parameters of the operations of tensors. No gradient flows through comparisons, sign, floor, casts, argmax, oneHot and
 * the accuracies.
 */
export class Ops extends NormalizationOps {
  /** How many streams of random numbers have been used. */
  protected streams = 0;

  /**
   * [..., k] x [k, n] -> [..., n]; a vector on the left is a row, one on the right a column. Throws ShapeError if the inner
   * axes differ, or if b has more than two axes.
   */
  matmul(a: Value, b: Value): Value {
    const shapes = { a: formatShape(a.shape), b: formatShape(b.shape) };
    if (a.shape.length === 0 || b.shape.length === 0) throw new ShapeError(sentence('matmulRank', shapes));
    if (b.shape.length > 2) {
      throw new ShapeError(`matmul: ${shapes.a} x ${shapes.b}: b must be a matrix or a vector; split it into matrices`);
    }
    const [before, k] = [a.shape.slice(0, -1), a.shape.at(-1)!];
    const behind = b.shape.slice(1);
    if (k !== b.shape[0]) {
      throw new ShapeError(sentence('matmul', { ...shapes, columns: k, rows: b.shape[0]! }));
    }
    const [left, right] = [this.reshape(a, [sizeOf(before), k]), this.reshape(b, [k, sizeOf(behind)])];
    return this.reshape(this.matrixProduct(left, right), [...before, ...behind]);
  }

  /** [m, k] x [k, n] -> [m, n], where `transposeA` and `transposeB` read an operand as its transpose: for gradients. */
  matrixProduct(a: Value, b: Value, { transposeA = false, transposeB = false } = {}): Value {
    const [m = 0, k = 0] = transposeA ? a.shape.toReversed() : a.shape;
    const n = b.shape[transposeB ? 0 : 1]!;
    return this.emit('matmulForward', { c: [m, n] }, { a, b }, { m, n, k, transposeA, transposeB })['c']!;
  }

  /** Adds b, of the length of the last axis of x. */
  bias(x: Value, b: Value): Value {
    return this.graph.emit('biasForward', { y: x.shape }, { x, b }, rowGeometry(x)).y;
  }

  /**
   * Zeroes a share `rate` of the elements and scales the others by 1 / (1 - rate); nothing outside training. A rate that
   * may change from step to step is a value of one element.
   */
  dropout(x: Value, rate: Operand): Value {
    const stream = this.streams++;
    if (!this.training || rate === 0 || this.random === undefined) return x;
    const inputs = { x, random: this.random, rate: typeof rate === 'number' ? this.fill([1], rate) : rate };
    if (sizeOf(inputs.rate.shape) !== 1) {
      throw new ShapeError(
        `dropout: the rate must be a single number, got a value of ${formatShape(inputs.rate.shape)}`,
      );
    }
    return this.emit('dropoutForward', { y: x.shape }, inputs, { size: sizeOf(x.shape), stream })['y']!;
  }

  localResponseNormalization(
    x: Value,
    options: { depthRadius: number; bias: number; alpha: number; beta: number },
  ): Value {
    const geometry = { ...rowGeometry(x), ...options };
    return this.graph.emit('localResponseNormalizationForward', { y: x.shape }, { x }, geometry).y;
  }

  /** What a value is the sigmoid or the softmax of; undefined if it is no such one. */
  logitsOf(probabilities: Value, activation: 'sigmoid' | 'softmax'): Value | undefined {
    const made = this.graph.calls.find(call => call.outputs['y'] === probabilities);
    return made?.kernel === `${activation}Forward` ? made.inputs['x'] : undefined;
  }

  /** Powers of 1, 2 and 0.5 are what they are without a logarithm; see FormulaOps.pow for all others. */
  override pow(a: Operand, b: Operand): Value {
    if (typeof a !== 'number') {
      if (b === 1) return a;
      if (b === 2) return this.square(a);
      if (b === 0.5) return this.sqrt(a);
    }
    return super.pow(a, b);
  }

  /** Over the axes given, over all if none are; `keepDims` leaves them with size 1. */
  sum(x: Value, axes?: Axes, keepDims = false): Value {
    return this.#reduced('sumForward', x, axes, keepDims);
  }
  mean(x: Value, axes?: Axes, keepDims = false): Value {
    const sum = this.sum(x, axes, keepDims);
    return this.affine(sum, sizeOf(sum.shape) / sizeOf(x.shape));
  }
  /** NaN if one of the elements is. Of several largest elements each gets an equal share of the gradient. */
  max(x: Value, axes?: Axes, keepDims = false): Value {
    return this.#reduced('maxForward', x, axes, keepDims);
  }
  min(x: Value, axes?: Axes, keepDims = false): Value {
    return this.#reduced('minForward', x, axes, keepDims);
  }

  /** int32: the place of the first largest element, or of the first NaN, along an axis; over all elements if none is given. */
  argmax(x: Value, axis?: number): Value {
    return this.#argument('argmax', x, axis);
  }
  argmin(x: Value, axis?: number): Value {
    return this.#argument('argmin', x, axis);
  }

  /** Uniform in min <= y < max, other numbers in each run. Throws StateError in graphs without a source of randomness. */
  randomUniform(shape: Shape, min = 0, max = 1): Value {
    const geometry = { size: sizeOf(shape), stream: this.streams++, min, max };
    return this.emit('randomUniform', { y: shape }, { random: this.#source('randomUniform') }, geometry)['y']!;
  }
  randomNormal(shape: Shape, mean = 0, deviation = 1): Value {
    const geometry = { size: sizeOf(shape), stream: this.streams++, mean, deviation };
    return this.emit('randomNormal', { y: shape }, { random: this.#source('randomNormal') }, geometry)['y']!;
  }

  /** Numbers that are the same in each run, as float32. */
  constant({ shape, data }: { readonly shape: Shape; readonly data: ArrayLike<number> }): Value {
    return this.graph.preparedInput(`constant ${this.graph.values.length}`, shape, 'float32', out => out.set(data));
  }

  /** Writes a variable, when the run has come so far: what is emitted later reads the new content. */
  assign(variable: Value, value: Value): void {
    checkAssigned('assign', variable, value);
    this.graph.emitUpdate('assign', { y: variable }, { x: value }, { size: sizeOf(value.shape) });
  }

  /** Writes momentum variable + (1 - momentum) value into a variable of float32. */
  assignMovingAverage(variable: Value, value: Value, momentum: number): void {
    checkAssigned('assignMovingAverage', variable, value);
    const geometry = { size: sizeOf(value.shape), momentum, share: 1 - momentum };
    this.graph.emitUpdate('movingAverage', { y: variable }, { average: variable, x: value }, geometry);
  }

  #source(what: string): Value {
    if (this.random !== undefined) return this.random;
    throw new StateError(`${what}: this graph has no source of randomness; only training has one`);
  }

  #reduced(
    kernel: 'sumForward' | 'maxForward' | 'minForward',
    x: Value,
    axes: Axes | undefined,
    keepDims: boolean,
  ): Value {
    const gone = reducedAxes(operationOf(kernel), x.shape, axes);
    const kept = x.shape.map((size, axis) => (gone.includes(axis) ? 1 : size));
    const strides = rowMajorStrides(kept).map((stride, axis) => (gone.includes(axis) ? 0 : stride));
    const geometry = { size: sizeOf(x.shape), reducedSize: sizeOf(kept), shape: x.shape, strides };
    const shape = keepDims ? kept : x.shape.filter((_, axis) => !gone.includes(axis));
    return this.emit(kernel, { y: shape }, { x }, geometry)['y']!;
  }

  #argument(kernel: 'argmax' | 'argmin', x: Value, axis: number | undefined): Value {
    if (axis === undefined) return this.#argument(kernel, this.reshape(x, [sizeOf(x.shape)]), 0);
    const along = checkedAxis(kernel, axis, x.shape.length);
    const [before, behind] = [x.shape.slice(0, along), x.shape.slice(along + 1)];
    const geometry = { outer: sizeOf(before), length: x.shape[along]!, inner: sizeOf(behind) };
    return this.emit(kernel, { y: [...before, ...behind] }, { x }, geometry)['y']!;
  }
}

/** Throws OptionError for what is no variable, ShapeError for a value that does not fit into it. */
function checkAssigned(what: string, variable: Value, value: Value): void {
  if (originOf(variable).role !== 'variable') {
    throw new OptionError(
      `${what}: "${variable.name}" is no variable; only what a layer or a training declares is kept`,
    );
  }
  if (!sameShape(variable.shape, value.shape) || variable.dtype !== value.dtype) {
    const [to, from] = [variable, value].map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`);
    throw new ShapeError(`${what}: "${variable.name}" is ${to}, got ${from}`);
  }
}

type Axes = number | readonly number[];

function reducedAxes(what: string, shape: Shape, axes: Axes | undefined): number[] {
  if (axes === undefined) return [...shape.keys()];
  const list = (typeof axes === 'number' ? [axes] : axes).map(axis => checkedAxis(what, axis, shape.length));
  if (new Set(list).size !== list.length) throw new ShapeError(`${what}: the axes ${formatShape(list)} name one twice`);
  return list;
}
