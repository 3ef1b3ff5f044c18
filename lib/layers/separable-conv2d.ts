import type { Padding, Pair } from '../../kernels/geometry.ts';
import type { Conv2DOutput } from '../shape/rules.ts';
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

/** What `separableConv2d` takes behind the number of filters and the size of the window. */
export interface SeparableConv2dSettings<
  S extends number | Pair = number | Pair,
  P extends Padding = Padding,
  D extends number | Pair = number | Pair,
  I extends Shape | undefined = Shape | undefined,
> extends ConvolutionSettings<'separableConv2d', S, P, D, I>,
    ParameterOptions<'depthwise'>,
    ParameterOptions<'pointwise'> {
  /** Channels between the two convolutions for each input channel; 1 if left out. */
  readonly depthMultiplier?: PositiveInteger<'separableConv2d', 'depthMultiplier', number>;
}

export interface SeparableConv2dOptions<
  F extends number = number,
  K extends number | Pair = number | Pair,
  S extends number | Pair = number | Pair,
  P extends Padding = Padding,
  D extends number | Pair = number | Pair,
  I extends Shape | undefined = Shape | undefined,
> extends SeparableConv2dSettings<S, P, D, I> {
  /** Number of output channels. */
  readonly filters: PositiveInteger<'separableConv2d', 'filters', F>;
  /** Rows and columns of the window. */
  readonly kernelSize: PositivePair<'separableConv2d', 'kernelSize', K>;
}

/** A separable convolution: [height, width, channels] -> [rows, columns, F]. */
export interface SeparableConv2D<
  F extends number,
  K extends number | Pair,
  S extends number | Pair = 1,
  P extends Padding = 'valid',
  D extends number | Pair = 1,
  I extends Shape | undefined = undefined,
> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: Conv2DOutput<this['~in'], F, K, S, P, D>;
}

type AnySettings<I extends Shape | undefined> = SeparableConv2dSettings<number | Pair, Padding, number | Pair, I>;
type AnyOptions<I extends Shape | undefined> = SeparableConv2dOptions<
  number,
  number | Pair,
  number | Pair,
  Padding,
  number | Pair,
  I
>;

const optionNames = [
  ...['filters', ...convolutionOptionNames, 'depthMultiplier'],
  ...[...parameterOptionNames('depthwise'), ...parameterOptionNames('pointwise')],
];

/**
 * A convolution of each channel by itself, and then one of 1x1 over all channels (Chollet 2017): [height, width, channels]
 * -> [rows, columns, filters]. Parameters: `depthwise_kernel` of [rows, columns, channels, depthMultiplier],
 * `pointwise_kernel` of [1, 1, channels x depthMultiplier, filters], both at first glorotUniform, and `bias` of [filters],
 * at first zeros. `separableConv2d(32, 3)`, `separableConv2d(32, 3, { activation })` or
 * `separableConv2d({ filters, kernelSize })`. Throws OptionError for an option that is not known or out of range.
 */
export function separableConv2d<
  const F extends number,
  const K extends number | Pair,
  const S extends number | Pair = 1,
  const P extends Padding = 'valid',
  const D extends number | Pair = 1,
  const I extends Shape | undefined = undefined,
>(options: SeparableConv2dOptions<F, K, S, P, D, I>): SeparableConv2D<F, K, S, P, D, I>;
export function separableConv2d<
  const F extends number,
  const K extends number | Pair,
  const S extends number | Pair = 1,
  const P extends Padding = 'valid',
  const D extends number | Pair = 1,
  const I extends Shape | undefined = undefined,
>(
  filters: PositiveInteger<'separableConv2d', 'filters', F>,
  kernelSize: PositivePair<'separableConv2d', 'kernelSize', K>,
  settings?: SeparableConv2dSettings<S, P, D, I>,
): SeparableConv2D<F, K, S, P, D, I>;
export function separableConv2d<const I extends Shape | undefined>(
  given: number | AnyOptions<I>,
  kernelSize?: number | Pair,
  settings: AnySettings<I> = {},
): Declared<I> {
  const layer = 'separableConv2d';
  const all = isObject(given) ? given : { ...settings, filters: given, kernelSize };
  const options = checkedOptions<AnyOptions<I>>(layer, all, optionNames);
  const filters = positiveInteger(layer, 'filters', options.filters);
  const { window, steps, members, config, withBias, finish } = convolution(layer, options);
  const depthMultiplier = positiveInteger(layer, 'depthMultiplier', options.depthMultiplier ?? 1);
  const depthwise = parameterSettings('depthwise', options, 'glorotUniform');
  const pointwise = parameterSettings('pointwise', options, 'glorotUniform');
  return {
    className: 'SeparableConv2D',
    ...members,
    ...saved({ filters, ...config, depthMultiplier, ...depthwise.config, ...pointwise.config }),
    outputShape: input => convolvedShape(input, filters, window, steps),
    parameters(input) {
      const channels = imageShape(input)[2];
      const kernels = [
        depthwise.spec('depthwise_kernel', [...window, channels, depthMultiplier]),
        pointwise.spec('pointwise_kernel', [1, 1, channels * depthMultiplier, filters]),
      ];
      return withBias(kernels, filters);
    },
    forward(ops, x, { depthwise_kernel: each, pointwise_kernel: across, bias }) {
      const between = ops.depthwiseConv2d(x, each!, steps);
      const y = ops.conv2d(between, across!, { strides: [1, 1], dilation: [1, 1], padding: 'valid' });
      return finish(ops, y, bias);
    },
  };
}
