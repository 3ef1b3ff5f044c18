import { OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import type { Shape } from '../shape/shape.ts';
import { type ActivationName, applyActivation, checkedActivation } from './activations.ts';
import { common, type LayerOptions, type SameShape } from './layer.ts';
import { checkedOptions, finiteNumber } from './options.ts';

/** A layer that applies a function to each element. */
function elementwise<I extends Shape | undefined>(
  factory: string,
  className: string,
  options: LayerOptions<I>,
  config: { readonly [option: string]: Json },
  forward: (ops: Ops, x: Value) => Value,
): SameShape<I> {
  checkedOptions(factory, options, Object.keys(config));
  return { className, ...common(options), config, outputShape: input => input, forward };
}

export interface ActivationOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  readonly activation: ActivationName;
}

/** An activation by its name, as a layer of its own. Throws OptionError for an unknown name. */
export function activation<const I extends Shape | undefined = undefined>(
  given: ActivationName | ActivationOptions<I>,
): SameShape<I> {
  const options = checkedOptions<ActivationOptions<I>>('activation', given, ['activation'], 'activation');
  const name = checkedActivation(options.activation);
  return elementwise('activation', 'Activation', options, { activation: name }, (ops, x) =>
    applyActivation(ops, name, x),
  );
}

/** max(x, 0). */
export function relu<const I extends Shape | undefined = undefined>(options: LayerOptions<I> = {}): SameShape<I> {
  return elementwise('relu', 'ReLU', options, {}, (ops, x) => ops.relu(x));
}

export interface LeakyReluOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  /** Slope for x < 0; 0.3 if left out, as in Keras's layer. */
  readonly negativeSlope?: number;
}

/** x for x > 0, else negativeSlope x. */
export function leakyRelu<const I extends Shape | undefined = undefined>(
  options: LeakyReluOptions<I> = {},
): SameShape<I> {
  const negativeSlope = finiteNumber('leakyRelu', 'negativeSlope', options.negativeSlope ?? 0.3);
  if (negativeSlope < 0) throw new OptionError(`leakyRelu: negativeSlope must be at least 0, got ${negativeSlope}`);
  return elementwise('leakyRelu', 'LeakyReLU', options, { negativeSlope }, (ops, x) => ops.leakyRelu(x, negativeSlope));
}

export interface EluOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  /** 1 if left out. */
  readonly alpha?: number;
}

/** x for x > 0, else alpha (e^x - 1). */
export function elu<const I extends Shape | undefined = undefined>(options: EluOptions<I> = {}): SameShape<I> {
  const alpha = finiteNumber('elu', 'alpha', options.alpha ?? 1);
  return elementwise('elu', 'ELU', options, { alpha }, (ops, x) => ops.elu(x, alpha));
}

/** Softmax over the last axis. */
export function softmax<const I extends Shape | undefined = undefined>(options: LayerOptions<I> = {}): SameShape<I> {
  return elementwise('softmax', 'Softmax', options, {}, (ops, x) => ops.softmax(x));
}
