import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { placeOf } from './axis.ts';
import { epsilon, type Loss, type LossOptions } from './loss.ts';
import { checkedAxisOption, lossOptions } from './options.ts';

export interface CosineSimilarityOptions extends LossOptions {
  /** The axis of the vectors; -1, the last one, if left out. */
  readonly axis?: number;
}

/**
 * Minus the cosine of the angle between outputs and targets: -1 for the same direction, 1 for opposite ones, 0 where one
 * of them is zero. Targets: numbers of the shape of the output. Throws OptionError.
 */
export function cosineSimilarity(given: CosineSimilarityOptions = {}): Loss<'numbers'> {
  const name = 'cosineSimilarity';
  const { reduction, axis } = lossOptions(name, given, { axis: -1 });
  checkedAxisOption(name, axis);
  return {
    name,
    className: 'CosineSimilarity',
    targets: 'numbers',
    config: { axis, reduction },
    reduction,
    forward: (ops, output, targets) => ops.negate(cosine(`loss ${name}`, ops, output, targets, axis)),
  };
}

/** The cosine of the angle between the vectors along an axis. `what` begins the message of an error. */
export function cosine(what: string, ops: Ops, output: Value, targets: Value, axis: number): Value {
  const along = placeOf(what, output, axis);
  const [y, t] = [output, targets].map(value => unit(ops, value, along));
  return ops.sum(ops.multiply(y!, t!), along);
}

/** Vectors of length 1; those shorter than 1e-7 are divided by that. */
function unit(ops: Ops, x: Value, axis: number): Value {
  const squares = ops.sum(ops.square(x), axis, true);
  return ops.divide(x, ops.sqrt(ops.maximum(squares, epsilon * epsilon)));
}
