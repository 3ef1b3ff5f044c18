import { configJson } from '../configured.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { type InitializerLike, initializer } from '../initializers/initializers.ts';
import type { Shape } from '../shape/shape.ts';
import { checkedSingleAxis, placesOf } from './axes.ts';
import { checkedClipping, type RenormClipping, renormalize, renormParameters } from './batch-renormalization.ts';
import { common, type LayerOptions, type ParameterSpec } from './layer.ts';
import type { AlongAxes } from './normalization-rules.ts';
import { checkedOptions, flag, positiveNumber } from './options.ts';
import { type ParameterOptions, parameterOptionNames, parameterSettings, saved } from './parameter-options.ts';

/** beta begins as zeros and gamma as ones if their initializers are left out. */
export interface BatchNormalizationOptions<I extends Shape | undefined = Shape | undefined, A extends number = number>
  extends LayerOptions<I>,
    ParameterOptions<'beta'>,
    ParameterOptions<'gamma'> {
  /** The axis whose places are normalized each by itself, counted with the batch as axis 0; -1 if left out. */
  readonly axis?: A;
  /** The share of the moving statistics that a step of training leaves; 0.99 if left out. */
  readonly momentum?: number;
  /** Added to the variance; 0.001 if left out. */
  readonly epsilon?: number;
  /** Whether `beta` is learned and added; true if left out. */
  readonly center?: boolean;
  /** Whether `gamma` is learned and multiplied by; true if left out. */
  readonly scale?: boolean;
  /** zeros if left out. */
  readonly movingMeanInitializer?: InitializerLike;
  /** ones if left out. */
  readonly movingVarianceInitializer?: InitializerLike;
  /**
   * Batch renormalization (Ioffe 2017): what the batch has normalized is corrected by slowly moving statistics, so that
   * training and prediction differ less where batches are small; false if left out.
   */
  readonly renorm?: boolean;
  /** Bounds of these corrections; none if left out. */
  readonly renormClipping?: RenormClipping | null;
  /** The momentum of the statistics that correct; 0.99 if left out. */
  readonly renormMomentum?: number;
}

const optionNames = [
  ...['axis', 'momentum', 'epsilon', 'center', 'scale', 'movingMeanInitializer', 'movingVarianceInitializer'],
  ...['renorm', 'renormClipping', 'renormMomentum'],
  ...parameterOptionNames('beta'),
  ...parameterOptionNames('gamma'),
];

/**
 * (x - mean) / sqrt(variance + epsilon) gamma + beta (Ioffe and Szegedy 2015, algorithms 1 and 2). While it trains, mean
 * and biased variance are those of the batch, over all axes but `axis`, and move the statistics that are used otherwise: in
 * evaluation, in prediction and where the layer is frozen. Parameters, all of the length of the axis: `gamma`, `beta`,
 * `moving_mean` and `moving_variance`, of which the last two do not count as trainable. Throws OptionError for options out
 * of range, ShapeError for an axis that the input does not have.
 */
export function batchNormalization<const A extends number = -1, const I extends Shape | undefined = undefined>(
  options: BatchNormalizationOptions<I, A> = {},
): AlongAxes<A, I> {
  const layer = 'batchNormalization';
  checkedOptions(layer, options, optionNames);
  const axis: number = checkedSingleAxis(layer, options.axis ?? -1);
  const momentum = checkedMomentum(layer, 'momentum', options.momentum ?? 0.99);
  const epsilon = positiveNumber(layer, 'epsilon', options.epsilon ?? 1e-3);
  const center = flag(layer, 'center', options.center ?? true);
  const scale = flag(layer, 'scale', options.scale ?? true);
  const gammaSettings = parameterSettings('gamma', options, 'ones');
  const betaSettings = parameterSettings('beta', options, 'zeros');
  const meanInitializer = initializer(options.movingMeanInitializer ?? 'zeros');
  const varianceInitializer = initializer(options.movingVarianceInitializer ?? 'ones');
  const renorm = flag(layer, 'renorm', options.renorm ?? false);
  const clipping = checkedClipping(layer, options.renormClipping ?? {});
  const renormMomentum = checkedMomentum(layer, 'renormMomentum', options.renormMomentum ?? 0.99);
  return {
    className: 'BatchNormalization',
    ...common(options),
    ...saved({
      axis,
      momentum,
      epsilon,
      center,
      scale,
      ...betaSettings.config,
      ...gammaSettings.config,
      movingMeanInitializer: configJson(meanInitializer),
      movingVarianceInitializer: configJson(varianceInitializer),
      renorm,
      renormClipping: { ...clipping },
      renormMomentum,
    }),
    outputShape(input) {
      placesOf([axis], input);
      return input;
    },
    parameters(input): readonly ParameterSpec[] {
      const shape = placesOf([axis], input).map(place => input[place]!);
      return [
        ...(scale ? [gammaSettings.spec('gamma', shape)] : []),
        ...(center ? [betaSettings.spec('beta', shape)] : []),
        { name: 'moving_mean', shape, initializer: meanInitializer, trainable: false },
        { name: 'moving_variance', shape, initializer: varianceInitializer, trainable: false },
        ...(renorm ? renormParameters(shape, meanInitializer, varianceInitializer) : []),
      ];
    },
    forward(ops, x, parameters) {
      const { gamma, beta, moving_mean, moving_variance } = parameters;
      const [mean, variance] = [moving_mean!, moving_variance!];
      if (!ops.training) return ops.normalizeBy(x, { axis, epsilon, gamma, beta, mean, variance });
      if (renorm) return renormalize(ops, x, parameters, { axis, epsilon, momentum, renormMomentum, clipping });
      const normalized = ops.batchNormalization(x, { axis, epsilon, gamma, beta });
      ops.assignMovingAverage(mean, normalized.mean, momentum);
      ops.assignMovingAverage(variance, normalized.variance, momentum);
      return normalized.output;
    },
  };
}

function checkedMomentum(layer: string, option: string, momentum: number): number {
  if (typeof momentum === 'number' && momentum >= 0 && momentum <= 1) return momentum;
  throw new OptionError(`${layer}: ${option} must lie in 0 ... 1, got ${describe(momentum)}`);
}
