import type { Padding, Pair } from '../../kernels/geometry.ts';
import { OptionError, ShapeError } from '../errors.ts';
import type { Conv2DOutput } from '../shape/rules.ts';
import { sentence } from '../shape/sentences.ts';
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

/** What `conv2d` takes behind the number of filters and the size of the window. */
export interface Conv2dSettings<
  S extends number | Pair = number | Pair,
  P extends Padding = Padding,
  D extends number | Pair = number | Pair,
  I extends Shape | undefined = Shape | undefined,
  G extends number = number,
> extends ConvolutionSettings<'conv2d', S, P, D, I>,
    ParameterOptions<'kernel'> {
  /**
   * Channels and filters are divided into so many groups, and each filter reads the channels of its own group alone; 1 if
   * left out.
   */
  readonly groups?: PositiveInteger<'conv2d', 'groups', G>;
}

export interface Conv2dOptions<
  F extends number = number,
  K extends number | Pair = number | Pair,
  S extends number | Pair = number | Pair,
  P extends Padding = Padding,
  D extends number | Pair = number | Pair,
  I extends Shape | undefined = Shape | undefined,
  G extends number = number,
> extends Conv2dSettings<S, P, D, I, G> {
  /** Number of output channels. */
  readonly filters: PositiveInteger<'conv2d', 'filters', F>;
  /** Rows and columns of the window. */
  readonly kernelSize: PositivePair<'conv2d', 'kernelSize', K>;
}

/** A convolution: [height, width, channels] -> [rows, columns, F]. */
export interface Conv2D<
  F extends number,
  K extends number | Pair,
  S extends number | Pair = 1,
  P extends Padding = 'valid',
  D extends number | Pair = 1,
  I extends Shape | undefined = undefined,
  G extends number = 1,
> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: Conv2DOutput<this['~in'], F, K, S, P, D, G>;
}

type AnySettings<I extends Shape | undefined> = Conv2dSettings<number | Pair, Padding, number | Pair, I>;
type AnyOptions<I extends Shape | undefined> = Conv2dOptions<
  number,
  number | Pair,
  number | Pair,
  Padding,
  number | Pair,
  I
>;

const optionNames = ['filters', ...convolutionOptionNames, 'groups', ...parameterOptionNames('kernel')];

/**
 * Convolution of images: [height, width, channels] -> [rows, columns, filters]. Parameters: `kernel` of
 * [rows, columns, channels / groups, filters], at first glorotUniform, and `bias` of [filters], at first zeros.
 * `conv2d(32, 3)`, `conv2d(32, 3, { activation })` or `conv2d({ filters, kernelSize, activation })`. Throws OptionError for
 * an option that is not known or out of range.
 */
export function conv2d<
  const F extends number,
  const K extends number | Pair,
  const S extends number | Pair = 1,
  const P extends Padding = 'valid',
  const D extends number | Pair = 1,
  const I extends Shape | undefined = undefined,
  const G extends number = 1,
>(options: Conv2dOptions<F, K, S, P, D, I, G>): Conv2D<F, K, S, P, D, I, G>;
export function conv2d<
  const F extends number,
  const K extends number | Pair,
  const S extends number | Pair = 1,
  const P extends Padding = 'valid',
  const D extends number | Pair = 1,
  const I extends Shape | undefined = undefined,
  const G extends number = 1,
>(
  filters: PositiveInteger<'conv2d', 'filters', F>,
  kernelSize: PositivePair<'conv2d', 'kernelSize', K>,
  settings?: Conv2dSettings<S, P, D, I, G>,
): Conv2D<F, K, S, P, D, I, G>;
export function conv2d<const I extends Shape | undefined>(
  given: number | AnyOptions<I>,
  kernelSize?: number | Pair,
  settings: AnySettings<I> = {},
): Declared<I> {
  const all = isObject(given) ? given : { ...settings, filters: given, kernelSize };
  const options = checkedOptions<AnyOptions<I>>('conv2d', all, optionNames);
  const filters = positiveInteger('conv2d', 'filters', options.filters);
  const { window, steps, members, config, withBias, finish } = convolution('conv2d', options);
  const groups = positiveInteger('conv2d', 'groups', options.groups ?? 1);
  if (filters % groups !== 0) throw new OptionError(sentence('groupFilters', { layer: 'conv2d', filters, groups }));
  const kernelSettings = parameterSettings('kernel', options, 'glorotUniform');
  return {
    className: 'Conv2D',
    ...members,
    ...saved({ filters, ...config, groups, ...kernelSettings.config }),
    outputShape(input) {
      const channels = imageShape(input)[2];
      if (channels % groups !== 0) throw new ShapeError(sentence('groupInput', { channels, groups }));
      return convolvedShape(input, filters, window, steps);
    },
    parameters(input) {
      const shape = [...window, imageShape(input)[2] / groups, filters];
      return withBias([kernelSettings.spec('kernel', shape)], filters);
    },
    forward: (ops, x, { kernel, bias }) => finish(ops, ops.conv2d(x, kernel!, { ...steps, groups }), bias),
  };
}
