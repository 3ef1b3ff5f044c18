import { ShapeError } from '../errors.ts';
import type { DenseOutput } from '../shape/rules.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { type ActivationLike, activationJson, checkedActivation } from './activation-option.ts';
import { common, type Declared, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions, flag, isObject, type PositiveInteger, positiveInteger } from './options.ts';
import {
  type ActivityOptions,
  activitySettings,
  type ParameterOptions,
  parameterOptionNames,
  parameterSettings,
  saved,
} from './parameter-options.ts';

const optionNames = [
  ...['units', 'activation', 'useBias'],
  ...[...parameterOptionNames('kernel'), ...parameterOptionNames('bias'), 'activityRegularizer'],
];

/** What `dense` takes behind the number of units. */
export interface DenseSettings<I extends Shape | undefined = Shape | undefined>
  extends LayerOptions<I>,
    ParameterOptions<'kernel'>,
    ParameterOptions<'bias'>,
    ActivityOptions {
  /** linear if left out. */
  readonly activation?: ActivationLike;
  readonly useBias?: boolean;
}

export interface DenseOptions<U extends number = number, I extends Shape | undefined = Shape | undefined>
  extends DenseSettings<I> {
  /** Number of outputs. */
  readonly units: PositiveInteger<'dense', 'units', U>;
}

/** A fully connected layer: [..., features] -> [..., U]. */
export interface Dense<U extends number, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: DenseOutput<this['~in'], U>;
}

/**
 * Fully connected layer over the last axis: [..., features] -> [..., units]. Parameters: `kernel` of
 * [features, units], at first glorotUniform, and `bias` of [units], at first zeros. `dense(10)`, `dense(10, { activation })` or `dense({ units, activation })`.
 * Throws OptionError for an option that is not known or out of range.
 */
export function dense<const U extends number, const I extends Shape | undefined = undefined>(
  given: PositiveInteger<'dense', 'units', U> | DenseOptions<U, I>,
): Dense<U, I>;
export function dense<const U extends number, const I extends Shape | undefined = undefined>(
  units: PositiveInteger<'dense', 'units', U>,
  settings: DenseSettings<I>,
): Dense<U, I>;
export function dense<const I extends Shape | undefined>(
  given: number | DenseOptions<number, I>,
  settings: DenseSettings<I> = {},
): Declared<I> {
  const all = isObject(given) ? given : { ...settings, units: given };
  const options = checkedOptions<DenseOptions<number, I>>('dense', all, optionNames);
  const units = positiveInteger('dense', 'units', options.units);
  const activation = checkedActivation(options.activation ?? 'linear');
  const useBias = flag('dense', 'useBias', options.useBias ?? true);
  const kernelSettings = parameterSettings('kernel', options, 'glorotUniform');
  const biasSettings = parameterSettings('bias', options, 'zeros');
  const activity = activitySettings(options);
  return {
    className: 'Dense',
    ...common(options),
    ...activity.member,
    ...saved({
      units,
      activation: activationJson(activation),
      useBias,
      ...kernelSettings.config,
      ...biasSettings.config,
      ...activity.config,
    }),
    outputShape(input) {
      if (input.length === 0) throw new ShapeError(sentence('featureInput', { input: formatShape(input) }));
      return [...input.slice(0, -1), units];
    },
    parameters(input) {
      const kernel = kernelSettings.spec('kernel', [input.at(-1)!, units]);
      return useBias ? [kernel, biasSettings.spec('bias', [units])] : [kernel];
    },
    forward(ops, x, { kernel, bias }) {
      const features = x.shape.at(-1)!;
      const rows = sizeOf(x.shape) / features;
      const y = ops.matmul(ops.reshape(x, [rows, features]), kernel!);
      const shaped = ops.reshape(bias === undefined ? y : ops.bias(y, bias), [...x.shape.slice(0, -1), units]);
      return activation.activate(ops, shaped);
    },
  };
}
