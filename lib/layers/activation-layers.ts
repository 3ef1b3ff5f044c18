/** Activations as layers of their own. Those that are no class of Keras make its `Activation`. */
import type { Shape } from '../shape/shape.ts';
import { type ActivationLike, activationJson, checkedActivation } from './activation-option.ts';
import type { Activation, AlphaOptions, AxisOptions, ReluActivationOptions } from './activations.ts';
import * as activations from './activations.ts';
import { common, type LayerOptions, type SameShape } from './layer.ts';
import { checkedOptions, isObject } from './options.ts';
import { saved } from './parameter-options.ts';

export interface ActivationOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  readonly activation: ActivationLike;
}

/**
 * An activation as a layer: `activation('gelu')`, `activation({ activation: { name: 'leakyRelu', negativeSlope: 0.1 } })`, or
 * of a function of the operations. Throws OptionError for what is none.
 */
export function activation<const I extends Shape | undefined = undefined>(
  given: ActivationLike | ActivationOptions<I>,
): SameShape<I> {
  const isOptions = isObject(given) && 'activation' in given;
  const options = checkedOptions<ActivationOptions<I>>('activation', isOptions ? given : { activation: given }, [
    'activation',
  ]);
  const used = checkedActivation(options.activation);
  return {
    className: 'Activation',
    ...common(options),
    ...saved({ activation: activationJson(used) }),
    outputShape: input => input,
    forward: (ops, x) => used.activate(ops, x),
  };
}

/** The options that a layer's activation takes, without those of every layer. */
const picked = <O extends object>(options: O, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));

/** A layer of a class of its own, whose options are those of its activation. */
function ofClass<I extends Shape | undefined>(
  className: string,
  options: LayerOptions<I>,
  { config, activate }: Activation,
): SameShape<I> {
  return {
    className,
    ...common(options),
    config: config ?? {},
    outputShape: input => input,
    forward: (ops, x) => activate(ops, x),
  };
}

export interface ReluOptions<I extends Shape | undefined = Shape | undefined>
  extends LayerOptions<I>,
    ReluActivationOptions {}

/** max(x, 0); or x above `threshold`, but at most `maxValue`, and negativeSlope (x - threshold) below. Throws OptionError. */
export function relu<const I extends Shape | undefined = undefined>(options: ReluOptions<I> = {}): SameShape<I> {
  const names = ['maxValue', 'negativeSlope', 'threshold'];
  checkedOptions('relu', options, names);
  return ofClass('ReLU', options, activations.relu(picked(options, names)));
}

export interface LeakyReluOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  /** Slope for x < 0; 0.3 if left out, as in Keras's layer. */
  readonly negativeSlope?: number;
}

/** x for x > 0, else negativeSlope x. Throws OptionError. */
export function leakyRelu<const I extends Shape | undefined = undefined>(
  options: LeakyReluOptions<I> = {},
): SameShape<I> {
  const { negativeSlope = 0.3 } = checkedOptions<LeakyReluOptions<I>>('leakyRelu', options, ['negativeSlope']);
  return ofClass('LeakyReLU', options, activations.leakyRelu({ negativeSlope }));
}

export interface EluOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I>, AlphaOptions {}

/** x for x > 0, else alpha (e^x - 1). Throws OptionError. */
export function elu<const I extends Shape | undefined = undefined>(options: EluOptions<I> = {}): SameShape<I> {
  checkedOptions('elu', options, ['alpha']);
  return ofClass('ELU', options, activations.elu(picked(options, ['alpha'])));
}

export interface SoftmaxOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I>, AxisOptions {}

/** e^x over its sum along an axis or several, the last one if none is given. Throws OptionError and ShapeError. */
export function softmax<const I extends Shape | undefined = undefined>(options: SoftmaxOptions<I> = {}): SameShape<I> {
  checkedOptions('softmax', options, ['axis']);
  return ofClass('Softmax', options, activations.softmax(picked(options, ['axis'])));
}

/** The layer `Activation` of an activation that takes these options. */
function named<I extends Shape | undefined>(
  options: LayerOptions<I>,
  names: readonly string[],
  factory: string,
  make: (options: never) => Activation,
): SameShape<I> {
  checkedOptions(factory, options, names);
  const used = (make as (options: object) => Activation)(picked(options, names));
  return activation<I>({
    ...picked(options, ['name', 'inputShape', 'trainable']),
    activation: used,
  });
}

export interface GeluOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  /** Whether to compute it by a hyperbolic tangent; false if left out. */
  readonly approximate?: boolean;
}

/** x times the share of a standard normal distribution below x. Throws OptionError. */
export function gelu<const I extends Shape | undefined = undefined>(options: GeluOptions<I> = {}): SameShape<I> {
  return named(options, ['approximate'], 'gelu', activations.gelu);
}

/** x for x > 0, else alpha (e^(x / alpha) - 1). Throws OptionError. */
export function celu<const I extends Shape | undefined = undefined>(options: EluOptions<I> = {}): SameShape<I> {
  return named(options, ['alpha'], 'celu', activations.celu);
}

/** The scaled elu that keeps mean and variance. */
export function selu<const I extends Shape | undefined = undefined>(options: LayerOptions<I> = {}): SameShape<I> {
  return named(options, [], 'selu', activations.selu);
}

/** x sigmoid(x). */
export function silu<const I extends Shape | undefined = undefined>(options: LayerOptions<I> = {}): SameShape<I> {
  return named(options, [], 'silu', activations.silu);
}

/** x tanh(softplus(x)). */
export function mish<const I extends Shape | undefined = undefined>(options: LayerOptions<I> = {}): SameShape<I> {
  return named(options, [], 'mish', activations.mish);
}

/** log(1 + e^x). */
export function softplus<const I extends Shape | undefined = undefined>(options: LayerOptions<I> = {}): SameShape<I> {
  return named(options, [], 'softplus', activations.softplus);
}

/** x / (1 + |x|). */
export function softsign<const I extends Shape | undefined = undefined>(options: LayerOptions<I> = {}): SameShape<I> {
  return named(options, [], 'softsign', activations.softsign);
}

/** x / 6 + 1 / 2, but at least 0 and at most 1. */
export function hardSigmoid<const I extends Shape | undefined = undefined>(
  options: LayerOptions<I> = {},
): SameShape<I> {
  return named(options, [], 'hardSigmoid', activations.hardSigmoid);
}

/** x hardSigmoid(x). */
export function hardSilu<const I extends Shape | undefined = undefined>(options: LayerOptions<I> = {}): SameShape<I> {
  return named(options, [], 'hardSilu', activations.hardSilu);
}
