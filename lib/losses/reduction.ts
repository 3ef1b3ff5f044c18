import { ShapeError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { formatShape, sizeOf } from '../shape/shape.ts';
import type { Loss } from './loss.ts';

/** The loss of a batch as a value of its plan. */
export interface EmittedLoss {
  /** What training lowers. */
  readonly batch: Value;
  /** The same times the number of examples, which is summed over batches: a sum of many keeps more digits than a mean. */
  readonly sum: Value;
}

/** Emits a loss and reduces it to single numbers; `weights` has one for each example: [N]. */
export function emitLoss(ops: Ops, loss: Loss, output: Value, targets: Value, weights: Value | undefined): EmittedLoss {
  const what = `loss ${loss.name}`;
  const values = loss.forward(ops, output, targets);
  const examples = output.shape[0]!;
  if (values.shape.length === 0 && weights === undefined) {
    return { batch: values, sum: ops.affine(values, examples) };
  }
  const mask = loss.mask && checkedExamples(what, loss.mask(ops, output, targets), output);
  const each = values.shape.length === 0 ? ops.broadcastTo(values, [examples]) : checkedExamples(what, values, output);
  const masked = mask === undefined ? each : ops.multiply(each, mask);
  const total = ops.sum(weights === undefined ? masked : weighted(ops, masked, weights));
  return reduced(ops, loss, { total, each, mask, weights, examples });
}

/** A loss times a number. */
export const scaled = (ops: Ops, loss: EmittedLoss, factor: number): EmittedLoss =>
  factor === 1 ? loss : { batch: ops.affine(loss.batch, factor), sum: ops.affine(loss.sum, factor) };

interface Summed {
  readonly total: Value;
  readonly each: Value;
  readonly mask: Value | undefined;
  readonly weights: Value | undefined;
  readonly examples: number;
}

function reduced(ops: Ops, { reduction }: Loss, { total, each, mask, weights, examples }: Summed): EmittedLoss {
  if (reduction === 'sum') return { batch: total, sum: ops.affine(total, examples) };
  const count = sizeOf(each.shape);
  const ofBatch = (divisor: Value): EmittedLoss => {
    const batch = quotient(ops, total, divisor);
    return { batch, sum: ops.affine(batch, examples) };
  };
  if (reduction === 'meanWithSampleWeight' && (weights !== undefined || mask !== undefined)) {
    const shares = mask ?? ops.fill(each.shape, 1);
    return ofBatch(ops.sum(weights === undefined ? shares : weighted(ops, shares, weights)));
  }
  if (mask !== undefined) return ofBatch(ops.sum(mask));
  const perExample = count / examples;
  return { batch: ops.affine(total, 1 / count), sum: perExample === 1 ? total : ops.affine(total, 1 / perExample) };
}

/** a / b, and 0 where b is 0. */
export function quotient(ops: Ops, a: Value, b: Value): Value {
  const isZero = ops.equal(b, 0);
  return ops.where(isZero, 0, ops.divide(a, ops.where(isZero, 1, b)));
}

/** Throws ShapeError unless the value has the batch axis in front. */
export function checkedExamples(what: string, value: Value, output: Value): Value {
  const examples = output.shape[0]!;
  if (value.shape[0] === examples) return value;
  const shapes = `forward gives ${formatShape(value.shape)} for an output of ${formatShape(output.shape)}`;
  throw new ShapeError(`${what}: ${shapes}; it must keep the batch axis in front: [${examples}, ...]`);
}

/** Numbers for each example [N, ...], each multiplied with the weight of its example [N]. */
export function weighted(ops: Ops, values: Value, weights: Value): Value {
  return ops.multiply(values, ops.reshape(weights, [weights.shape[0]!, ...values.shape.slice(1).map(() => 1)]));
}
