import { conv2dGeometry, denseStrides, type WindowOptions, window2dGeometry } from '../../kernels/geometry.ts';
import { ShapeError } from '../errors.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { rowsOf } from './emitter.ts';
import { FormulaOps } from './generated/ops.ts';
import type { Value } from './graph.ts';

/**
 * The operations that layers, losses and metrics compose: each emits kernel calls into a graph and returns the value
 * they compute. Shapes include the batch axis. Every operation here has a gradient, except `oneHot` and the accuracies.
 */
export class Ops extends FormulaOps {
  #streams = 0;

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

  /** Zeroes a share `rate` of the elements and scales the others by 1 / (1 - rate); nothing outside training. */
  dropout(x: Value, rate: number): Value {
    const stream = this.#streams++;
    if (!this.training || rate === 0 || this.random === undefined) return x;
    const geometry = { size: sizeOf(x.shape), rate, stream };
    return this.graph.emit('dropoutForward', { y: x.shape }, { x, random: this.random }, geometry).y;
  }

  localResponseNormalization(
    x: Value,
    options: { depthRadius: number; bias: number; alpha: number; beta: number },
  ): Value {
    const geometry = { ...rowsOf(x), ...options };
    return this.graph.emit('localResponseNormalizationForward', { y: x.shape }, { x }, geometry).y;
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
