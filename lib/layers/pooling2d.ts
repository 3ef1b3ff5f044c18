import { type Padding, type Pair, type WindowOptions, window2dGeometry } from '../../kernels/geometry.ts';
import { ShapeError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import { doesNotFit } from './conv2d.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedPadding, imageShape, pair } from './options.ts';

export interface Pooling2dOptions extends LayerOptions {
  /** Rows and columns of the window; 2 if left out. */
  readonly poolSize?: number | Pair;
  /** Steps of the window; the pool size if left out. */
  readonly strides?: number | Pair;
  /** `valid` (the default), `same`, or an amount for each side. Padding never takes part in the result. */
  readonly padding?: Padding;
}

/** Largest element of each window and channel: [height, width, channels] -> [rows, columns, channels]. */
export function maxPooling2d(options: number | Pooling2dOptions = {}): Layer {
  return pooling2d('maxPooling2d', 'MaxPooling2D', (ops, x, window) => ops.maxPool2d(x, window), options);
}

/** Mean of each window and channel, padding left out of the count: [height, width, channels] -> [rows, columns, channels]. */
export function averagePooling2d(options: number | Pooling2dOptions = {}): Layer {
  return pooling2d('averagePooling2d', 'AveragePooling2D', (ops, x, window) => ops.averagePool2d(x, window), options);
}

function pooling2d(
  factory: string,
  className: string,
  pool: (ops: Ops, x: Value, options: WindowOptions) => Value,
  given: number | Pooling2dOptions,
): Layer {
  const options = typeof given === 'number' ? { poolSize: given } : given;
  const window = pair(factory, 'poolSize', options.poolSize ?? 2);
  const strides = pair(factory, 'strides', options.strides ?? window);
  const padding = checkedPadding(factory, options.padding ?? 'valid');
  const dilation: Pair = [1, 1];
  return {
    className,
    ...common(options),
    config: {
      poolSize: window,
      strides,
      padding: typeof padding === 'string' ? padding : { ...padding },
    },
    outputShape(input) {
      const [h, w, c] = imageShape(input);
      const { p, q } = window2dGeometry([1, h, w, c], { window, strides, dilation, padding });
      if (p < 1 || q < 1) throw new ShapeError(doesNotFit('pool', 'poolSize', window, input, padding));
      return [p, q, c];
    },
    forward: (ops, x) => pool(ops, x, { window, strides, dilation, padding }),
  };
}

export interface GlobalPooling2dOptions extends LayerOptions {
  /** Whether the output keeps rows and columns of size 1; false if left out. */
  readonly keepDims?: boolean;
}

/** Mean over all rows and columns: [height, width, channels] -> [channels]. */
export function globalAveragePooling2d(options: GlobalPooling2dOptions = {}): Layer {
  return globalPooling2d('GlobalAveragePooling2D', (ops, x, window) => ops.averagePool2d(x, window), options);
}

/** Largest element over all rows and columns: [height, width, channels] -> [channels]. */
export function globalMaxPooling2d(options: GlobalPooling2dOptions = {}): Layer {
  return globalPooling2d('GlobalMaxPooling2D', (ops, x, window) => ops.maxPool2d(x, window), options);
}

function globalPooling2d(
  className: string,
  pool: (ops: Ops, x: Value, options: WindowOptions) => Value,
  options: GlobalPooling2dOptions,
): Layer {
  const keepDims = options.keepDims ?? false;
  return {
    className,
    ...common(options),
    config: { keepDims },
    outputShape(input) {
      const [, , c] = imageShape(input);
      return keepDims ? [1, 1, c] : [c];
    },
    forward(ops, x) {
      const [n = 0, h = 0, w = 0, c = 0] = x.shape;
      const y = pool(ops, x, { window: [h, w], strides: [1, 1], dilation: [1, 1], padding: 'valid' });
      return keepDims ? y : ops.reshape(y, [n, c]);
    },
  };
}
