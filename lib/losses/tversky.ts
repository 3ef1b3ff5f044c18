import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { placeOf } from './axis.ts';
import { epsilon, type Loss, type LossOptions } from './loss.ts';
import { checkedAxisOption, lossOptions, notNegative } from './options.ts';

/** Axes that are summed over: one or several, or null for all with the batch axis, which gives one loss for a batch. */
type Axes = number | readonly number[] | null;

export interface DiceOptions extends LossOptions {
  /** The axes over which overlaps are summed, `[1, 2, 3]` for each image; null, for the whole batch, if left out. */
  readonly axis?: Axes;
}

export interface TverskyOptions extends DiceOptions {
  /** What targets count that the output misses; 0.5 if left out. */
  readonly alpha?: number;
  /** What output counts where there are no targets; 0.5 if left out. */
  readonly beta?: number;
}

/**
 * 1 - 2 sum(t y) / (sum(t) + sum(y) + 1e-7) (Milletari et al. 2016, without squares). Targets t and outputs y: shares of
 * each pixel that belong to a class. Throws OptionError.
 */
export function dice(given: DiceOptions = {}): Loss<'numbers'> {
  const name = 'dice';
  const { reduction, axis } = lossOptions(name, given, { axis: null as Axes });
  checkedAxes(name, axis);
  return {
    name,
    className: 'Dice',
    targets: 'numbers',
    config: { axis, reduction },
    reduction,
    forward(ops, output, targets) {
      const sums = sumsOver(name, ops, output, axis);
      const all = ops.add(sums(targets), sums(output));
      return ops.subtract(
        1,
        ops.divide(ops.affine(sums(ops.multiply(targets, output)), 2), ops.affine(all, 1, epsilon)),
      );
    },
  };
}

/**
 * 1 - S / (S + alpha sum(t (1 - y)) + beta sum((1 - t) y) + 1e-7) with S = sum(t y) (Salehi et al. 2017, with alpha and
 * beta as Keras takes them). Targets t and outputs y: shares of each pixel that belong to a class. Throws OptionError.
 */
export function tversky(given: TverskyOptions = {}): Loss<'numbers'> {
  const name = 'tversky';
  const { reduction, alpha, beta, axis } = lossOptions(name, given, { alpha: 0.5, beta: 0.5, axis: null as Axes });
  notNegative(name, 'alpha', alpha);
  notNegative(name, 'beta', beta);
  checkedAxes(name, axis);
  return {
    name,
    className: 'Tversky',
    targets: 'numbers',
    config: { alpha, beta, axis, reduction },
    reduction,
    forward(ops, output, targets) {
      const sums = sumsOver(name, ops, output, axis);
      const both = sums(ops.multiply(targets, output));
      const missed = sums(ops.multiply(targets, ops.subtract(1, output)));
      const wrong = sums(ops.multiply(ops.subtract(1, targets), output));
      const all = ops.add(both, ops.add(ops.affine(missed, alpha), ops.affine(wrong, beta, epsilon)));
      return ops.subtract(1, ops.divide(both, all));
    },
  };
}

function sumsOver(loss: string, ops: Ops, output: Value, axis: Axes): (value: Value) => Value {
  if (axis === null) return value => ops.sum(value);
  const axes = (typeof axis === 'number' ? [axis] : axis).map(each => placeOf(`loss ${loss}`, output, each));
  return value => ops.sum(value, axes);
}

function checkedAxes(loss: string, axis: Axes): void {
  if (axis === null || typeof axis === 'number') {
    if (axis !== null) checkedAxisOption(loss, axis);
    return;
  }
  if (!Array.isArray(axis) || axis.length === 0) {
    throw new OptionError(`${loss}: axis must be an integer, a list of integers or null, got ${describe(axis)}`);
  }
  for (const each of axis) checkedAxisOption(loss, each);
}
