import { type ConfiguredJson, checkedFactoryOptions, configured } from '../configured.ts';
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { formatShape } from '../shape/shape.ts';

/** Adds a penalty for a parameter, or for the output of a layer, to the loss; an object with these members is one. */
export interface Regularizer {
  readonly name: string;
  /** The options that rebuild it; a layer with a regularizer without them cannot be saved. */
  readonly config?: { readonly [option: string]: Json };
  /** Emits the penalty: a single number. */
  penalty(ops: Ops, x: Value): Value;
}

export interface L1Options {
  /** The factor of the sum; 0.01 if left out. */
  readonly l1?: number;
}

/** l1 times the sum of |x|. `l1(0.001)` or `l1({ l1: 0.001 })`. Throws OptionError. */
export function l1(options: number | L1Options = {}): Regularizer {
  const factor = factorOf('l1', options, 'l1', 0.01);
  return { name: 'l1', config: { l1: factor }, penalty: (ops, x) => magnitudes(ops, x, factor) };
}

export interface L2Options {
  /** The factor of the sum; 0.01 if left out. */
  readonly l2?: number;
}

/** l2 times the sum of x^2. `l2(0.001)` or `l2({ l2: 0.001 })`. Throws OptionError. */
export function l2(options: number | L2Options = {}): Regularizer {
  const factor = factorOf('l2', options, 'l2', 0.01);
  return { name: 'l2', config: { l2: factor }, penalty: (ops, x) => squares(ops, x, factor) };
}

export interface L1l2Options {
  /** The factor of the sum of |x|. */
  readonly l1?: number;
  /** The factor of the sum of x^2. */
  readonly l2?: number;
}

/**
 * l1 times the sum of |x|, and l2 times the sum of x^2. A factor that is left out is 0, or 0.01 if both are. Throws
 * OptionError.
 */
export function l1l2(options: L1l2Options = {}): Regularizer {
  const given = checkedFactoryOptions<L1l2Options>('l1l2', options, ['l1', 'l2']);
  const rest = given.l1 === undefined && given.l2 === undefined ? 0.01 : 0;
  const config = {
    l1: checkedFactor('l1l2', 'l1', given.l1 ?? rest),
    l2: checkedFactor('l1l2', 'l2', given.l2 ?? rest),
  };
  return {
    name: 'l1l2',
    config,
    penalty(ops, x) {
      if (config.l2 === 0) return magnitudes(ops, x, config.l1);
      if (config.l1 === 0) return squares(ops, x, config.l2);
      return ops.add(magnitudes(ops, x, config.l1), squares(ops, x, config.l2));
    },
  };
}

export interface OrthogonalRegularizerOptions {
  /** 0.01 if left out. */
  readonly factor?: number;
  /** Which vectors of the matrix shall become orthogonal: its `rows` (the default) or its `columns`. */
  readonly mode?: 'rows' | 'columns';
}

/** The least norm by which Keras divides. */
const leastNorm = 1e-7;

/**
 * factor times the mean of |a b| over all pairs a, b of the rows (or columns) of a matrix, each scaled to the length 1.
 * Throws OptionError; ShapeError for what is no matrix, or has less than two rows (or columns).
 */
export function orthogonalRegularizer(options: OrthogonalRegularizerOptions = {}): Regularizer {
  const what = 'orthogonalRegularizer';
  const given = checkedFactoryOptions<OrthogonalRegularizerOptions>(what, options, ['factor', 'mode']);
  const factor = checkedFactor(what, 'factor', given.factor ?? 0.01);
  const mode = given.mode ?? 'rows';
  if (mode !== 'rows' && mode !== 'columns') {
    throw new OptionError(`${what}: mode must be "rows" or "columns", got ${describe(mode)}`);
  }
  return {
    name: what,
    config: { factor, mode },
    penalty(ops, x) {
      const rows = mode === 'rows' ? x : ops.transpose(x);
      const [count = 0] = rows.shape;
      if (x.shape.length !== 2 || count < 2) {
        throw new ShapeError(`${what}: expected a matrix of at least two ${mode}, got ${formatShape(x.shape)}`);
      }
      const norms = ops.sqrt(ops.maximum(ops.sum(ops.square(rows), 1, true), leastNorm ** 2));
      const units = ops.divide(rows, norms);
      const products = ops.matmul(units, ops.transpose(units));
      const others = ops.multiply(products, ops.subtract(1, identityMatrix(ops, count)));
      return ops.multiply(ops.sum(ops.abs(others)), factor / (count * (count - 1)));
    },
  };
}

/** Ones on the diagonal: rows of one element more begin one further each time. */
function identityMatrix(ops: Ops, size: number): Value {
  const longer: Value = ops.pad(ops.fill([size, 1], 1), [
    [0, 0],
    [0, size],
  ]);
  return ops.reshape(ops.slice(ops.reshape(longer, [-1]), [0], [size * size]), [size, size]);
}

const magnitudes = (ops: Ops, x: Value, factor: number): Value => ops.multiply(ops.sum(ops.abs(x)), factor);
const squares = (ops: Ops, x: Value, factor: number): Value => ops.multiply(ops.sum(ops.square(x)), factor);

/** The single option of a regularizer, which may be given alone. */
function factorOf(regularizer: string, given: unknown, option: string, first: number): number {
  const options = typeof given === 'number' ? { [option]: given } : given;
  const { [option]: factor = first } = checkedFactoryOptions<{ [option: string]: number }>(regularizer, options, [
    option,
  ]);
  return checkedFactor(regularizer, option, factor);
}

function checkedFactor(regularizer: string, option: string, factor: number): number {
  if (Number.isFinite(factor) && factor >= 0) return factor;
  throw new OptionError(`${regularizer}: ${option} must be a finite number of 0 or more, got ${describe(factor)}`);
}

const factories = { l1, l2, l1l2, orthogonalRegularizer };

export type RegularizerName = keyof typeof factories;
/** A regularizer as a model file holds it. */
export type RegularizerConfig = ConfiguredJson;
/** A name with its defaults, a config, an object, or null for none. */
export type RegularizerLike = RegularizerName | RegularizerConfig | Regularizer | null;

/** A regularizer by its name, from a model file, or the one given. Throws OptionError. */
export function regularizer(given: RegularizerLike): Regularizer | undefined {
  return given === null ? undefined : configured('regularizer', factories, given, 'penalty');
}
