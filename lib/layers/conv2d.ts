import { conv2dGeometry, type Padding, type Pair } from '../../kernels/geometry.ts';
import { ShapeError } from '../errors.ts';
import { type InitializerLike, initializer, initializerConfig } from '../initializers/initializers.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { type ActivationName, applyActivation, checkedActivation } from './activations.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedPadding, imageShape, pair, positiveInteger } from './options.ts';

export interface Conv2dOptions extends LayerOptions {
  /** Number of output channels. */
  readonly filters: number;
  /** Rows and columns of the window. */
  readonly kernelSize: number | Pair;
  /** Steps of the window; 1 if left out. */
  readonly strides?: number | Pair;
  /** `valid` (the default), `same`, or zeros for each side. */
  readonly padding?: Padding;
  /** Distance between the elements that the window reads; 1 if left out. */
  readonly dilationRate?: number | Pair;
  readonly activation?: ActivationName;
  readonly useBias?: boolean;
  /** glorotUniform if left out. */
  readonly kernelInitializer?: InitializerLike;
  /** zeros if left out. */
  readonly biasInitializer?: InitializerLike;
}

/**
 * Convolution of images: [height, width, channels] -> [rows, columns, filters]. Parameters: `kernel` of
 * [rows, columns, channels, filters] and `bias` of [filters]. Throws OptionError for an option out of range.
 */
export function conv2d(options: Conv2dOptions): Layer {
  const filters = positiveInteger('conv2d', 'filters', options.filters);
  const window = pair('conv2d', 'kernelSize', options.kernelSize);
  const strides = pair('conv2d', 'strides', options.strides ?? 1);
  const dilation = pair('conv2d', 'dilationRate', options.dilationRate ?? 1);
  const padding = checkedPadding('conv2d', options.padding ?? 'valid');
  const activation = checkedActivation(options.activation ?? 'linear');
  const useBias = options.useBias ?? true;
  const kernelInitializer = initializer(options.kernelInitializer ?? 'glorotUniform');
  const biasInitializer = initializer(options.biasInitializer ?? 'zeros');
  return {
    className: 'Conv2D',
    ...common(options),
    config: {
      filters,
      kernelSize: window,
      strides,
      padding: typeof padding === 'string' ? padding : { ...padding },
      dilationRate: dilation,
      activation,
      useBias,
      kernelInitializer: initializerConfig(kernelInitializer),
      biasInitializer: initializerConfig(biasInitializer),
    },
    outputShape(input) {
      const { p, q } = conv2dGeometry([1, ...imageShape(input)], filters, { window, strides, dilation, padding });
      if (p < 1 || q < 1) throw new ShapeError(doesNotFit('kernel', 'kernelSize', window, input, padding));
      return [p, q, filters];
    },
    parameters(input) {
      const kernel = {
        name: 'kernel',
        shape: [...window, imageShape(input)[2], filters],
        initializer: kernelInitializer,
      };
      return useBias ? [kernel, { name: 'bias', shape: [filters], initializer: biasInitializer }] : [kernel];
    },
    forward(ops, x, { kernel, bias }) {
      const y = ops.conv2d(x, kernel!, { strides, dilation, padding });
      return applyActivation(ops, activation, bias === undefined ? y : ops.bias(y, bias));
    },
  };
}

/** The sentence for a window larger than its input. */
export function doesNotFit(what: string, option: string, window: Pair, input: Shape, padding: Padding): string {
  const [h, w] = input;
  const shown = typeof padding === 'string' ? `"${padding}"` : formatPadding(padding);
  const advice = padding === 'valid' ? `padding "same" or a smaller ${option}` : `more padding or a smaller ${option}`;
  return `a ${window[0]}x${window[1]} ${what} does not fit into ${h}x${w} (padding ${shown}); use ${advice}`;
}

function formatPadding({ top, bottom, left, right }: Exclude<Padding, string>): string {
  return formatShape([top, bottom, left, right]);
}
