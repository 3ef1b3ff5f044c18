/** What the convolutions have in common: the window's options, bias and activation. */
import { conv2dGeometry, type Padding, type Pair, type WindowOptions } from '../../kernels/geometry.ts';
import { ShapeError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { type ActivationLike, activationJson, checkedActivation } from './activation-option.ts';
import { common, type Layer, type LayerOptions, type ParameterSpec } from './layer.ts';
import { checkedPadding, flag, imageShape, type PositivePair, pair } from './options.ts';
import type { LayerOps } from './outcome.ts';
import {
  type ActivityOptions,
  activitySettings,
  type OptionJson,
  type ParameterOptions,
  parameterOptionNames,
  parameterSettings,
} from './parameter-options.ts';

/** Options of every convolution; L is the factory's name. */
export interface ConvolutionSettings<
  L extends string = string,
  S extends number | Pair = number | Pair,
  P extends Padding = Padding,
  D extends number | Pair = number | Pair,
  I extends Shape | undefined = Shape | undefined,
> extends LayerOptions<I>,
    ParameterOptions<'bias'>,
    ActivityOptions {
  /** Distance from one window to the next; 1 if left out. */
  readonly strides?: PositivePair<L, 'strides', S>;
  /** `valid` (the default), `same`, or zeros for each side. */
  readonly padding?: P;
  /** Distance between the elements that the window reads; 1 if left out. */
  readonly dilationRate?: PositivePair<L, 'dilationRate', D>;
  /** linear if left out. */
  readonly activation?: ActivationLike;
  /** Whether a bias is added, at first zeros; true if left out. */
  readonly useBias?: boolean;
}

/** These options with the size of the window. */
type ConvolutionOptions<I extends Shape | undefined> = ConvolutionSettings<
  string,
  number | Pair,
  Padding,
  number | Pair,
  I
> & { readonly kernelSize: number | Pair };

export const convolutionOptionNames = [
  ...['kernelSize', 'strides', 'padding', 'dilationRate', 'activation', 'useBias'],
  ...[...parameterOptionNames('bias'), 'activityRegularizer'],
];

/** What these options, checked, are good for. */
export interface Convolution<I extends Shape | undefined> {
  readonly window: Pair;
  readonly steps: Omit<WindowOptions, 'window'>;
  /** Members of the layer. */
  readonly members: Pick<Layer, 'activityRegularizer' | 'name' | 'trainable'> & { readonly inputShape?: I };
  /** Their part of the layer's `config`. */
  readonly config: OptionJson;
  /** The parameters: what is given, and a bias for so many output channels. */
  withBias(kernels: readonly ParameterSpec[], filters: number): readonly ParameterSpec[];
  /** Adds the bias, if there is one, and applies the activation. */
  finish(ops: LayerOps, y: Value, bias: Value | undefined): Value;
}

/** Checks the options that all convolutions have. Throws OptionError. */
export function convolution<I extends Shape | undefined>(
  factory: string,
  options: ConvolutionOptions<I>,
): Convolution<I> {
  const window = pair(factory, 'kernelSize', options.kernelSize);
  const strides = pair(factory, 'strides', options.strides ?? 1);
  const dilation = pair(factory, 'dilationRate', options.dilationRate ?? 1);
  const padding = checkedPadding(factory, options.padding ?? 'valid');
  const activation = checkedActivation(options.activation ?? 'linear');
  const useBias = flag(factory, 'useBias', options.useBias ?? true);
  const biasSettings = parameterSettings('bias', options, 'zeros');
  const activity = activitySettings(options);
  return {
    window,
    steps: { strides, dilation, padding },
    members: { ...common(options), ...activity.member },
    config: {
      kernelSize: window,
      strides,
      padding: typeof padding === 'string' ? padding : { ...padding },
      dilationRate: dilation,
      activation: activationJson(activation),
      useBias,
      ...biasSettings.config,
      ...activity.config,
    },
    withBias: (kernels, filters) => (useBias ? [...kernels, biasSettings.spec('bias', [filters])] : kernels),
    finish: (ops, y, bias) => activation.activate(ops, bias === undefined ? y : ops.bias(y, bias)),
  };
}

/** The shape behind a window over an image. Throws ShapeError if the window does not fit. */
export function convolvedShape(
  input: Shape,
  filters: number,
  window: Pair,
  steps: Omit<WindowOptions, 'window'>,
): Shape {
  const { p, q } = conv2dGeometry([1, ...imageShape(input)], filters, { ...steps, window });
  if (p >= 1 && q >= 1) return [p, q, filters];
  throw new ShapeError(doesNotFit('kernel', 'kernelSize', window, steps.dilation, input, steps.padding));
}

/** The sentence for a window larger than its input. */
export function doesNotFit(
  what: string,
  option: string,
  window: Pair,
  dilation: Pair,
  [h, w]: Shape,
  padding: Padding,
): string {
  return sentence('windowTooLarge', {
    window: formatWindow(window, dilation),
    what,
    input: `${h}x${w}`,
    padding: formatPadding(padding),
    advice: padding === 'valid' ? "padding 'same'" : 'more padding',
    option,
  });
}

/** 3x3, with what it spans where it is dilated. */
export function formatWindow([r, s]: Pair, dilation: Pair): string {
  const extent = `${dilation[0] * (r - 1) + 1}x${dilation[1] * (s - 1) + 1}`;
  const isDilated = dilation[0] !== 1 || dilation[1] !== 1;
  return isDilated ? `${r}x${s} (dilated: ${extent})` : `${r}x${s}`;
}

/** 'same', or the amounts [top, bottom, left, right]. */
export function formatPadding(padding: Padding): string {
  if (typeof padding === 'string') return `'${padding}'`;
  return formatShape([padding.top, padding.bottom, padding.left, padding.right]);
}
