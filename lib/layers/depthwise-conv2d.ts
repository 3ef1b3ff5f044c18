import type { Padding, Pair } from '../../kernels/geometry.ts';
import type { DepthwiseConv2DOutput } from '../shape/convolution-rules.ts';
import type { Shape } from '../shape/shape.ts';
import { type ConvolutionSettings, convolution, convolutionOptionNames, convolvedShape } from './convolution.ts';
import type { Declared, Layer } from './layer.ts';
import {
  checkedOptions,
  imageShape,
  isObject,
  type PositiveInteger,
  type PositivePair,
  positiveInteger,
} from './options.ts';
import { type ParameterOptions, parameterOptionNames, parameterSettings, saved } from './parameter-options.ts';

/** What `depthwiseConv2d` takes behind the size of the window. */
export interface DepthwiseConv2dSettings<
  S extends number | Pair = number | Pair,
  P extends Padding = Padding,
  D extends number | Pair = number | Pair,
  M extends number = number,
  I extends Shape | undefined = Shape | undefined,
> extends ConvolutionSettings<'depthwiseConv2d', S, P, D, I>,
    ParameterOptions<'depthwise'> {
  /** Output channels for each input channel; 1 if left out. */
  readonly depthMultiplier?: PositiveInteger<'depthwiseConv2d', 'depthMultiplier', M>;
}

export interface DepthwiseConv2dOptions<
  K extends number | Pair = number | Pair,
  S extends number | Pair = number | Pair,
  P extends Padding = Padding,
  D extends number | Pair = number | Pair,
  M extends number = number,
  I extends Shape | undefined = Shape | undefined,
> extends DepthwiseConv2dSettings<S, P, D, M, I> {
  /** Rows and columns of the window. */
  readonly kernelSize: PositivePair<'depthwiseConv2d', 'kernelSize', K>;
}

/** A depthwise convolution: [height, width, channels] -> [rows, columns, channels M]. */
export interface DepthwiseConv2D<
  K extends number | Pair,
  S extends number | Pair = 1,
  P extends Padding = 'valid',
  D extends number | Pair = 1,
  M extends number = 1,
  I extends Shape | undefined = undefined,
> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: DepthwiseConv2DOutput<this['~in'], K, S, P, D, M>;
}

type AnySettings<I extends Shape | undefined> = DepthwiseConv2dSettings<
  number | Pair,
  Padding,
  number | Pair,
  number,
  I
>;
type AnyOptions<I extends Shape | undefined> = DepthwiseConv2dOptions<
  number | Pair,
  number | Pair,
  Padding,
  number | Pair,
  number,
  I
>;

const optionNames = [...convolutionOptionNames, 'depthMultiplier', ...parameterOptionNames('depthwise')];

/**
 * A convolution of each channel by itself (Sifre 2014, section 6.2): [height, width, channels] -> [rows, columns,
 * channels x depthMultiplier], output channel c depthMultiplier + m from filter m of channel c. Parameters: `kernel` of
 * [rows, columns, channels, depthMultiplier], at first glorotUniform, whose options are called `depthwise...`, and `bias`,
 * at first zeros. `depthwiseConv2d(3)`, `depthwiseConv2d(3, { strides })` or `depthwiseConv2d({ kernelSize, strides })`.
 * Throws OptionError for an option that is not known or out of range.
 */
export function depthwiseConv2d<
  const K extends number | Pair,
  const S extends number | Pair = 1,
  const P extends Padding = 'valid',
  const D extends number | Pair = 1,
  const M extends number = 1,
  const I extends Shape | undefined = undefined,
>(options: DepthwiseConv2dOptions<K, S, P, D, M, I>): DepthwiseConv2D<K, S, P, D, M, I>;
export function depthwiseConv2d<
  const K extends number | Pair,
  const S extends number | Pair = 1,
  const P extends Padding = 'valid',
  const D extends number | Pair = 1,
  const M extends number = 1,
  const I extends Shape | undefined = undefined,
>(
  kernelSize: PositivePair<'depthwiseConv2d', 'kernelSize', K>,
  settings?: DepthwiseConv2dSettings<S, P, D, M, I>,
): DepthwiseConv2D<K, S, P, D, M, I>;
export function depthwiseConv2d<const I extends Shape | undefined>(
  given: number | Pair | AnyOptions<I>,
  settings: AnySettings<I> = {},
): Declared<I> {
  const all = isObject(given) ? given : { ...settings, kernelSize: given };
  const options = checkedOptions<AnyOptions<I>>('depthwiseConv2d', all, optionNames);
  const { window, steps, members, config, withBias, finish } = convolution('depthwiseConv2d', options);
  const depthMultiplier = positiveInteger('depthwiseConv2d', 'depthMultiplier', options.depthMultiplier ?? 1);
  const kernelSettings = parameterSettings('depthwise', options, 'glorotUniform');
  return {
    className: 'DepthwiseConv2D',
    ...members,
    ...saved({ ...config, depthMultiplier, ...kernelSettings.config }),
    outputShape: input => convolvedShape(input, imageShape(input)[2] * depthMultiplier, window, steps),
    parameters(input) {
      const channels = imageShape(input)[2];
      const kernel = kernelSettings.spec('kernel', [...window, channels, depthMultiplier]);
      return withBias([kernel], channels * depthMultiplier);
    },
    forward: (ops, x, { kernel, bias }) => finish(ops, ops.depthwiseConv2d(x, kernel!, steps), bias),
  };
}
