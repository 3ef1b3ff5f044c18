import { OptionError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import { type ActivationName, applyActivation, checkedActivation } from './activations.ts';
import { common, type Json, type Layer, type LayerOptions } from './layer.ts';
import { finiteNumber } from './options.ts';

/** A layer that applies a function to each element. */
function elementwise(
  className: string,
  options: LayerOptions,
  config: { readonly [option: string]: Json },
  forward: (ops: Ops, x: Value) => Value,
): Layer {
  return { className, ...common(options), config, outputShape: input => input, forward };
}

export interface ActivationOptions extends LayerOptions {
  readonly activation: ActivationName;
}

/** An activation by its name, as a layer of its own. Throws OptionError for an unknown name. */
export function activation(given: ActivationName | ActivationOptions): Layer {
  const options = typeof given === 'string' ? { activation: given } : given;
  const name = checkedActivation(options.activation);
  return elementwise('Activation', options, { activation: name }, (ops, x) => applyActivation(ops, name, x));
}

/** max(x, 0). */
export function relu(options: LayerOptions = {}): Layer {
  return elementwise('ReLU', options, {}, (ops, x) => ops.relu(x));
}

export interface LeakyReluOptions extends LayerOptions {
  /** Slope for x < 0; 0.3 if left out, as in Keras's layer. */
  readonly negativeSlope?: number;
}

/** x for x > 0, else negativeSlope x. */
export function leakyRelu(options: LeakyReluOptions = {}): Layer {
  const negativeSlope = finiteNumber('leakyRelu', 'negativeSlope', options.negativeSlope ?? 0.3);
  if (negativeSlope < 0) throw new OptionError(`leakyRelu: negativeSlope must be at least 0, got ${negativeSlope}`);
  return elementwise('LeakyReLU', options, { negativeSlope }, (ops, x) => ops.leakyRelu(x, negativeSlope));
}

export interface EluOptions extends LayerOptions {
  /** 1 if left out. */
  readonly alpha?: number;
}

/** x for x > 0, else alpha (e^x - 1). */
export function elu(options: EluOptions = {}): Layer {
  const alpha = finiteNumber('elu', 'alpha', options.alpha ?? 1);
  return elementwise('ELU', options, { alpha }, (ops, x) => ops.elu(x, alpha));
}

/** Softmax over the last axis. */
export function softmax(options: LayerOptions = {}): Layer {
  return elementwise('Softmax', options, {}, (ops, x) => ops.softmax(x));
}
