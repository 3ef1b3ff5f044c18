import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import type { GradientStageOptions } from './gradient-options.ts';

/** A parameter that is trained, with the gradient of the loss. */
export interface Gradient {
  readonly parameter: Value;
  readonly gradient: Value;
}

/** What the step on a batch does, which follows from its number alone: each kind is a program of its own. */
export interface StepKind {
  /** Whether parameters change; otherwise the gradients are only added up. */
  readonly changes: boolean;
  /** Whether parameters become their averages afterwards. */
  readonly overwrites: boolean;
}

/** The kind of step number `step`, counted from 0. */
export function stepKind(options: GradientStageOptions, step: number): StepKind {
  const { gradientAccumulationSteps = 1, emaOverwriteFrequency } = options;
  const changes = (step + 1) % gradientAccumulationSteps === 0;
  const overwrites =
    emaOverwriteFrequency !== undefined && (changesBefore(options, step) + 1) % emaOverwriteFrequency === 0;
  return { changes, overwrites };
}

/** How often parameters have changed before step number `step`. */
export function changesBefore({ gradientAccumulationSteps = 1 }: GradientStageOptions, step: number): number {
  return Math.floor(step / gradientAccumulationSteps);
}

/** The momentum of the averages at step number `step`: as in Keras they start from the parameters after the first change. */
export function averageMomentum(options: GradientStageOptions, step: number): number {
  return changesBefore(options, step) === 0 ? 0 : (options.emaMomentum ?? 0);
}

/** The names of the variables that the stage keeps for a parameter. */
export const accumulatedName = (parameter: string): string => `${parameter}:accumulated`;
export const averageName = (parameter: string): string => `${parameter}:average`;

/**
 * Emits what happens between gradients and updates: they are added up over several batches and clipped, in Keras's
 * order. Returns the gradients for the updates, or undefined where parameters do not change in this kind of step.
 */
export function emitGradientStage(
  ops: Ops,
  options: GradientStageOptions,
  given: readonly Gradient[],
  { changes }: StepKind,
): readonly Gradient[] | undefined {
  const steps = options.gradientAccumulationSteps;
  if (steps === undefined) return clipped(ops, options, given);
  const added = given.map(({ parameter, gradient }) => {
    const { name, shape } = parameter;
    const accumulated = ops.graph.variable({ name: accumulatedName(name), shape, owner: 'training' });
    const sum = ops.add(gradient, accumulated);
    ops.assign(accumulated, changes ? ops.fill(shape, 0) : sum);
    return { parameter, gradient: sum };
  });
  if (!changes) return undefined;
  const means = added.map(({ parameter, gradient }) => ({ parameter, gradient: ops.divide(gradient, steps) }));
  return clipped(ops, options, means);
}

/** Emits the averages of the parameters after the updates. `momentum` is the value of `averageMomentum`: [1]. */
export function emitAverages(ops: Ops, parameters: readonly Value[], momentum: Value, { overwrites }: StepKind): void {
  for (const parameter of parameters) {
    const { name, shape } = parameter;
    const average = ops.graph.variable({ name: averageName(name), shape, owner: 'training' });
    const rest = ops.subtract(1, momentum);
    const next = ops.add(ops.multiply(momentum, average), ops.multiply(rest, parameter));
    ops.assign(average, next);
    if (overwrites) ops.assign(parameter, next);
  }
}

function clipped(ops: Ops, { clipValue, clipNorm, globalClipNorm }: GradientStageOptions, given: readonly Gradient[]) {
  const changed = (change: (gradient: Value) => Value) =>
    given.map(({ parameter, gradient }) => ({ parameter, gradient: change(gradient) }));
  if (clipValue !== undefined) return changed(gradient => ops.clip(gradient, -clipValue, clipValue));
  if (clipNorm !== undefined) {
    return changed(gradient => ops.multiply(gradient, shrinkage(ops, squares(ops, gradient), clipNorm)));
  }
  if (globalClipNorm === undefined) return given;
  const [first, ...others] = given.map(({ gradient }) => squares(ops, gradient));
  if (first === undefined) return given;
  const sum = others.reduce((sum, each) => ops.add(sum, each), first);
  const scale = shrinkage(ops, sum, globalClipNorm);
  return changed(gradient => ops.multiply(gradient, scale));
}

const squares = (ops: Ops, gradient: Value): Value => ops.sum(ops.square(gradient));

/** longest / max(norm, longest), the norm being the root of `squared`: 1 where nothing has to shrink. */
function shrinkage(ops: Ops, squared: Value, longest: number): Value {
  return ops.divide(longest, ops.maximum(ops.sqrt(squared), longest));
}
