/** Activations by their names in Keras 3, with its defaults: what layers take as `activation`. */
import { checkedFactoryOptions } from '../configured.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { checkedAxes, placesOf } from './axes.ts';
import { sparsemaxOf } from './sparsemax.ts';

/** A function that layers apply to their output; an object with these members is one. */
export interface Activation {
  readonly name: string;
  /** The options that rebuild it; a layer with an activation without them cannot be saved. */
  readonly config?: { readonly [option: string]: Json };
  /** Emits the function of x, of the same shape. */
  activate(ops: Ops, x: Value): Value;
}

/** What takes no options. */
type NoOptions = { readonly [option: string]: never };

/** The factory of an activation without options. */
function plain(name: string, activate: (ops: Ops, x: Value) => Value): (options?: NoOptions) => Activation {
  return (options = {}) => {
    checkedFactoryOptions(name, options, []);
    return { name, config: {}, activate };
  };
}

/** x as it is. */
export const linear = plain('linear', (_, x) => x);
/** 1 / (1 + e^-x). */
export const sigmoid = plain('sigmoid', (ops, x) => ops.sigmoid(x));
/** The hyperbolic tangent. */
export const tanh = plain('tanh', (ops, x) => ops.tanh(x));
/** max(x, 0), but at most 6. */
export const relu6 = plain('relu6', (ops, x) => ops.relu(x, { maxValue: 6 }));
/** The scaled elu that keeps mean and variance (Klambauer et al. 2017, equation 2). */
export const selu = plain('selu', (ops, x) => ops.selu(x));
/** log(1 + e^x). */
export const softplus = plain('softplus', (ops, x) => ops.softplus(x));
/** x / (1 + |x|). */
export const softsign = plain('softsign', (ops, x) => ops.softsign(x));
/** x sigmoid(x) (Elfwing et al. 2018). */
export const silu = plain('silu', (ops, x) => ops.silu(x));
/** x tanh(softplus(x)) (Misra 2019). */
export const mish = plain('mish', (ops, x) => ops.mish(x));
/** e^x. */
export const exponential = plain('exponential', (ops, x) => ops.exp(x));
/** x / 6 + 1 / 2, but at least 0 and at most 1. */
export const hardSigmoid = plain('hardSigmoid', (ops, x) => ops.hardSigmoid(x));
/** x hardSigmoid(x) (Howard et al. 2019, section 5.2). */
export const hardSilu = plain('hardSilu', (ops, x) => ops.hardSilu(x));
/** x, but at least -1 and at most 1. */
export const hardTanh = plain('hardTanh', (ops, x) => ops.hardTanh(x));
/** log(sigmoid(x)). */
export const logSigmoid = plain('logSigmoid', (ops, x) => ops.logSigmoid(x));
/** 0 up to -1, (x + 1)^2 / 4 up to 1, x beyond. */
export const sparsePlus = plain('sparsePlus', (ops, x) => ops.sparsePlus(x));
/** (x + 1) / 2, but at least 0 and at most 1. */
export const sparseSigmoid = plain('sparseSigmoid', (ops, x) => ops.sparseSigmoid(x));
/** x - tanh(x). */
export const tanhShrink = plain('tanhShrink', (ops, x) => ops.tanhShrink(x));

export interface ReluActivationOptions {
  /** The slope below the threshold: 0 or more; 0 if left out. */
  readonly negativeSlope?: number;
  /** The largest output: 0 or more; none if left out or null. */
  readonly maxValue?: number | null;
  /** Up to where the slope holds: 0 or more; 0 if left out. */
  readonly threshold?: number;
}

/** x above the threshold, but at most maxValue; negativeSlope (x - threshold) below. Throws OptionError. */
export function relu(options: ReluActivationOptions = {}): Activation {
  const given = checkedFactoryOptions<ReluActivationOptions>('relu', options, [
    'negativeSlope',
    'maxValue',
    'threshold',
  ]);
  const config = {
    negativeSlope: atLeastZero('relu', 'negativeSlope', given.negativeSlope ?? 0),
    maxValue: given.maxValue == null ? null : atLeastZero('relu', 'maxValue', given.maxValue),
    threshold: atLeastZero('relu', 'threshold', given.threshold ?? 0),
  };
  const settings = { ...config, maxValue: config.maxValue ?? undefined };
  return { name: 'relu', config, activate: (ops, x) => ops.relu(x, settings) };
}

/** x for x > 0, else negativeSlope x; the slope is 0.2 if left out. Throws OptionError. */
export function leakyRelu(options: { readonly negativeSlope?: number } = {}): Activation {
  const { negativeSlope = 0.2 } = checkedFactoryOptions<{ negativeSlope?: number }>('leakyRelu', options, [
    'negativeSlope',
  ]);
  const config = { negativeSlope: atLeastZero('leakyRelu', 'negativeSlope', negativeSlope) };
  return { name: 'leakyRelu', config, activate: (ops, x) => ops.leakyRelu(x, negativeSlope) };
}

export interface AlphaOptions {
  /** 1 if left out. */
  readonly alpha?: number;
}

/** x for x > 0, else alpha (e^x - 1). Throws OptionError. */
export function elu(options: AlphaOptions = {}): Activation {
  const { alpha = 1 } = checkedFactoryOptions<AlphaOptions>('elu', options, ['alpha']);
  return { name: 'elu', config: { alpha: finite('elu', 'alpha', alpha) }, activate: (ops, x) => ops.elu(x, alpha) };
}

