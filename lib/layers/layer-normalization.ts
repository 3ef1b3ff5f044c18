import type { Shape } from '../shape/shape.ts';
import { checkedAxes, placesOf } from './axes.ts';
import { common, type LayerOptions } from './layer.ts';
import type { AlongAxes } from './normalization-rules.ts';
import { checkedOptions, flag, positiveNumber } from './options.ts';
import { type ParameterOptions, parameterOptionNames, parameterSettings, saved } from './parameter-options.ts';

/** beta begins as zeros and gamma as ones if their initializers are left out. */
export interface LayerNormalizationOptions<
  I extends Shape | undefined = Shape | undefined,
  A extends number | readonly number[] = number | readonly number[],
> extends LayerOptions<I>,
    ParameterOptions<'beta'>,
    ParameterOptions<'gamma'> {
  /** One axis or several, counted with the batch as axis 0, or from the end; -1 if left out. */
  readonly axis?: A;
  /** Added to the variance; 0.001 if left out. */
  readonly epsilon?: number;
  /** Whether `beta` is learned and added; true if left out. */
  readonly center?: boolean;
  /** Whether `gamma` is learned and multiplied by; true if left out. */
  readonly scale?: boolean;
}

const optionNames = [
  ...['axis', 'epsilon', 'center', 'scale'],
  ...parameterOptionNames('beta'),
  ...parameterOptionNames('gamma'),
];

/**
 * (x - mean) / sqrt(variance + epsilon) gamma + beta, with mean and biased variance over the axes given, for each example
 * and each place of the other axes by itself (Ba et al. 2016). Parameters `gamma` and `beta`, of the shape of these axes.
 * Throws OptionError for options out of range, ShapeError for an axis that the input does not have.
 */
export function layerNormalization<
  const A extends number | readonly number[] = -1,
  const I extends Shape | undefined = undefined,
>(options: LayerNormalizationOptions<I, A> = {}): AlongAxes<A, I> {
  const layer = 'layerNormalization';
  checkedOptions(layer, options, optionNames);
  const axis: number | readonly number[] = options.axis ?? -1;
  const axes = checkedAxes(layer, axis);
  const epsilon = positiveNumber(layer, 'epsilon', options.epsilon ?? 1e-3);
  const center = flag(layer, 'center', options.center ?? true);
  const scale = flag(layer, 'scale', options.scale ?? true);
  const gammaSettings = parameterSettings('gamma', options, 'ones');
  const betaSettings = parameterSettings('beta', options, 'zeros');
  return {
    className: 'LayerNormalization',
    ...common(options),
    ...saved({ axis, epsilon, center, scale, ...betaSettings.config, ...gammaSettings.config }),
    outputShape(input) {
      placesOf(axes, input);
      return input;
    },
    parameters(input) {
      const shape = placesOf(axes, input).map(place => input[place]!);
      const gamma = scale ? [gammaSettings.spec('gamma', shape)] : [];
      return center ? [...gamma, betaSettings.spec('beta', shape)] : gamma;
    },
    forward: (ops, x, { gamma, beta }) => ops.layerNormalization(x, { axis: axes, epsilon, gamma, beta }),
  };
}
