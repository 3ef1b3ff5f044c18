import { conv2dTransposeGeometry, type Padding, type Pair } from '../../kernels/geometry.ts';
import { OptionError, ShapeError } from '../errors.ts';
import type { Conv2DTransposeOutput } from '../shape/convolution-rules.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import {
  type Convolution,
  type ConvolutionSettings,
  convolution,
  convolutionOptionNames,
  formatPadding,
  formatWindow,
} from './convolution.ts';
import type { Declared, Layer } from './layer.ts';
import {
  checkedOptions,
  imageShape,
  isObject,
  type Naturals,
  naturalPair,
  type PositiveInteger,
  type PositivePair,
  positiveInteger,
} from './options.ts';
import { type ParameterOptions, parameterOptionNames, parameterSettings, saved } from './parameter-options.ts';

/** What `conv2dTranspose` takes behind the number of filters and the size of the window. */
export interface Conv2dTransposeSettings<
  S extends number | Pair = number | Pair,
  P extends Padding = Padding,
  D extends number | Pair = number | Pair,
  O extends number | Pair | undefined = number | Pair | undefined,
  I extends Shape | undefined = Shape | undefined,
> extends ConvolutionSettings<'conv2dTranspose', S, P, D, I>,
    ParameterOptions<'kernel'> {
  /**
   * Rows and columns at the end beyond the smallest size, less than the strides; if left out, the size is Keras's: strides
   * times that of the input with padding `same`, else at least the window.
   */
  readonly outputPadding?: Naturals<'conv2dTranspose', 'outputPadding', O>;
}

export interface Conv2dTransposeOptions<
  F extends number = number,
  K extends number | Pair = number | Pair,
  S extends number | Pair = number | Pair,
  P extends Padding = Padding,
  D extends number | Pair = number | Pair,
  O extends number | Pair | undefined = number | Pair | undefined,
  I extends Shape | undefined = Shape | undefined,
> extends Conv2dTransposeSettings<S, P, D, O, I> {
  /** Number of output channels. */
  readonly filters: PositiveInteger<'conv2dTranspose', 'filters', F>;
  /** Rows and columns of the window. */
  readonly kernelSize: PositivePair<'conv2dTranspose', 'kernelSize', K>;
}

/** A transposed convolution: [height, width, channels] -> [rows, columns, F]. */
export interface Conv2DTranspose<
  F extends number,
  K extends number | Pair,
  S extends number | Pair = 1,
  P extends Padding = 'valid',
  D extends number | Pair = 1,
  O extends number | Pair | undefined = undefined,
  I extends Shape | undefined = undefined,
> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: Conv2DTransposeOutput<this['~in'], F, K, S, P, D, O>;
}

type Some = number | Pair;
type AnySettings<I extends Shape | undefined> = Conv2dTransposeSettings<Some, Padding, Some, Some | undefined, I>;
type AnyOptions<I extends Shape | undefined> = Conv2dTransposeOptions<
  number,
  Some,
  Some,
  Padding,
  Some,
  Some | undefined,
  I
>;

const layer = 'conv2dTranspose';
const optionNames = ['filters', ...convolutionOptionNames, 'outputPadding', ...parameterOptionNames('kernel')];

/**
 * The transpose of a convolution, which makes images larger (Zeiler et al. 2010): [height, width, channels] -> [rows,
 * columns, filters]. Parameters: `kernel` of [rows, columns, filters, channels], at first glorotUniform, and `bias` of
 * [filters], at first zeros. `conv2dTranspose(32, 3)`, `conv2dTranspose(32, 3, { strides: 2, padding: 'same' })` or
 * `conv2dTranspose({ filters, kernelSize, strides })`. Throws OptionError for an option that is not known or out of range.
 */
export function conv2dTranspose<
  const F extends number,
  const K extends number | Pair,
  const S extends number | Pair = 1,
  const P extends Padding = 'valid',
  const D extends number | Pair = 1,
  const O extends number | Pair | undefined = undefined,
  const I extends Shape | undefined = undefined,
>(options: Conv2dTransposeOptions<F, K, S, P, D, O, I>): Conv2DTranspose<F, K, S, P, D, O, I>;
export function conv2dTranspose<
  const F extends number,
  const K extends number | Pair,
  const S extends number | Pair = 1,
  const P extends Padding = 'valid',
  const D extends number | Pair = 1,
  const O extends number | Pair | undefined = undefined,
  const I extends Shape | undefined = undefined,
>(
  filters: PositiveInteger<'conv2dTranspose', 'filters', F>,
  kernelSize: PositivePair<'conv2dTranspose', 'kernelSize', K>,
  settings?: Conv2dTransposeSettings<S, P, D, O, I>,
): Conv2DTranspose<F, K, S, P, D, O, I>;
export function conv2dTranspose<const I extends Shape | undefined>(
  given: number | AnyOptions<I>,
  kernelSize?: Some,
  settings: AnySettings<I> = {},
): Declared<I> {
  const all = isObject(given) ? given : { ...settings, filters: given, kernelSize };
  const options = checkedOptions<AnyOptions<I>>(layer, all, optionNames);
  const filters = positiveInteger(layer, 'filters', options.filters);
  const base = convolution(layer, options);
  const outputPadding = checkedOutputPadding(options.outputPadding, base);
  const kernelSettings = parameterSettings('kernel', options, 'glorotUniform');
  const { window, steps } = base;
  return {
    className: 'Conv2DTranspose',
    ...base.members,
    ...saved({ filters, ...base.config, outputPadding: outputPadding ?? null, ...kernelSettings.config }),
    outputShape(input) {
      const image = imageShape(input);
      const { h, w } = conv2dTransposeGeometry([1, ...image], filters, { ...steps, window, outputPadding });
      if (h >= 1 && w >= 1) return [h, w, filters];
      const sizes = { window: formatWindow(window, steps.dilation), input: `${image[0]}x${image[1]}` };
      throw new ShapeError(sentence('nothingTransposed', { ...sizes, padding: formatPadding(steps.padding) }));
    },
    parameters(input) {
      return base.withBias([kernelSettings.spec('kernel', [...window, filters, imageShape(input)[2]])], filters);
    },
    forward: (ops, x, { kernel, bias }) =>
      base.finish(ops, ops.conv2dTranspose(x, kernel!, { ...steps, outputPadding }), bias),
  };
}

/** Throws OptionError unless a convolution of these strides can have such inputs. */
function checkedOutputPadding(
  given: Some | undefined | null,
  { window, steps: { strides, dilation, padding } }: Convolution<Shape | undefined>,
): Pair | undefined {
  if (given === undefined || given === null) return undefined;
  const amounts = naturalPair(layer, 'outputPadding', given);
  if (amounts.some((amount, axis) => amount >= strides[axis]!)) {
    const [more, steps] = [amounts, strides].map(formatShape);
    throw new OptionError(`${layer}: outputPadding must be less than the strides ${steps}, got ${more}`);
  }
  const isEven = (axis: number) => (dilation[axis]! * (window[axis]! - 1) + 1) % 2 === 0;
  if (padding === 'same' && amounts.some((amount, axis) => amount === 0 && isEven(axis))) {
    throw new OptionError(
      `${layer}: with padding 'same' and a window that spans an even number, outputPadding must be at least 1, got ${formatShape(amounts)}`,
    );
  }
  return amounts;
}
