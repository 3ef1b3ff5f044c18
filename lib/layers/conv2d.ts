import { conv2dGeometry, type Padding, type Pair } from '../../kernels/geometry.ts';
import { ShapeError } from '../errors.ts';
import type { Conv2DOutput } from '../shape/rules.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { type ActivationLike, activationJson, checkedActivation } from './activations.ts';
import { common, type Declared, type Layer, type LayerOptions } from './layer.ts';
import {
  checkedOptions,
  checkedPadding,
  flag,
  imageShape,
  isObject,
  type PositiveInteger,
  type PositivePair,
  pair,
  positiveInteger,
} from './options.ts';
import {
  type ActivityOptions,
  activitySettings,
  type ParameterOptions,
  parameterOptionNames,
  parameterSettings,
  saved,
} from './parameter-options.ts';

/** What `conv2d` takes behind the number of filters and the size of the window. */
export interface Conv2dSettings<
  S extends number | Pair = number | Pair,
  P extends Padding = Padding,
  D extends number | Pair = number | Pair,
  I extends Shape | undefined = Shape | undefined,
> extends LayerOptions<I>,
    ParameterOptions<'kernel'>,
    ParameterOptions<'bias'>,
    ActivityOptions {
  /** Distance from one window to the next; 1 if left out. */
  readonly strides?: PositivePair<'conv2d', 'strides', S>;
  /** `valid` (the default), `same`, or zeros for each side. */
  readonly padding?: P;
  /** Distance between the elements that the window reads; 1 if left out. */
  readonly dilationRate?: PositivePair<'conv2d', 'dilationRate', D>;
  /** linear if left out. */
  readonly activation?: ActivationLike;
  readonly useBias?: boolean;
}

export interface Conv2dOptions<
  F extends number = number,
  K extends number | Pair = number | Pair,
  S extends number | Pair = number | Pair,
  P extends Padding = Padding,
  D extends number | Pair = number | Pair,
  I extends Shape | undefined = Shape | undefined,
> extends Conv2dSettings<S, P, D, I> {
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
> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: Conv2DOutput<this['~in'], F, K, S, P, D>;
}

type AnyConv2dSettings<I extends Shape | undefined> = Conv2dSettings<number | Pair, Padding, number | Pair, I>;
type AnyConv2dOptions<I extends Shape | undefined> = Conv2dOptions<
  number,
  number | Pair,
  number | Pair,
  Padding,
  number | Pair,
  I
>;

const optionNames = [
  ...['filters', 'kernelSize', 'strides', 'padding', 'dilationRate', 'activation', 'useBias'],
  ...[...parameterOptionNames('kernel'), ...parameterOptionNames('bias'), 'activityRegularizer'],
];

/**
 * Convolution of images: [height, width, channels] -> [rows, columns, filters]. Parameters: `kernel` of
 * [rows, columns, channels, filters], at first glorotUniform, and `bias` of [filters], at first zeros. `conv2d(32, 3)`, `conv2d(32, 3, { activation })` or
 * `conv2d({ filters, kernelSize, activation })`. Throws OptionError for an option that is not known or out of range.
 */
export function conv2d<
  const F extends number,
  const K extends number | Pair,
  const S extends number | Pair = 1,
  const P extends Padding = 'valid',
  const D extends number | Pair = 1,
  const I extends Shape | undefined = undefined,
>(options: Conv2dOptions<F, K, S, P, D, I>): Conv2D<F, K, S, P, D, I>;
export function conv2d<
  const F extends number,
  const K extends number | Pair,
  const S extends number | Pair = 1,
  const P extends Padding = 'valid',
  const D extends number | Pair = 1,
  const I extends Shape | undefined = undefined,
>(
  filters: PositiveInteger<'conv2d', 'filters', F>,
  kernelSize: PositivePair<'conv2d', 'kernelSize', K>,
  settings?: Conv2dSettings<S, P, D, I>,
): Conv2D<F, K, S, P, D, I>;
export function conv2d<const I extends Shape | undefined>(
  given: number | AnyConv2dOptions<I>,
  kernelSize?: number | Pair,
  settings: AnyConv2dSettings<I> = {},
): Declared<I> {
  const all = isObject(given) ? given : { ...settings, filters: given, kernelSize };
  const options = checkedOptions<AnyConv2dOptions<I>>('conv2d', all, optionNames);
  const filters = positiveInteger('conv2d', 'filters', options.filters);
  const window = pair('conv2d', 'kernelSize', options.kernelSize);
  const strides = pair('conv2d', 'strides', options.strides ?? 1);
  const dilation = pair('conv2d', 'dilationRate', options.dilationRate ?? 1);
  const padding = checkedPadding('conv2d', options.padding ?? 'valid');
  const activation = checkedActivation(options.activation ?? 'linear');
  const useBias = flag('conv2d', 'useBias', options.useBias ?? true);
  const kernelSettings = parameterSettings('kernel', options, 'glorotUniform');
  const biasSettings = parameterSettings('bias', options, 'zeros');
  const activity = activitySettings(options);
  return {
    className: 'Conv2D',
    ...common(options),
    ...activity.member,
    ...saved({
      filters,
      kernelSize: window,
      strides,
      padding: typeof padding === 'string' ? padding : { ...padding },
      dilationRate: dilation,
      activation: activationJson(activation),
      useBias,
      ...kernelSettings.config,
      ...biasSettings.config,
      ...activity.config,
    }),
    outputShape(input) {
      const { p, q } = conv2dGeometry([1, ...imageShape(input)], filters, { window, strides, dilation, padding });
      if (p < 1 || q < 1) throw new ShapeError(doesNotFit('kernel', 'kernelSize', window, dilation, input, padding));
      return [p, q, filters];
    },
    parameters(input) {
      const kernel = kernelSettings.spec('kernel', [...window, imageShape(input)[2], filters]);
      return useBias ? [kernel, biasSettings.spec('bias', [filters])] : [kernel];
    },
    forward(ops, x, { kernel, bias }) {
      const y = ops.conv2d(x, kernel!, { strides, dilation, padding });
      return activation.activate(ops, bias === undefined ? y : ops.bias(y, bias));
    },
  };
}

/** The sentence for a window larger than its input. */
export function doesNotFit(
  what: string,
  option: string,
  [r, s]: Pair,
  dilation: Pair,
  [h, w]: Shape,
  padding: Padding,
): string {
  const extent = `${dilation[0] * (r - 1) + 1}x${dilation[1] * (s - 1) + 1}`;
  const isDilated = dilation[0] !== 1 || dilation[1] !== 1;
  return sentence('windowTooLarge', {
    window: isDilated ? `${r}x${s} (dilated: ${extent})` : `${r}x${s}`,
    what,
    input: `${h}x${w}`,
    padding: formatPadding(padding),
    advice: padding === 'valid' ? "padding 'same'" : 'more padding',
    option,
  });
}

/** 'same', or the amounts [top, bottom, left, right]. */
export function formatPadding(padding: Padding): string {
  if (typeof padding === 'string') return `'${padding}'`;
  return formatShape([padding.top, padding.bottom, padding.left, padding.right]);
}
