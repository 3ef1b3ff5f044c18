import type { Interpolation } from '../../kernels/geometry.ts';
import { OptionError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { ResizingOutput } from '../shape/convolution-rules.ts';
import type { Shape } from '../shape/shape.ts';
import { common, type Declared, type Layer, type LayerOptions } from './layer.ts';
import {
  checkedInterpolation,
  checkedOptions,
  finiteNumber,
  flag,
  imageShape,
  isObject,
  type PositiveInteger,
  positiveInteger,
} from './options.ts';
import type { LayerOps } from './outcome.ts';

/** What `resizing` takes behind the height and the width. */
export interface ResizingSettings<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  /** `bilinear` (the default) goes straight from one pixel to the next, `nearest` takes the nearest one. */
  readonly interpolation?: Interpolation;
  /** Whether the middle of the image is cut out first, so that nothing is distorted; false if left out. */
  readonly cropToAspectRatio?: boolean;
  /** Whether `fillValue` is put around the image first, so that nothing is distorted; false if left out. */
  readonly padToAspectRatio?: boolean;
  /** 0 if left out. */
  readonly fillValue?: number;
}

export interface ResizingOptions<
  H extends number = number,
  W extends number = number,
  I extends Shape | undefined = Shape | undefined,
> extends ResizingSettings<I> {
  readonly height: PositiveInteger<'resizing', 'height', H>;
  readonly width: PositiveInteger<'resizing', 'width', W>;
}

/** Images of another size: [rows, columns, channels] -> [H, W, channels]. */
export interface Resizing<H extends number, W extends number, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: ResizingOutput<this['~in'], H, W>;
}

const optionNames = ['height', 'width', 'interpolation', 'cropToAspectRatio', 'padToAspectRatio', 'fillValue'];

/**
 * Images of another size: [rows, columns, channels] -> [height, width, channels]. It does not smooth what it makes smaller.
 * `resizing(32, 32)`, `resizing(32, 32, { interpolation: 'nearest' })` or `resizing({ height, width })`. Throws OptionError
 * for an option that is not known or out of range.
 */
export function resizing<const H extends number, const W extends number, const I extends Shape | undefined = undefined>(
  options: ResizingOptions<H, W, I>,
): Resizing<H, W, I>;
export function resizing<const H extends number, const W extends number, const I extends Shape | undefined = undefined>(
  height: PositiveInteger<'resizing', 'height', H>,
  width: PositiveInteger<'resizing', 'width', W>,
  settings?: ResizingSettings<I>,
): Resizing<H, W, I>;
export function resizing<const I extends Shape | undefined>(
  given: number | ResizingOptions<number, number, I>,
  columns?: number,
  settings: ResizingSettings<I> = {},
): Declared<I> {
  const all = isObject(given) ? given : { ...settings, height: given, width: columns };
  const options = checkedOptions<ResizingOptions<number, number, I>>('resizing', all, optionNames);
  const height = positiveInteger('resizing', 'height', options.height);
  const width = positiveInteger('resizing', 'width', options.width);
  const interpolation = checkedInterpolation('resizing', options.interpolation ?? 'bilinear');
  const cropToAspectRatio = flag('resizing', 'cropToAspectRatio', options.cropToAspectRatio ?? false);
  const padToAspectRatio = flag('resizing', 'padToAspectRatio', options.padToAspectRatio ?? false);
  const fillValue = finiteNumber('resizing', 'fillValue', options.fillValue ?? 0);
  if (cropToAspectRatio && padToAspectRatio) {
    throw new OptionError('resizing: only one of cropToAspectRatio and padToAspectRatio can be true');
  }
  return {
    className: 'Resizing',
    ...common(options),
    config: { height, width, interpolation, cropToAspectRatio, padToAspectRatio, fillValue },
    outputShape: input => [height, width, imageShape(input)[2]],
    forward(ops, x) {
      let image = x;
      if (cropToAspectRatio) image = cropped(ops, x, height, width);
      if (padToAspectRatio) image = padded(ops, x, height, width, fillValue);
      return ops.resize(image, [height, width], interpolation);
    },
  };
}

/** Rows and columns that have the proportions of the target, one of them that of the image. */
function proportions(x: Value, height: number, width: number): readonly [rows: number, columns: number] {
  const [, h = 0, w = 0] = x.shape;
  return [Math.trunc((w * height) / width), Math.trunc((h * width) / height)];
}

/** The largest window in the middle of the images that has the proportions of the target. */
export function cropped(ops: LayerOps, x: Value, height: number, width: number): Value {
  const [n = 0, h = 0, w = 0, c = 0] = x.shape;
  const [rows, columns] = proportions(x, height, width);
  const size = [Math.max(Math.min(h, rows), 1), Math.max(Math.min(w, columns), 1)] as const;
  return ops.slice(x, [0, (h - size[0]) >> 1, (w - size[1]) >> 1, 0], [n, ...size, c]);
}

/** As many rows or columns on both sides, as in Keras: where their number is odd, one less than the proportions ask for. */
function padded(ops: LayerOps, x: Value, height: number, width: number, fillValue: number): Value {
  const [, h = 0, w = 0] = x.shape;
  const [rows, columns] = proportions(x, height, width);
  const [top, left] = [Math.max(rows - h, 0) >> 1, Math.max(columns - w, 0) >> 1];
  return ops.pad(
    x,
    [
      [0, 0],
      [top, top],
      [left, left],
      [0, 0],
    ],
    fillValue,
  );
}
