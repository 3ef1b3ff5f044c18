import type { Pair } from '../../kernels/geometry.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import type { AdaptivePooling2DOutput } from '../shape/convolution-rules.ts';
import type { Shape } from '../shape/shape.ts';
import { common, type Declared, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions, imageShape, type PositivePair, pair } from './options.ts';

export interface AdaptivePooling2dOptions<
  L extends string = string,
  K extends number | Pair = number | Pair,
  I extends Shape | undefined = Shape | undefined,
> extends LayerOptions<I> {
  /** Rows and columns of the output. */
  readonly outputSize: PositivePair<L, 'outputSize', K>;
}

/** Images of any size to images of one: [height, width, channels] -> [rows, columns, channels]. */
export interface AdaptivePooling2D<K extends number | Pair, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: AdaptivePooling2DOutput<this['~in'], K>;
}

/** What is given in place of options: the output size alone. `G` is a type of its own, since K could not tell the two. */
type GivenSize<L extends string, G> = [G] extends [number | Pair] ? PositivePair<L, 'outputSize', G> : never;

type OutputSize<G, K extends number | Pair> = G extends number | Pair ? G : K;

/**
 * The mean of each of outputSize windows: [height, width, channels] -> [rows, columns, channels]. Window i of n over s rows
 * begins with row floor(i s / n) and ends before row ceil((i + 1) s / n), as in Keras and PyTorch. `outputSize` may be a
 * number for both axes, and may be larger than the image. Throws OptionError.
 */
export function adaptiveAveragePooling2d<
  const G extends number | Pair | object = object,
  const K extends number | Pair = Pair,
  const I extends Shape | undefined = undefined,
>(
  given: GivenSize<'adaptiveAveragePooling2d', G> | AdaptivePooling2dOptions<'adaptiveAveragePooling2d', K, I>,
): AdaptivePooling2D<OutputSize<G, K>, I> {
  const pool: Pool = (ops, x, window, strides) =>
    ops.averagePool2d(x, { window, strides, dilation: [1, 1], padding: 'valid' });
  return adaptivePooling2d('adaptiveAveragePooling2d', 'AdaptiveAveragePooling2D', pool, given);
}

/** The largest number of each of these windows. Throws OptionError. */
export function adaptiveMaxPooling2d<
  const G extends number | Pair | object = object,
  const K extends number | Pair = Pair,
  const I extends Shape | undefined = undefined,
>(
  given: GivenSize<'adaptiveMaxPooling2d', G> | AdaptivePooling2dOptions<'adaptiveMaxPooling2d', K, I>,
): AdaptivePooling2D<OutputSize<G, K>, I> {
  const pool: Pool = (ops, x, window, strides) =>
    ops.maxPool2d(x, { window, strides, dilation: [1, 1], padding: 'valid' });
  return adaptivePooling2d('adaptiveMaxPooling2d', 'AdaptiveMaxPooling2D', pool, given);
}

type Pool = (ops: Ops, x: Value, window: Pair, strides: Pair) => Value;

function adaptivePooling2d<I extends Shape | undefined>(
  factory: string,
  className: string,
  pool: Pool,
  given: unknown,
): Declared<I> {
  type Options = AdaptivePooling2dOptions<string, number | Pair, I>;
  const options = checkedOptions<Options>(factory, given, ['outputSize'], 'outputSize');
  const outputSize = pair(factory, 'outputSize', options.outputSize);
  return {
    className,
    ...common(options),
    config: { outputSize },
    outputShape: input => [...outputSize, imageShape(input)[2]],
    forward(ops, x) {
      const [, h = 0, w = 0] = x.shape;
      const [p, q] = outputSize;
      if (h % p === 0 && w % q === 0) return pool(ops, x, [h / p, w / q], [h / p, w / q]);
      // Windows are products of rows and columns, so one axis goes after the other.
      return along(ops, along(ops, x, 1, p, pool), 2, q, pool);
    },
  };
}

/**
 * Pools one axis. Windows have two lengths at most, so everything is pooled by both, and what is wanted is taken from that:
 * two passes in place of one for each window.
 */
function along(ops: Ops, x: Value, axis: 1 | 2, count: number, pool: Pool): Value {
  const size = x.shape[axis]!;
  const of = (length: number): Pair => (axis === 1 ? [length, 1] : [1, length]);
  if (size % count === 0) return pool(ops, x, of(size / count), of(size / count));
  const windows = Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * size) / count);
    return { start, length: Math.ceil(((i + 1) * size) / count) - start };
  });
  const lengths = [...new Set(windows.map(window => window.length))];
  const pooled = lengths.map(length => pool(ops, x, of(length), [1, 1]));
  const places = windows.map(({ start, length }) => {
    const before = lengths.slice(0, lengths.indexOf(length));
    return before.reduce((sum, each) => sum + size - each + 1, start);
  });
  const indices = ops.cast(ops.constant({ shape: [count], data: places }), 'int32');
  return ops.gather(ops.concat(pooled, axis), indices, axis) as Value;
}
