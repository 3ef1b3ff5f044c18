import {
  type Conv2dGeometry,
  conv2dGeometry,
  conv2dTransposeGeometry,
  emptyWindow,
  type FillMode,
  type Interpolation,
  type Pair,
  type Window2dGeometry,
  type WindowOptions,
  window2dGeometry,
} from '../../kernels/geometry.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sameShape } from '../shape/shape.ts';
import { ActivationOps } from './activation-ops.ts';
import type { Value } from './graph.ts';

/** How a window goes over images, whatever its size. */
export type Steps = Omit<WindowOptions, 'window'>;

/** How images are read at other places. */
export interface Sampling {
  /** `bilinear` if left out. */
  readonly interpolation?: Interpolation;
  /** What lies outside of the images; `constant` if left out. */
  readonly fillMode?: FillMode;
  /** With `constant`; 0 if left out. */
  readonly fillValue?: number;
}

/** Which images `resample` makes. */
export interface Resampling extends Sampling {
  /** Rows and columns of the result. */
  readonly size: Pair;
  /** [rows, n, 2, columns]: what is added to the column ([..., 0, ...]) and the row ([..., 1, ...]) of each pixel first. */
  readonly shift?: Value | undefined;
}

type FourAxes = [number, number, number, number];

/** The operations on images [n, h, w, c]. Operands that do not fit are a ShapeError. */
export class ImageOps extends ActivationOps {
  /**
   * Filters [r, s, c / groups, k] -> [n, p, q, k]. In groups of equally many channels each output channel reads the input
   * channels of its own group alone.
   */
  conv2d(x: Value, w: Value, { groups = 1, ...steps }: Steps & { readonly groups?: number }): Value {
    const input = fourAxes('conv2d', x);
    const [r, s, channels, k] = fourAxes('conv2d', w);
    if (k % groups !== 0) throw new ShapeError(sentence('groupFilters', { layer: 'conv2d', filters: k, groups }));
    if (channels * groups !== input[3]) throw filtersDiffer('conv2d', x, w, channels, groups);
    return this.#convolved(x, w, conv2dGeometry(input, k, { ...steps, window: [r, s] }, groups));
  }

  /** Filters [r, s, c, m] -> [n, p, q, c m]: each channel by itself, with m filters of its own. */
  depthwiseConv2d(x: Value, w: Value, steps: Steps): Value {
    const input = fourAxes('depthwiseConv2d', x);
    const [r, s, channels, multiplier] = fourAxes('depthwiseConv2d', w);
    if (channels !== input[3]) throw filtersDiffer('depthwiseConv2d', x, w, channels, 1);
    const k = channels * multiplier;
    const geometry = conv2dGeometry(input, k, { ...steps, window: [r, s] }, channels);
    return this.#convolved(x, this.graph.view(w, [r, s, 1, k]), geometry);
  }

  /**
   * The transpose of a convolution, from its outputs to its inputs: filters [r, s, k, c] -> [n, p, q, k]. Of the sizes that
   * a convolution brings to h and w, the output has that of Keras, or the one with `outputPadding` more places at the end.
   */
  conv2dTranspose(x: Value, w: Value, options: Steps & { readonly outputPadding?: Pair | undefined }): Value {
    const input = fourAxes('conv2dTranspose', x);
    const [r, s, k, channels] = fourAxes('conv2dTranspose', w);
    if (channels !== input[3]) throw filtersDiffer('conv2dTranspose', x, w, channels, 1);
    const geometry = conv2dTransposeGeometry(input, k, { ...options, window: [r, s] });
    if (geometry.p !== input[1] || geometry.q !== input[2]) {
      throw new ShapeError(
        `conv2dTranspose: no input of a convolution gives ${formatShape(x.shape)} with these options`,
      );
    }
    const { y } = this.graph.emit(
      'conv2dTransposeForward',
      { y: [geometry.n, geometry.h, geometry.w, geometry.c] },
      { x, w },
      geometry,
    );
    return y;
  }

  /** Throws ShapeError if a window lies in the padding alone, where there is no maximum. */
  maxPool2d(x: Value, options: WindowOptions): Value {
    const geometry = pooledGeometry('maxPool2d', x, options);
    return this.graph.emit('maxPool2dForward', { y: [geometry.n, geometry.p, geometry.q, geometry.c] }, { x }, geometry)
      .y;
  }

