import {
  broadcastStrides,
  conv2dGeometry,
  denseStrides,
  type WindowOptions,
  window2dGeometry,
} from '../../kernels/geometry.ts';
import { ShapeError } from '../errors.ts';
import { broadcastShape, formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import type { Graph, Value } from './graph.ts';

type UnaryKernel =
  | 'reluForward'
  | 'sigmoidForward'
  | 'tanhForward'
  | 'expForward'
  | 'logForward'
  | 'sqrtForward'
  | 'absForward';
type BinaryKernel = 'addForward' | 'subtractForward' | 'multiplyForward' | 'divideForward';
type RowLossKernel = 'crossEntropyForward' | 'binaryCrossEntropyForward' | 'meanSquaredErrorForward';

/**
 * The operations that layers, losses and metrics compose: each emits kernel calls into a graph and returns the value
 * they compute. Shapes include the batch axis. Every operation here has a gradient, except `oneHot` and the accuracies.
 */
export class Ops {
  readonly graph: Graph;
  /** Whether the graph trains: dropout acts only then. */
  readonly training: boolean;
  readonly #random: Value | undefined;
  #streams = 0;

  /** `random` is the int32 value [seed, seed, step, step] that dropout draws from; needed for training graphs. */
  constructor(graph: Graph, options: { training: boolean; random?: Value }) {
    this.graph = graph;
    this.training = options.training;
    this.#random = options.random;
  }

  /** The same elements under another shape. Throws ShapeError if the counts differ. */
  reshape(x: Value, shape: Shape): Value {
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw new ShapeError(
        `reshape: ${formatShape(x.shape)} has ${sizeOf(x.shape)} elements, ${formatShape(shape)} has ${sizeOf(shape)}`,
      );
    }
    return this.graph.view(x, shape);
  }

  /** [m, k] x [k, n] -> [m, n]; `transposeA` and `transposeB` read the operand as its transpose. */
  matmul(a: Value, b: Value, { transposeA = false, transposeB = false } = {}): Value {
    const [m, k] = matrixShape(a, transposeA);
    const [kb, n] = matrixShape(b, transposeB);
    if (k !== kb) {
      throw new ShapeError(
        `matmul: the inner axes differ: ${formatShape(a.shape)} x ${formatShape(b.shape)} (${k} against ${kb})`,
      );
    }
    return this.graph.emit('matmulForward', { c: [m, n] }, { a, b }, { m, n, k, transposeA, transposeB }).c;
  }

  /** [n, h, w, c] images and [r, s, c, k] filters -> [n, p, q, k]. */
  conv2d(x: Value, w: Value, options: Omit<WindowOptions, 'window'>): Value {
    const [r, s, , k] = fourAxes(w);
    const geometry = conv2dGeometry(fourAxes(x), k, { ...options, window: [r, s] });
    return this.graph.emit('conv2dForward', { y: [geometry.n, geometry.p, geometry.q, k] }, { x, w }, geometry).y;
  }

  /** Adds b, of the length of the last axis of x. */
  bias(x: Value, b: Value): Value {
    return this.graph.emit('biasForward', { y: x.shape }, { x, b }, rowsOf(x)).y;
  }

  maxPool2d(x: Value, options: WindowOptions): Value {
    const geometry = window2dGeometry(fourAxes(x), options);
    return this.graph.emit('maxPool2dForward', { y: [geometry.n, geometry.p, geometry.q, geometry.c] }, { x }, geometry)
      .y;
  }

  averagePool2d(x: Value, options: WindowOptions): Value {
    const geometry = window2dGeometry(fourAxes(x), options);
    return this.graph.emit(
      'averagePool2dForward',
      { y: [geometry.n, geometry.p, geometry.q, geometry.c] },
      { x },
      geometry,
    ).y;
  }

  relu(x: Value): Value {
    return this.#unary('reluForward', x);
  }
  leakyRelu(x: Value, alpha: number): Value {
    return this.graph.emit('leakyReluForward', { y: x.shape }, { x }, { size: sizeOf(x.shape), alpha }).y;
  }
  elu(x: Value, alpha: number): Value {
    return this.graph.emit('eluForward', { y: x.shape }, { x }, { size: sizeOf(x.shape), alpha }).y;
  }
  sigmoid(x: Value): Value {
    return this.#unary('sigmoidForward', x);
  }
  tanh(x: Value): Value {
    return this.#unary('tanhForward', x);
  }
  /** Over the last axis. */
  softmax(x: Value): Value {
    return this.graph.emit('softmaxForward', { y: x.shape }, { x }, rowsOf(x)).y;
  }

  /** Zeroes a share `rate` of the elements and scales the others by 1 / (1 - rate); nothing outside training. */
  dropout(x: Value, rate: number): Value {
    const stream = this.#streams++;
    if (!this.training || rate === 0 || this.#random === undefined) return x;
    const geometry = { size: sizeOf(x.shape), rate, stream };
    return this.graph.emit('dropoutForward', { y: x.shape }, { x, random: this.#random }, geometry).y;
  }

  localResponseNormalization(
    x: Value,
    options: { depthRadius: number; bias: number; alpha: number; beta: number },
  ): Value {
    const geometry = { ...rowsOf(x), ...options };
    return this.graph.emit('localResponseNormalizationForward', { y: x.shape }, { x }, geometry).y;
  }

  /** Elementwise with numpy's broadcasting. */
  add(a: Value, b: Value): Value {
    return this.#binary('addForward', a, b);
  }
  subtract(a: Value, b: Value): Value {
    return this.#binary('subtractForward', a, b);
  }
  multiply(a: Value, b: Value): Value {
    return this.#binary('multiplyForward', a, b);
  }
  divide(a: Value, b: Value): Value {
    return this.#binary('divideForward', a, b);
  }
  /** factor x + offset. */
  affine(x: Value, factor: number, offset = 0): Value {
    return this.graph.emit('affineForward', { y: x.shape }, { x }, { size: sizeOf(x.shape), factor, offset }).y;
  }
  exp(x: Value): Value {
    return this.#unary('expForward', x);
  }
  log(x: Value): Value {
    return this.#unary('logForward', x);
  }
  sqrt(x: Value): Value {
    return this.#unary('sqrtForward', x);
  }
  abs(x: Value): Value {
    return this.#unary('absForward', x);
  }

  /** The sum over the axes given (all of them if left out), which disappear. */
  sum(x: Value, axes: readonly number[] = x.shape.map((_, axis) => axis)): Value {
    const reduced = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const strides = denseStrides(reduced).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
    const geometry = { size: sizeOf(x.shape), reducedSize: sizeOf(reduced), shape: x.shape, strides };
    const shape = x.shape.filter((_, axis) => !axes.includes(axis));
    return this.graph.emit('sumForward', { y: shape }, { x }, geometry).y;
  }

  /** The mean over the axes given (all of them if left out), which disappear. */
  mean(x: Value, axes?: readonly number[]): Value {
    const sum = this.sum(x, axes);
    return this.affine(sum, sizeOf(sum.shape) / sizeOf(x.shape));
  }

  transpose(x: Value, permutation: readonly number[]): Value {
    const dense = denseStrides(x.shape);
    const shape = permutation.map(axis => x.shape[axis]!);
    const strides = permutation.map(axis => dense[axis]!);
    return this.graph.emit('transposeForward', { y: shape }, { x }, { size: sizeOf(shape), shape, strides }).y;
  }

  /** The box of x that begins at `begin` and has the shape `size`. */
  crop(x: Value, begin: readonly number[], size: readonly number[]): Value {
    return this.graph.emit('cropForward', { y: size }, { x }, { shape: x.shape, begin, size }).y;
  }

  /** x inside a tensor of zeros of the shape given, beginning at `begin`. */
  pad(x: Value, begin: readonly number[], shape: Shape): Value {
    return this.graph.emit('padForward', { y: shape }, { x }, { shape, begin, size: x.shape }).y;
  }

  /** int32 class numbers [...] -> [..., classes]. */
  oneHot(labels: Value, classes: number): Value {
    const shape = [...labels.shape, classes];
    return this.graph.emit('oneHot', { y: shape }, { labels }, { rows: sizeOf(labels.shape), columns: classes }).y;
  }

  /** Losses over the last axis: [..., columns] and targets of the same shape -> one number for each row. */
  crossEntropy(x: Value, targets: Value): Value {
    return this.#rowLoss('crossEntropyForward', x, targets);
  }
  binaryCrossEntropy(x: Value, targets: Value): Value {
    return this.#rowLoss('binaryCrossEntropyForward', x, targets);
  }
  meanSquaredError(x: Value, targets: Value): Value {
    return this.#rowLoss('meanSquaredErrorForward', x, targets);
  }
  softmaxCrossEntropy(logits: Value, targets: Value): { loss: Value; probabilities: Value } {
    const shapes = { loss: logits.shape.slice(0, -1), probabilities: logits.shape };
    return this.graph.emit('softmaxCrossEntropyForward', shapes, { logits, targets }, rowsOf(logits));
  }
  sigmoidBinaryCrossEntropy(logits: Value, targets: Value): { loss: Value; probabilities: Value } {
    const shapes = { loss: logits.shape.slice(0, -1), probabilities: logits.shape };
    return this.graph.emit('sigmoidBinaryCrossEntropyForward', shapes, { logits, targets }, rowsOf(logits));
  }

  /** 1 for each row whose largest column is that of the targets, else 0. */
  categoricalAccuracy(x: Value, targets: Value): Value {
    return this.graph.emit('categoricalAccuracy', { correct: x.shape.slice(0, -1) }, { x, targets }, rowsOf(x)).correct;
  }
  /** For each row the share of columns that lie on the same side of 0.5 as the targets. */
  binaryAccuracy(x: Value, targets: Value): Value {
    return this.graph.emit('binaryAccuracy', { correct: x.shape.slice(0, -1) }, { x, targets }, rowsOf(x)).correct;
  }

  #unary(kernel: UnaryKernel, x: Value): Value {
    return this.graph.emit(kernel, { y: x.shape }, { x }, { size: sizeOf(x.shape) }).y;
  }

  #rowLoss(kernel: RowLossKernel, x: Value, targets: Value): Value {
    return this.graph.emit(kernel, { loss: x.shape.slice(0, -1) }, { x, targets }, rowsOf(x)).loss;
  }

  #binary(kernel: BinaryKernel, a: Value, b: Value): Value {
    const shape = broadcastShape(kernel.replace('Forward', ''), a.shape, b.shape);
    const geometry = {
      size: sizeOf(shape),
      shape,
      aStrides: broadcastStrides(a.shape, shape),
      bStrides: broadcastStrides(b.shape, shape),
    };
    return this.graph.emit(kernel, { y: shape }, { a, b }, geometry).y;
  }
}

/** The geometry of x as rows along its last axis. */
export function rowsOf(x: Value): { rows: number; columns: number } {
  const columns = x.shape.at(-1) ?? 1;
  return { rows: sizeOf(x.shape.slice(0, -1)), columns };
}

function matrixShape(x: Value, transpose: boolean): [number, number] {
  const [rows, columns, more] = x.shape;
  if (rows === undefined || columns === undefined || more !== undefined) {
    throw new ShapeError(`matmul: expected a matrix, got ${formatShape(x.shape)}`);
  }
  return transpose ? [columns, rows] : [rows, columns];
}

function fourAxes(x: Value): [number, number, number, number] {
  const [a, b, c, d, more] = x.shape;
  if (a === undefined || b === undefined || c === undefined || d === undefined || more !== undefined) {
    throw new ShapeError(`expected a tensor with 4 axes, got ${formatShape(x.shape)}`);
  }
  return [a, b, c, d];
}
