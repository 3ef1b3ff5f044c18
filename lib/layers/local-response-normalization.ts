import { OptionError } from '../errors.ts';
import type { Shape } from '../shape/shape.ts';
import { common, type LayerOptions, type SameShape } from './layer.ts';
import { checkedOptions, finiteNumber, positiveInteger } from './options.ts';

export interface LocalResponseNormalizationOptions<I extends Shape | undefined = Shape | undefined>
  extends LayerOptions<I> {
  /** Channels on each side that take part; 2 if left out (a window of 5). */
  readonly depthRadius?: number;
  /** 2 if left out. */
  readonly bias?: number;
  /** 1e-4 if left out. */
  readonly alpha?: number;
  /** 0.75 if left out. */
  readonly beta?: number;
}

/**
 * AlexNet's normalization across neighbouring channels, with the paper's constants as defaults (Krizhevsky,
 * Sutskever and Hinton 2012, section 3.3): x / (bias + alpha * sum of squares)^beta.
 */
export function localResponseNormalization<const I extends Shape | undefined = undefined>(
  options: LocalResponseNormalizationOptions<I> = {},
): SameShape<I> {
  const layer = 'localResponseNormalization';
  checkedOptions(layer, options, ['depthRadius', 'bias', 'alpha', 'beta']);
  const config = {
    depthRadius: positiveInteger(layer, 'depthRadius', options.depthRadius ?? 2),
    bias: finiteNumber(layer, 'bias', options.bias ?? 2),
    alpha: finiteNumber(layer, 'alpha', options.alpha ?? 1e-4),
    beta: finiteNumber(layer, 'beta', options.beta ?? 0.75),
  };
  if (config.bias <= 0) throw new OptionError(`${layer}: bias must be greater than 0, got ${config.bias}`);
  if (config.alpha < 0) throw new OptionError(`${layer}: alpha must be at least 0, got ${config.alpha}`);
  return {
    className: 'LocalResponseNormalization',
    ...common(options),
    config,
    outputShape: input => input,
    forward: (ops, x) => ops.localResponseNormalization(x, config),
  };
}
