import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';
import { checkedSingleAxis, placesOf } from './axes.ts';
import { common, type LayerOptions } from './layer.ts';
import type { AlongGroups } from './normalization-rules.ts';
import { checkedOptions, flag, positiveNumber } from './options.ts';
import { type ParameterOptions, parameterOptionNames, parameterSettings, saved } from './parameter-options.ts';

/** beta begins as zeros and gamma as ones if their initializers are left out. */
export interface GroupNormalizationOptions<
  I extends Shape | undefined = Shape | undefined,
  G extends number = number,
  A extends number = number,
> extends LayerOptions<I>,
    ParameterOptions<'beta'>,
    ParameterOptions<'gamma'> {
  /** Into how many groups the places of the axis are divided; -1 for one each (instance normalization); 32 if left out. */
  readonly groups?: G;
  /** Counted with the batch as axis 0, or from the end; -1 if left out. */
  readonly axis?: A;
  /** Added to the variance; 0.001 if left out. */
  readonly epsilon?: number;
  /** Whether `beta` is learned and added; true if left out. */
  readonly center?: boolean;
  /** Whether `gamma` is learned and multiplied by; true if left out. */
  readonly scale?: boolean;
}

const optionNames = [
  ...['groups', 'axis', 'epsilon', 'center', 'scale'],
  ...parameterOptionNames('beta'),
  ...parameterOptionNames('gamma'),
];

/**
 * (x - mean) / sqrt(variance + epsilon) gamma + beta, with mean and biased variance over the channels of a group and all
 * places of an example (Wu and He 2018). Parameters `gamma` and `beta`, of the length of the axis. Throws OptionError for
 * options out of range, ShapeError for an axis that the input does not have, and for groups that do not divide it.
 */
export function groupNormalization<
  const G extends number = 32,
  const A extends number = -1,
  const I extends Shape | undefined = undefined,
>(options: GroupNormalizationOptions<I, G, A> = {}): AlongGroups<G, A, I> {
  const layer = 'groupNormalization';
  checkedOptions(layer, options, optionNames);
  const groups: number = checkedGroups(layer, options.groups ?? 32);
  const axis: number = checkedSingleAxis(layer, options.axis ?? -1);
  const epsilon = positiveNumber(layer, 'epsilon', options.epsilon ?? 1e-3);
  const center = flag(layer, 'center', options.center ?? true);
  const scale = flag(layer, 'scale', options.scale ?? true);
  const gammaSettings = parameterSettings('gamma', options, 'ones');
  const betaSettings = parameterSettings('beta', options, 'zeros');
  /** The length of the axis. */
  const channelsOf = (input: Shape): number => input[placesOf([axis], input)[0]!]!;
  return {
    className: 'GroupNormalization',
    ...common(options),
    ...saved({ groups, axis, epsilon, center, scale, ...betaSettings.config, ...gammaSettings.config }),
    outputShape(input) {
      const channels = channelsOf(input);
      if (groups === -1 || channels % groups === 0) return input;
      throw new ShapeError(sentence('groupInput', { channels, groups }));
    },
    parameters(input) {
      const shape = [channelsOf(input)];
      const gamma = scale ? [gammaSettings.spec('gamma', shape)] : [];
      return center ? [...gamma, betaSettings.spec('beta', shape)] : gamma;
    },
    forward(ops, x, { gamma, beta }) {
      const number = groups === -1 ? channelsOf(x.shape.slice(1)) : groups;
      return ops.groupNormalization(x, { groups: number, axis, epsilon, gamma, beta });
    },
  };
}

function checkedGroups(layer: string, groups: number): number {
  if (Number.isInteger(groups) && (groups > 0 || groups === -1)) return groups;
  throw new OptionError(`${layer}: groups must be a positive integer, or -1 for one each, got ${describe(groups)}`);
}
