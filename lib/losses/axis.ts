import { ShapeError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { formatShape } from '../shape/shape.ts';

/** x with an axis moved behind all others. Throws ShapeError if there is no such axis, or if it is that of the batch. */
export function axisLast(loss: string, ops: Ops, x: Value, axis: number): Value {
  const rank = x.shape.length;
  const at = placeOf(`loss ${loss}`, x, axis);
  if (at === rank - 1) return x;
  return ops.transpose(x, [...x.shape.keys()].filter(other => other !== at).concat(at));
}

/** The place of an axis that may be counted from the end. `what` begins the message of the error. */
export function placeOf(what: string, x: Value, axis: number): number {
  const rank = x.shape.length;
  const at = axis < 0 ? axis + rank : axis;
  if (at > 0 && at < rank) return at;
  const fault = at === 0 ? 'is the batch axis' : `is none of ${formatShape(x.shape)}`;
  throw new ShapeError(`${what}: axis ${axis} ${fault}; outputs have the axes 1 to ${rank - 1} behind the batch axis`);
}

/** The targets with a share s of each spread evenly over the classes of the last axis (Szegedy et al. 2016, section 7). */
export function smoothed(ops: Ops, targets: Value, labelSmoothing: number): Value {
  if (labelSmoothing === 0) return targets;
  return ops.affine(targets, 1 - labelSmoothing, labelSmoothing / targets.shape.at(-1)!);
}
