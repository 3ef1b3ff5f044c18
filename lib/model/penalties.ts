import { ShapeError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import { formatShape, sameShape, sizeOf } from '../shape/shape.ts';
import { type EmittedParameter, type TreeOps, typed } from './forward.ts';
import { naming, titleOf } from './layer-names.ts';
import type { PlacedParameter } from './layer-node.ts';

/**
 * Emits what comes to the loss besides that of the examples: the penalties of the parameters that train, as in Keras, and
 * what layers add. Returns a single number, or undefined where there is nothing.
 */
export function emitPenalties(ops: TreeOps): Value | undefined {
  const { graph } = ops;
  const penalties = ops.parameters.flatMap(({ value, spec, isTrained }) => {
    if (spec.regularizer === undefined || !isTrained) return [];
    graph.label = spec.owner.path;
    const { regularizer } = spec;
    return [named(spec, () => single(regularizer.penalty(typed(ops), value)))];
  });
  const [first, ...others] = [...penalties, ...ops.losses].map(penalty => ops.reshape(penalty, []));
  graph.label = 'loss';
  return others.reduce<Value | undefined>((sum, penalty) => sum && ops.add(sum, penalty), first);
}

/** Emits the constraints of the parameters that have been trained, behind their updates. */
export function emitConstraints(ops: TreeOps, parameters: readonly EmittedParameter[]): void {
  for (const { value, spec, isTrained } of parameters) {
    const { constraint } = spec;
    if (constraint === undefined || !isTrained) continue;
    ops.assign(
      value,
      named(spec, () => sameShaped(value, constraint.constrain(typed(ops), value))),
    );
  }
}

/** What a regularizer or a constraint emits; its errors name the parameter. */
const named = ({ owner, name }: PlacedParameter, emit: () => Value): Value =>
  naming(`${titleOf(owner.className, owner.path)}: ${name}`, emit);

function single(penalty: Value): Value {
  if (sizeOf(penalty.shape) === 1) return penalty;
  throw new ShapeError(`a penalty must be a single number, got a value of ${formatShape(penalty.shape)}`);
}

function sameShaped({ shape }: Value, constrained: Value): Value {
  if (sameShape(constrained.shape, shape)) return constrained;
  const [expected, got] = [shape, constrained.shape].map(formatShape);
  throw new ShapeError(`a constraint must keep the shape ${expected}, got ${got}`);
}
