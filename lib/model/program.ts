import { ShapeError } from '../errors.ts';
import { classesOf, type Loss, targetShape } from '../losses/losses.ts';
import type { Metric } from '../metrics/metrics.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { fuseLosses } from '../plan/fusion.ts';
import { emitGradients } from '../plan/gradients.ts';
import { Graph, type Value, type VariableSpec } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import { emitForward, frozenLayers, type Network, TreeOps } from './forward.ts';
import type { Program } from './runtime.ts';

/** What `compile` settles. */
export interface Compiled {
  /** Another number for each `compile`. */
  readonly id: number;
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly metrics: readonly Metric[];
}

/** The program of `predict`: input `x` -> output `output`. */
export const predictProgram = (network: Network, batch: number): Program => ({
  key: 'predict',
  batch,
  emit(examples) {
    const graph = new Graph();
    const ops = new TreeOps(graph, { training: false });
    const x = graph.input('x', [examples, ...network.inputShape]);
    const { output } = emitForward(ops, network, x);
    return { graph, inputs: { x }, outputs: { output } };
  },
});

/** The program of `evaluate`: inputs `x` and `targets` -> outputs `loss` and one for each metric, all sums over the rows. */
export const evaluateProgram = (network: Network, compiled: Compiled, batch: number): Program => ({
  key: `evaluate ${compiled.id}`,
  batch,
  emit(examples) {
    const graph = new Graph();
    const ops = new TreeOps(graph, { training: false });
    const x = graph.input('x', [examples, ...network.inputShape]);
    const { output } = emitForward(ops, network, x);
    const { targets, sums } = emitSums(ops, compiled, output);
    return { graph, inputs: { x, targets }, outputs: sums };
  },
});

/**
 * The program of a training step: inputs `x`, `targets`, `random` (seed and step for dropout) and `hyper` (the optimizer's)
 * -> the outputs of `evaluateProgram`, taken before the update of the parameters.
 */
export function trainProgram(network: Network, compiled: Compiled, batch: number): Program {
  const frozen = frozenLayers(network.layers);
  const key = `train ${compiled.id} without ${[...frozen].join(', ')}`;
  const emit = (examples: number) => {
    const graph = new Graph();
    const random = graph.input('random', [4], 'int32');
    const hyper = graph.input('hyper', [compiled.optimizer.hyper.length]);
    const ops = new TreeOps(graph, { training: true, random, frozen });
    const x = graph.input('x', [examples, ...network.inputShape]);
    const { output, parameters } = emitForward(ops, network, x);
    const { targets, sums } = emitSums(ops, compiled, output);
    graph.label = 'loss';
    const loss = ops.affine(sums.loss, 1 / sizeOf(output.shape.slice(0, -1)));
    const trainable = parameters.filter(({ isTrained }) => isTrained);
    const gradients = emitGradients(
      graph,
      loss,
      trainable.map(({ value }) => value),
    );
    const { optimizer } = compiled;
    for (const { value, spec } of trainable) {
      graph.label = 'optimizer';
      const slots = optimizer.slots.map(slot => [slot, graph.variable(slotVariable(spec.path, spec.shape, slot))]);
      optimizer.update(ops, { w: value, dw: gradients.get(value)!, slots: Object.fromEntries(slots), hyper });
    }
    return { graph, inputs: { x, targets, random, hyper }, outputs: sums };
  };
  return { key, batch, emit };
}

/** What an optimizer keeps for a parameter: `conv2d/kernel:m`. */
const slotVariable = (parameter: string, shape: Shape, slot: string): VariableSpec => ({
  name: `${parameter}:${slot}`,
  shape,
  owner: 'training',
});

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
  fuseLosses(graph, sums.loss);
  return { targets, sums };
}