/** x for x > 0, else alpha (e^(x / alpha) - 1), with alpha > 0. Throws OptionError. */
export function celu(options: AlphaOptions = {}): Activation {
  const { alpha = 1 } = checkedFactoryOptions<AlphaOptions>('celu', options, ['alpha']);
  return {
    name: 'celu',
    config: { alpha: positive('celu', 'alpha', alpha) },
    activate: (ops, x) => ops.celu(x, alpha),
  };
}

/** x times the share of a standard normal distribution below x; `approximate` computes that by a hyperbolic tangent. */
export function gelu(options: { readonly approximate?: boolean } = {}): Activation {
  const { approximate = false } = checkedFactoryOptions<{ approximate?: boolean }>('gelu', options, ['approximate']);
  if (typeof approximate !== 'boolean') {
    throw new OptionError(`gelu: approximate must be true or false, got ${describe(approximate)}`);
  }
  return { name: 'gelu', config: { approximate }, activate: (ops, x) => ops.gelu(x, approximate) };
}

export interface AxisOptions {
  /** One axis or several, counted with the batch as axis 0, or from the end; -1 if left out. */
  readonly axis?: number | readonly number[];
}

/** e^x over its sum along the axes. Throws OptionError. */
export function softmax(options: AxisOptions = {}): Activation {
  const { axis = -1 } = checkedFactoryOptions<AxisOptions>('softmax', options, ['axis']);
  const axes = checkedAxes('softmax', axis);
  return { name: 'softmax', config: { axis }, activate: (ops, x) => ops.softmax(x, axesOf(x, axes)) };
}

/** The logarithm of the softmax. Throws OptionError. */
export function logSoftmax(options: AxisOptions = {}): Activation {
  const { axis = -1 } = checkedFactoryOptions<AxisOptions>('logSoftmax', options, ['axis']);
  const axes = checkedAxes('logSoftmax', axis);
  return { name: 'logSoftmax', config: { axis }, activate: (ops, x) => ops.logSoftmax(x, axesOf(x, axes)) };
}

/** The nearest point of the probability simplex, which has zeros (Martins and Astudillo 2016). Throws OptionError. */
export function sparsemax(options: { readonly axis?: number } = {}): Activation {
  const { axis = -1 } = checkedFactoryOptions<{ axis?: number }>('sparsemax', options, ['axis']);
  const axes = checkedAxes('sparsemax', axis);
  if (axes.length > 1) throw new OptionError(`sparsemax: axis must be a single one, got ${describe(axis)}`);
  return { name: 'sparsemax', config: { axis }, activate: (ops, x) => sparsemaxOf(ops, x, axesOf(x, axes)[0]!) };
}

/** (x + sqrt(x^2 + b)) / 2, with b > 0; 4 if left out. Throws OptionError. */
export function squareplus(options: { readonly b?: number } = {}): Activation {
  const { b = 4 } = checkedFactoryOptions<{ b?: number }>('squareplus', options, ['b']);
  return {
    name: 'squareplus',
    config: { b: positive('squareplus', 'b', b) },
    activate: (ops, x) => ops.squareplus(x, b),
  };
}

export interface ThresholdOptions {
  /** 0 or more; 0.5 if left out. */
  readonly threshold?: number;
}

/** x where it is farther from 0 than the threshold, else 0. Throws OptionError. */
export function hardShrink(options: ThresholdOptions = {}): Activation {
  const { threshold = 0.5 } = checkedFactoryOptions<ThresholdOptions>('hardShrink', options, ['threshold']);
  const config = { threshold: atLeastZero('hardShrink', 'threshold', threshold) };
  return { name: 'hardShrink', config, activate: (ops, x) => ops.hardShrink(x, threshold) };
}

/** x brought nearer to 0 by the threshold, 0 where it is no farther away. Throws OptionError. */
export function softShrink(options: ThresholdOptions = {}): Activation {
  const { threshold = 0.5 } = checkedFactoryOptions<ThresholdOptions>('softShrink', options, ['threshold']);
  const config = { threshold: atLeastZero('softShrink', 'threshold', threshold) };
  return { name: 'softShrink', config, activate: (ops, x) => ops.softShrink(x, threshold) };
}

/** x above the threshold, else defaultValue. Throws OptionError. */
export function threshold(options: { readonly threshold: number; readonly defaultValue: number }): Activation {
  const given = checkedFactoryOptions<typeof options>('threshold', options, ['threshold', 'defaultValue']);
  const config = {
    threshold: finite('threshold', 'threshold', given.threshold),
    defaultValue: finite('threshold', 'defaultValue', given.defaultValue),
  };
  const activate = (ops: Ops, x: Value) => ops.threshold(x, config.threshold, config.defaultValue);
  return { name: 'threshold', config, activate };
}

function finite(activation: string, option: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new OptionError(`${activation}: ${option} must be a finite number, got ${describe(value)}`);
}

function atLeastZero(activation: string, option: string, value: number): number {
  if (finite(activation, option, value) >= 0) return value;
  throw new OptionError(`${activation}: ${option} must be at least 0, got ${value}`);
}

function positive(activation: string, option: string, value: number): number {
  if (finite(activation, option, value) > 0) return value;
  throw new OptionError(`${activation}: ${option} must be greater than 0, got ${value}`);
}

/** Axes of x, none of which is that of the batch. */
const axesOf = (x: Value, axes: readonly number[]): readonly number[] =>
  placesOf(axes, x.shape.slice(1)).map(place => place + 1);
