import {
  emptyWindow,
  type Padding,
  type Pair,
  type Window2dGeometry,
  type WindowOptions,
  window2dGeometry,
} from '../../kernels/geometry.ts';
import { ShapeError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import type { GlobalPooling2DOutput, Pooling2DOutput } from '../shape/rules.ts';
import { sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';
import { doesNotFit, formatPadding } from './convolution.ts';
import { common, type Declared, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions, checkedPadding, flag, imageShape, type PositivePair, pair } from './options.ts';

export interface Pooling2dOptions<
  L extends string = string,
  K extends number | Pair = number | Pair,
  S extends number | Pair | undefined = number | Pair | undefined,
  P extends Padding = Padding,
  I extends Shape | undefined = Shape | undefined,
> extends LayerOptions<I> {
  /** Rows and columns of the window; 2 if left out. */
  readonly poolSize?: PositivePair<L, 'poolSize', K>;
  /** Distance from one window to the next; the pool size if left out. */
  readonly strides?: PositivePair<L, 'strides', S>;
  /** `valid` (the default), `same`, or an amount for each side. Padding never takes part in the result. */
  readonly padding?: P;
}

/** What is given in place of options: the pool size alone. `G` is a type of its own, since K could not tell the two. */
type GivenSize<L extends string, G> = [G] extends [number | Pair] ? PositivePair<L, 'poolSize', G> : never;

type PoolSize<G, K extends number | Pair> = G extends number | Pair ? G : K;

/** A pooling layer: [height, width, channels] -> [rows, columns, channels]. */
export interface Pooling2D<
  K extends number | Pair = 2,
  S extends number | Pair | undefined = undefined,
  P extends Padding = 'valid',
  I extends Shape | undefined = undefined,
> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: Pooling2DOutput<this['~in'], K, S, P>;
}

/** Largest element of each window and channel: [height, width, channels] -> [rows, columns, channels]. */
export function maxPooling2d<
  const G extends number | Pair | object = object,
  const K extends number | Pair = 2,
  const S extends number | Pair | undefined = undefined,
  const P extends Padding = 'valid',
  const I extends Shape | undefined = undefined,
>(
  given: GivenSize<'maxPooling2d', G> | Pooling2dOptions<'maxPooling2d', K, S, P, I> = {},
): Pooling2D<PoolSize<G, K>, S, P, I> {
  return pooling2d('maxPooling2d', 'MaxPooling2D', (ops, x, window) => ops.maxPool2d(x, window), given);
}

/** Mean of each window and channel, padding left out of the count: [height, width, channels] -> [rows, columns, channels]. */
export function averagePooling2d<
  const G extends number | Pair | object = object,
  const K extends number | Pair = 2,
  const S extends number | Pair | undefined = undefined,
  const P extends Padding = 'valid',
  const I extends Shape | undefined = undefined,
>(
  given: GivenSize<'averagePooling2d', G> | Pooling2dOptions<'averagePooling2d', K, S, P, I> = {},
): Pooling2D<PoolSize<G, K>, S, P, I> {
  return pooling2d('averagePooling2d', 'AveragePooling2D', (ops, x, window) => ops.averagePool2d(x, window), given);
}

type AnyPooling2dOptions<I extends Shape | undefined> = Pooling2dOptions<
  string,
  number | Pair,
  number | Pair | undefined,
  Padding,
  I
>;

function pooling2d<I extends Shape | undefined>(
  factory: string,
  className: string,
  pool: (ops: Ops, x: Value, options: WindowOptions) => Value,
  given: unknown,
): Declared<I> {
  const known = ['poolSize', 'strides', 'padding'];
  const options = checkedOptions<AnyPooling2dOptions<I>>(factory, given, known, 'poolSize');
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
      const geometry = window2dGeometry([1, h, w, c], { window, strides, dilation, padding });
      const { p, q } = geometry;
      if (p < 1 || q < 1) throw new ShapeError(doesNotFit('pool', 'poolSize', window, dilation, input, padding));
      checkPadding(geometry, padding);
      return [p, q, c];
    },
    forward: (ops, x) => pool(ops, x, { window, strides, dilation, padding }),
  };
}

/** Throws ShapeError if a window lies in the padding alone, where there is nothing to take the maximum or the mean of. */
function checkPadding(geometry: Window2dGeometry, padding: Padding): void {
  if (emptyWindow(geometry) === undefined) return;
  const { h, w, r, s } = geometry;
  const sizes = { window: `${r}x${s}`, padding: formatPadding(padding), input: `${h}x${w}` };
  throw new ShapeError(sentence('windowInPadding', sizes));
}

export interface GlobalPooling2dOptions<Keep extends boolean = boolean, I extends Shape | undefined = Shape | undefined>
  extends LayerOptions<I> {
  /** Whether the output keeps rows and columns of size 1; false if left out. */
  readonly keepDims?: Keep;
}

/** Pooling over all rows and columns: [height, width, channels] -> [channels]. */
export interface GlobalPooling2D<Keep extends boolean = false, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: GlobalPooling2DOutput<this['~in'], Keep>;
}

/** Mean over all rows and columns: [height, width, channels] -> [channels]. */
export function globalAveragePooling2d<
  const Keep extends boolean = false,
  const I extends Shape | undefined = undefined,
>(options: GlobalPooling2dOptions<Keep, I> = {}): GlobalPooling2D<Keep, I> {
  return globalPooling2d(
    'globalAveragePooling2d',
    'GlobalAveragePooling2D',
    (ops, x, window) => ops.averagePool2d(x, window),
    options,
  );
}

/** Largest element over all rows and columns: [height, width, channels] -> [channels]. */
export function globalMaxPooling2d<const Keep extends boolean = false, const I extends Shape | undefined = undefined>(
  options: GlobalPooling2dOptions<Keep, I> = {},
): GlobalPooling2D<Keep, I> {
  return globalPooling2d(
    'globalMaxPooling2d',
    'GlobalMaxPooling2D',
    (ops, x, window) => ops.maxPool2d(x, window),
    options,
  );
}

function globalPooling2d<I extends Shape | undefined>(
  factory: string,
  className: string,
  pool: (ops: Ops, x: Value, options: WindowOptions) => Value,
  options: GlobalPooling2dOptions<boolean, I>,
): Declared<I> {
  checkedOptions(factory, options, ['keepDims']);
  const keepDims = flag(factory, 'keepDims', options.keepDims ?? false);
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
