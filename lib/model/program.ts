import { ShapeError } from '../errors.ts';
import { classesOf, type Loss, targetShape } from '../losses/losses.ts';
import type { Metric } from '../metrics/metrics.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { fuseLosses } from '../plan/fusion.ts';
import { emitGradients } from '../plan/gradients.ts';
import { type AnyCall, Graph, type Value } from '../plan/graph.ts';
import { Ops } from '../plan/ops.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import type { PlacedLayer, PlacedParameter } from './structure.ts';

/** What `compile` settles. */
export interface Compiled {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly metrics: readonly Metric[];
}

export interface ProgramOptions {
  readonly layers: readonly PlacedLayer[];
  readonly inputShape: Shape;
  /** Number of examples in a batch. */
  readonly batch: number;
  readonly stateOffsets: ReadonlyMap<string, number>;
  readonly scratchBytes: (call: AnyCall) => number;
}

/**
 * The plan of `predict`: input `x` -> output `output`.
 */
export function predictPlan(options: ProgramOptions): Plan {
  const graph = new Graph();
  const ops = new Ops(graph, { training: false });
  const x = graph.input('x', [options.batch, ...options.inputShape]);
  const { output } = emitForward(ops, options.layers, x);
  return makePlan(graph, { ...options, inputs: { x }, outputs: { output } });
}

/** The plan of `evaluate`: inputs `x` and `targets` -> outputs `loss` and one for each metric, all sums over the rows. */
export function evaluatePlan(options: ProgramOptions, compiled: Compiled): Plan {
  const graph = new Graph();
  const ops = new Ops(graph, { training: false });
  const x = graph.input('x', [options.batch, ...options.inputShape]);
  const { output } = emitForward(ops, options.layers, x);
  const { targets, sums } = emitSums(ops, compiled, output);
  return makePlan(graph, { ...options, inputs: { x, targets }, outputs: sums });
}

/**
 * The plan of a training step: inputs `x`, `targets`, `random` (seed and step for dropout) and `rate` (the step size)
 * -> the outputs of `evaluatePlan`, taken before the update of the parameters.
 */
export function trainPlan(options: ProgramOptions, compiled: Compiled): Plan {
  const graph = new Graph();
  const random = graph.input('random', [4], 'int32');
  const rate = graph.input('rate', [1]);
  const ops = new Ops(graph, { training: true, random });
  const x = graph.input('x', [options.batch, ...options.inputShape]);
  const { output, parameters } = emitForward(ops, options.layers, x);
  const { targets, sums } = emitSums(ops, compiled, output);
  graph.label = 'loss';
  const loss = ops.affine(sums.loss, 1 / sizeOf(output.shape.slice(0, -1)));
  const trainable = parameters.filter(({ spec }) => spec.trainable !== false);
  const gradients = emitGradients(
    graph,
    loss,
    trainable.map(({ value }) => value),
  );
  const { optimizer } = compiled;
  for (const { value, spec } of trainable) {
    graph.label = 'optimizer';
    const slots = optimizer.slots.map(slot => [slot, graph.state(slotPath(spec.path, slot), value.shape)]);
    optimizer.update(graph, value, gradients.get(value)!, Object.fromEntries(slots), rate);
  }
  return makePlan(graph, { ...options, inputs: { x, targets, random, rate }, outputs: sums });
}

/** The name of an optimizer's tensor for a parameter: `conv2d/kernel:m`. */
export const slotPath = (parameter: string, slot: string): string => `${parameter}:${slot}`;

interface EmittedParameter {
  readonly value: Value;
  readonly spec: PlacedParameter;
}

function emitForward(
  ops: Ops,
  layers: readonly PlacedLayer[],
  x: Value,
): { output: Value; parameters: EmittedParameter[] } {
  const parameters: EmittedParameter[] = [];
  let output = x;
  for (const { layer, name, parameters: specs, outputShape } of layers) {
    ops.graph.label = name;
    const values = specs.map(spec => ({ spec, value: ops.graph.parameter(spec.path, spec.shape) }));
    parameters.push(...values);
    output = layer.forward(ops, output, Object.fromEntries(values.map(({ spec, value }) => [spec.name, value])));
    const declared = [x.shape[0]!, ...outputShape];
    if (!sameShape(output.shape, declared)) {
      throw new ShapeError(
        `${layer.className} "${name}": forward gives ${formatShape(output.shape)}, but outputShape declares ${formatShape(declared)}`,
      );
    }
  }
  return { output, parameters };
}

/** Loss and metrics as sums over the rows: a sum of hits is exact in float32, their mean is not. */
interface Sums {
  readonly loss: Value;
  readonly [metric: string]: Value;
}

/** Emits targets, loss and metrics. */
function emitSums(ops: Ops, { loss, metrics }: Compiled, output: Value): { targets: Value; sums: Sums } {
  const { graph } = ops;
  const [batch = 0, ...shape] = output.shape;
  graph.label = 'loss';
  const classes = loss.targets === 'classes';
  const targets = graph.input('targets', [batch, ...targetShape(loss, shape)], classes ? 'int32' : 'float32');
  const dense = classes ? ops.oneHot(targets, classesOf(loss, shape)) : targets;
  const sumOfRows = (what: string, rows: Value): Value => {
    if (sameShape(rows.shape, output.shape.slice(0, -1))) return ops.sum(rows);
    throw new ShapeError(
      `${what}: forward gives ${formatShape(rows.shape)}, expected one number for each row: ${formatShape(output.shape.slice(0, -1))}`,
    );
  };
  const sums: { loss: Value; [metric: string]: Value } = {
    loss: sumOfRows(`loss ${loss.name}`, loss.forward(ops, output, dense)),
  };
  for (const metric of metrics) {
    graph.label = metric.name;
    sums[metric.name] = sumOfRows(`metric ${metric.name}`, metric.forward(ops, output, dense));
  }
  fuseLosses(graph);
  return { targets, sums };
}