  averagePool2d(x: Value, options: WindowOptions): Value {
    const geometry = pooledGeometry('averagePool2d', x, options);
    return this.graph.emit(
      'averagePool2dForward',
      { y: [geometry.n, geometry.p, geometry.q, geometry.c] },
      { x },
      geometry,
    ).y;
  }

  /**
   * Rows and columns of another number: [n, h, w, c] -> [n, height, width, c]. Pixels are places between borders, as in
   * TensorFlow: the middle of output i lies at (i + 1/2) h / height of the input.
   */
  resize(x: Value, [height, width]: Pair, interpolation: Interpolation = 'bilinear'): Value {
    const [n, h, w, c] = fourAxes('resize', x);
    checkSize('resize', [height, width]);
    const rows = this.#resized(x, { outer: n, length: h, inner: w * c, count: height, interpolation });
    const y = this.#resized(rows, { outer: n * height, length: w, inner: c, count: width, interpolation });
    return this.graph.view(y, [n, height, width, c]);
  }

  /**
   * Images that are read at other places: [n, h, w, c] -> [n, height, width, c]. The pixel of column q and row p comes from
   * column m0 q + m1 p + m2 and row m3 q + m4 p + m5 of the image; the matrix has [6, n] numbers, six for each image. No
   * gradient flows to the matrix and the shift.
   */
  resample(x: Value, matrix: Value, { size, shift, ...sampling }: Resampling): Value {
    const [n, h, w, c] = fourAxes('resample', x);
    const [p, q] = size;
    checkSize('resample', size);
    const { interpolation = 'bilinear', fillMode = 'constant', fillValue = 0 } = sampling;
    checkShape('resample', 'matrix', matrix, [6, n]);
    if (shift !== undefined) checkShape('resample', 'shift', shift, [p, n, 2, q]);
    const isShifted = shift !== undefined;
    const geometry = { n, h, w, c, p, q, interpolation, fillMode, fillValue, isShifted };
    const inputs = { x, matrix, shift: shift ?? matrix };
    return this.graph.emit('resampleForward', { y: [n, p, q, c] }, inputs, geometry).y;
  }

  #resized(
    x: Value,
    geometry: { outer: number; length: number; inner: number; count: number; interpolation: Interpolation },
  ): Value {
    const { outer, length, inner, count } = geometry;
    if (count === length) return x;
    return this.graph.emit('resizeForward', { y: [outer, count, inner] }, { x }, geometry).y;
  }

  #convolved(x: Value, w: Value, geometry: Conv2dGeometry): Value {
    const { n, p, q, k } = geometry;
    return this.graph.emit('conv2dForward', { y: [n, p, q, k] }, { x, w }, geometry).y;
  }
}

function checkSize(operation: string, sizes: Pair): void {
  for (const size of sizes) {
    if (Number.isInteger(size) && size >= 1) continue;
    throw new OptionError(sentence('positiveInteger', { layer: operation, option: 'size', value: size }));
  }
}

function checkShape(operation: string, name: string, value: Value, shape: Shape): void {
  if (sameShape(value.shape, shape)) return;
  const [expected, given] = [shape, value.shape].map(formatShape);
  throw new ShapeError(`${operation}: expected a ${name} of ${expected}, got ${given}`);
}

function filtersDiffer(operation: string, x: Value, w: Value, given: number, groups: number): ShapeError {
  const shapes = { operation, filters: formatShape(w.shape), input: formatShape(x.shape), channels: x.shape[3]! };
  return new ShapeError(
    groups === 1
      ? sentence('filterChannels', { ...shapes, given })
      : sentence('groupChannels', { ...shapes, given, groups }),
  );
}

function pooledGeometry(what: string, x: Value, options: WindowOptions): Window2dGeometry {
  const geometry = window2dGeometry(fourAxes(what, x), options);
  const fault = emptyWindow(geometry);
  if (fault !== undefined) throw new ShapeError(`${what}: ${fault}`);
  return geometry;
}

function fourAxes(operation: string, x: Value): FourAxes {
  const [a, b, c, d, more] = x.shape;
  if (a === undefined || b === undefined || c === undefined || d === undefined || more !== undefined) {
    throw new ShapeError(sentence('fourAxes', { operation, given: formatShape(x.shape) }));
  }
  return [a, b, c, d];
}
