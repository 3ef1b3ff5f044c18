import { type ConfiguredJson, checkedFactoryOptions, configured } from '../configured.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';

/** Says what becomes of a parameter behind each training step; an object with these members is one. */
export interface Constraint {
  readonly name: string;
  /** The options that rebuild it; a layer with a constraint without them cannot be saved. */
  readonly config?: { readonly [option: string]: Json };
  /** Emits the parameter as it shall be, in its own shape. */
  constrain(ops: Ops, parameter: Value): Value;
}

/** The axes of a parameter over which norms are taken. */
export interface NormOptions {
  /**
   * One axis or several: 0, the default, for the inputs of each unit of a dense layer, [0, 1, 2] for each filter of a
   * convolution.
   */
  readonly axis?: number | readonly number[];
}

export interface MaxNormOptions extends NormOptions {
  /** 2 if left out. */
  readonly maxValue?: number;
}

/** Added to the norm by which is divided, as in Keras. */
const epsilon = 1e-7;

/**
 * Shortens the vectors along `axis` that are longer than maxValue to that length (Srivastava et al. 2014, section 5.1).
 * `maxNorm(3)` or `maxNorm({ maxValue: 3 })`. Throws OptionError.
 */
export function maxNorm(options: number | MaxNormOptions = {}): Constraint {
  const all = typeof options === 'number' ? { maxValue: options } : options;
  const given = checkedFactoryOptions<MaxNormOptions>('maxNorm', all, ['maxValue', 'axis']);
  const maxValue = checkedNorm('maxNorm', 'maxValue', given.maxValue ?? 2);
  const axis = given.axis ?? 0;
  const axes = checkedAxes('maxNorm', axis);
  return {
    name: 'maxNorm',
    config: { maxValue, axis },
    constrain: (ops, w) => withNorms(ops, w, axes, norms => ops.minimum(norms, maxValue)),
  };
}

export interface MinMaxNormOptions extends NormOptions {
  /** 0 if left out. */
  readonly minValue?: number;
  /** 1 if left out. */
  readonly maxValue?: number;
  /** How much of the way to the nearest length allowed is gone in one step: 0 to 1; 1 if left out. */
  readonly rate?: number;
}

/** Brings the lengths of the vectors along `axis` between minValue and maxValue. Throws OptionError. */
export function minMaxNorm(options: MinMaxNormOptions = {}): Constraint {
  const what = 'minMaxNorm';
  const known = ['minValue', 'maxValue', 'rate', 'axis'];
  const given = checkedFactoryOptions<MinMaxNormOptions>(what, options, known);
  const minValue = checkedNorm(what, 'minValue', given.minValue ?? 0);
  const maxValue = checkedNorm(what, 'maxValue', given.maxValue ?? 1);
  if (minValue > maxValue) {
    throw new OptionError(`${what}: minValue must be at most maxValue, got ${minValue} and ${maxValue}`);
  }
  const rate = given.rate ?? 1;
  if (!(rate >= 0 && rate <= 1)) {
    throw new OptionError(`${what}: rate must be at least 0 and at most 1, got ${describe(rate)}`);
  }
  const axis = given.axis ?? 0;
  const axes = checkedAxes(what, axis);
  return {
    name: what,
    config: { minValue, maxValue, rate, axis },
    constrain: (ops, w) =>
      withNorms(ops, w, axes, norms => {
        const nearest = ops.clip(norms, minValue, maxValue);
        if (rate === 1) return nearest;
        return ops.add(ops.multiply(nearest, rate), ops.multiply(norms, 1 - rate));
      }),
  };
}

/** Brings the vectors along `axis` to the length 1. Throws OptionError. */
export function unitNorm(options: NormOptions = {}): Constraint {
  const axis = checkedFactoryOptions<NormOptions>('unitNorm', options, ['axis']).axis ?? 0;
  const axes = checkedAxes('unitNorm', axis);
  return {
    name: 'unitNorm',
    config: { axis },
    constrain: (ops, w) => ops.divide(w, ops.add(norms(ops, w, axes), epsilon)),
  };
}

/** Sets negative elements to 0. */
export function nonNeg(options: { readonly [option: string]: never } = {}): Constraint {
  checkedFactoryOptions('nonNeg', options, []);
  return { name: 'nonNeg', config: {}, constrain: (ops, w) => ops.relu(w) };
}

const norms = (ops: Ops, w: Value, axes: readonly number[]): Value => ops.sqrt(ops.sum(ops.square(w), axes, true));

/** w with the lengths that `desired` makes of those that it has. */
function withNorms(ops: Ops, w: Value, axes: readonly number[], desired: (norms: Value) => Value): Value {
  const lengths = norms(ops, w, axes);
  return ops.multiply(w, ops.divide(desired(lengths), ops.add(lengths, epsilon)));
}

function checkedNorm(constraint: string, option: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new OptionError(`${constraint}: ${option} must be a finite number of 0 or more, got ${describe(value)}`);
}

function checkedAxes(constraint: string, axis: unknown): readonly number[] {
  const axes: readonly unknown[] = Array.isArray(axis) ? axis : [axis];
  if (axes.length > 0 && axes.every((each): each is number => Number.isInteger(each))) return axes;
  throw new OptionError(`${constraint}: axis must be an integer or a list of them, got ${describe(axis)}`);
}

const factories = { maxNorm, minMaxNorm, unitNorm, nonNeg };

export type ConstraintName = keyof typeof factories;
/** A constraint as a model file holds it. */
export type ConstraintConfig = ConfiguredJson;
/** A name with its defaults, a config, an object, or null for none. */
export type ConstraintLike = ConstraintName | ConstraintConfig | Constraint | null;

/** A constraint by its name, from a model file, or the one given. Throws OptionError. */
export function constraint(given: ConstraintLike): Constraint | undefined {
  return given === null ? undefined : configured('constraint', factories, given, 'constrain');
}
