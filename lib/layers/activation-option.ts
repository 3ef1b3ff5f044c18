/** What layers take as `activation`, and what a file holds of it. */
import { type ConfiguredJson, configJson, configured } from '../configured.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import {
  type Activation,
  celu,
  elu,
  exponential,
  gelu,
  hardShrink,
  hardSigmoid,
  hardSilu,
  hardTanh,
  leakyRelu,
  linear,
  logSigmoid,
  logSoftmax,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softShrink,
  softsign,
  sparsemax,
  sparsePlus,
  sparseSigmoid,
  squareplus,
  tanh,
  tanhShrink,
  threshold,
} from './activations.ts';

const factories = {
  ...{ linear, relu, leakyRelu, relu6, elu, selu, celu, gelu, silu, swish: silu, mish, sigmoid, tanh, softmax },
  ...{ logSoftmax, logSigmoid, softplus, softsign, exponential, hardSigmoid, hardSilu, hardSwish: hardSilu, hardTanh },
  ...{ hardShrink, softShrink, tanhShrink, threshold, squareplus, sparsePlus, sparseSigmoid, sparsemax },
};

/** The names by which an activation can be given; `threshold` has options that must be told. */
export type ActivationName = Exclude<keyof typeof factories, 'threshold'>;

/** An activation as a model file holds it: its name alone where all options are the defaults. */
export type ActivationConfig = ConfiguredJson;

/** A function in place of an activation. */
export type ActivationFunction = (ops: Ops, x: Value) => Value;

/** A name, a config such as `{ name: 'leakyRelu', negativeSlope: 0.1 }`, an object, or a function of the operations. */
export type ActivationLike = ActivationName | ActivationConfig | Activation | ActivationFunction;

/** The activation that is meant. Throws OptionError for what is none. */
export function checkedActivation(given: ActivationLike): Activation {
  if (typeof given === 'function') return { name: 'custom', activate: given };
  return configured('activation', factories, given, 'activate');
}

/** What a model file holds of it; undefined for a function. */
export function activationJson(activation: Activation): string | ActivationConfig | undefined {
  const json = configJson(activation);
  if (json === undefined || !Object.hasOwn(factories, activation.name) || activation.name === 'threshold') return json;
  const first = configJson(checkedActivation(activation.name as ActivationName));
  return JSON.stringify(json) === JSON.stringify(first) ? activation.name : json;
}
