import type { Pair } from '../../../kernels/geometry.ts';
import { describe } from '../../describe.ts';
import { OptionError, ShapeError } from '../../errors.ts';
import type { Value } from '../../plan/graph.ts';
import type { Shape } from '../../shape/shape.ts';
import { checkedOptions } from '../options.ts';
import type { LayerOps } from '../outcome.ts';
import { type ColorOptions, chosen, colorLayer, perImage } from './random-color.ts';
import { checkedRange, checkedValueRange, type Factor, type ImageChange } from './ranges.ts';

export interface RandomErasingOptions<I extends Shape | undefined = Shape | undefined> extends ColorOptions<I> {
  /** From where the probability is drawn for each image: 0.5 is 0 to 0.5. Between 0 and 1; 1 if left out. */
  readonly factor?: Factor;
  /** The share of the image that is erased, drawn for its height and its width; [0.02, 0.33] if left out. */
  readonly scale?: Factor;
  /** What takes its place: a number, one for each channel, or null (the default) for normal noise. */
  readonly fillValue?: number | readonly number[] | null;
}

/**
 * Erases a rectangle of some images while training (Zhong et al. 2020), with sides of sqrt(share) of the height and the
 * width, drawn as Keras draws them. `randomErasing()`, `randomErasing(0.5)` or `randomErasing({ factor, scale, fillValue })`.
 * Throws OptionError, and ShapeError if there is not one fillValue for each channel.
 */
export function randomErasing<const I extends Shape | undefined = undefined>(
  given: Factor | RandomErasingOptions<I> = {},
): ImageChange<I> {
  const known = ['factor', 'scale', 'fillValue', 'valueRange', 'seed'];
  const options = checkedOptions<RandomErasingOptions<I>>('randomErasing', given, known, 'factor');
  const factor = checkedRange('randomErasing', 'factor', options.factor ?? 1, [0, 1]);
  const scale = checkedRange('randomErasing', 'scale', options.scale ?? [0.02, 0.33], [0, 1]);
  const fillValue = checkedFill(options.fillValue ?? null);
  const valueRange = checkedValueRange('randomErasing', options.valueRange ?? [0, 255]);
  return colorLayer('randomErasing', {
    className: 'RandomErasing',
    options,
    config: { factor, scale, fillValue, valueRange },
    forward(ops, x) {
      const [, h = 0, w = 0] = x.shape;
      const columns = inside(ops, x, w, scale, [1, 1, w, 1]);
      const rows: Value = ops.multiply(inside(ops, x, h, scale, [1, h, 1, 1]), chosen(ops, x, factor));
      return ops.where(ops.multiply(rows, columns), filling(ops, x, fillValue, valueRange), x);
    },
  });
}

/** 1 along a part of an axis that is drawn for each image, else 0. */
function inside(ops: LayerOps, x: Value, length: number, scale: Pair, shape: Shape): Value {
  const places: Value = ops.constant({ shape, data: Float32Array.from({ length }, (_, i) => i) });
  const size: Value = ops.multiply(ops.sqrt(perImage(ops, x, scale)), length);
  const first: Value = ops.multiply(perImage(ops, x), ops.subtract(length, size) as Value);
  const isBehind: Value = ops.greaterEqual(places, first);
  return ops.multiply(isBehind, ops.less(places, ops.add(first, size) as Value) as Value);
}

function filling(ops: LayerOps, x: Value, fill: number | readonly number[] | null, [low, high]: Pair): Value | number {
  const within = (value: number) => Math.min(Math.max(value, low), high);
  if (fill === null) return ops.clip(ops.multiply(ops.randomNormal(x.shape), high) as Value, low, high);
  if (typeof fill === 'number') return within(fill);
  const channels = x.shape.at(-1)!;
  if (fill.length !== channels) {
    throw new ShapeError(
      `fillValue has ${fill.length} numbers for images of ${channels} channels: expected one for each`,
    );
  }
  return ops.constant({ shape: [channels], data: fill.map(within) });
}

function checkedFill(given: unknown): number | readonly number[] | null {
  if (given === null) return null;
  const numbers: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (numbers.length > 0 && numbers.every(each => Number.isFinite(each))) return given as number | readonly number[];
  throw new OptionError(
    `randomErasing: fillValue must be a number, one for each channel, or null for noise, got ${describe(given)}`,
  );
}
