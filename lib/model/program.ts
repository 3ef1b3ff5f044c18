import type { InputType } from '../data/batches.ts';
import { classesOf, type Loss, targetShape } from '../losses/loss.ts';
import { type EmittedLoss, emitLoss, scaled } from '../losses/reduction.ts';
import type { Metric } from '../metrics/metric.ts';
import { emitAverages, emitGradientStage, type StepKind } from '../optimizers/gradient-stage.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { differentiate } from '../plan/differentiate.ts';
import { fuseLosses } from '../plan/fusion.ts';
import { emitGradients } from '../plan/gradients.ts';
import { Graph, type Value } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import { sumName } from './accumulator.ts';
import { emitForward, frozenLayers, type Network, TreeOps, typed } from './forward.ts';
import { nodesOf } from './layer-node.ts';
import { emitConstraints, emitPenalties } from './penalties.ts';
import type { Program } from './runtime.ts';
import { slotVariables } from './variables.ts';

/** What `compile` settles. */
export interface Compiled {
  /** Another number for each `compile`. */
  readonly id: number;
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly lossWeight: number;
  readonly metrics: readonly Metric[];
  /** Metrics in which examples count with their weights. */
  readonly weightedMetrics: readonly Metric[];
}

/** What programs of one batch size differ in. */
export interface BatchForm {
  /** Number of examples. */
  readonly count: number;
  readonly inputType: InputType;
  readonly weighted: boolean;
}

const formKey = ({ inputType, weighted }: BatchForm): string => `${inputType}${weighted ? ' weighted' : ''}`;

/** The program of `predict`: input `x` -> output `output`. */
export const predictProgram = (network: Network, form: BatchForm): Program => ({
  key: `predict ${formKey(form)}`,
  batch: form.count,
  emit(examples) {
    const graph = new Graph();
    const ops = new TreeOps(graph, { training: false });
    const { x, floats } = inputOf(ops, network, examples, form);
    const { output } = emitForward(ops, network, floats);
    return { graph, inputs: { x }, outputs: { output } };
  },
});

/**
 * The program of `evaluate`: inputs `x`, `targets` and, if the batch is weighted, `weights` -> outputs `loss`, that of
 * the batch with the penalties of the model, times the number of its examples, and the sums of the metrics, named by
 * `sumName`.
 */
export function evaluateProgram(network: Network, compiled: Compiled, form: BatchForm): Program {
  const frozen = frozenLayers(network.layers);
  const key = `evaluate ${compiled.id} ${formKey(form)} without ${[...frozen].join(', ')}`;
  const emit = (examples: number) => {
    const graph = new Graph();
    const ops = new TreeOps(graph, { training: false, frozen });
    const { x, floats } = inputOf(ops, network, examples, form);
    const { output } = emitForward(ops, network, floats);
    const { inputs, sums } = emitSums(ops, compiled, output, form.weighted);
    return { graph, inputs: { x, ...inputs }, outputs: sums };
  };
  return { key, batch: form.count, emit };
}

/**
 * The program of a training step: the inputs of `evaluateProgram`, `random` (seed and step, for dropout), those of
 * `hyperInputs` and, if averages are kept, `averageMomentum` -> the outputs of `evaluateProgram`, taken before parameters
 * change.
 */
export function trainProgram(network: Network, compiled: Compiled, form: BatchForm, kind: StepKind): Program {
  const frozen = frozenLayers(network.layers);
  const key = `train ${compiled.id} ${formKey(form)} ${kind.changes} ${kind.overwrites} without ${[...frozen].join(', ')}`;
  const emit = (examples: number) => {
    const graph = new Graph();
    const random = graph.input('random', [4], 'int32');
    const hyper = hyperInputs(graph, compiled.optimizer);
    const ops = new TreeOps(graph, { training: true, random, frozen });
    const { x, floats } = inputOf(ops, network, examples, form);
    const { output, parameters } = emitForward(ops, network, floats);
    const { inputs, loss, sums } = emitSums(ops, compiled, output, form.weighted);
    const trainable = parameters.filter(({ isTrained }) => isTrained).map(({ value }) => value);
    const gradients = emitGradients(graph, loss.batch, trainable);
    graph.label = 'optimizer';
    const { optimizer } = compiled;
    const options = optimizer.gradientStage ?? {};
    const given = trainable.map(parameter => ({ parameter, gradient: gradients.get(parameter)! }));
    for (const { parameter, gradient } of emitGradientStage(ops, options, given, kind) ?? []) {
      const slots = slotVariables(optimizer, parameter.name, parameter.shape).map(
        ([slot, variable]) => [slot, graph.variable(variable)] as const,
      );
      const numbers = optimizer.decays?.(parameter.name) === false ? hyper.undecayedHyper! : hyper.hyper;
      optimizer.update(ops, { w: parameter, dw: gradient, slots: Object.fromEntries(slots), hyper: numbers });
    }
    const averages: { averageMomentum?: Value } = {};
    if (options.useEma === true) {
      averages.averageMomentum = graph.input('averageMomentum', [1]);
      emitAverages(ops, trainable, averages.averageMomentum, kind);
    }
    emitConstraints(ops, parameters);
    return { graph, inputs: { x, ...inputs, random, ...hyper, ...averages }, outputs: sums };
  };
  return { key, batch: form.count, emit };
}

/** The kinds of outputs of `watchedProgram`, whose names are `kind:path`. */
export type WatchedKind = 'activation' | 'activationGradient' | 'parameterGradient';

/**
 * The forward and backward passes of a training step, without its update: the inputs `x`, `targets`, `weights` and
 * `random` of `trainProgram` -> the loss, the outputs of the layers in the order in which they are
 * computed, their gradients, and those of the parameters that are trained.
 */
export function watchedProgram(network: Network, compiled: Compiled, form: BatchForm): Program {
  const frozen = frozenLayers(network.layers);
  const apart = new Set([...nodesOf(network.layers)].map(({ path }) => path));
  const emit = (examples: number) => {
    const graph = new Graph();
    const random = graph.input('random', [4], 'int32');
    const ops = new TreeOps(graph, { training: true, random, frozen, apart });
    const { x, floats } = inputOf(ops, network, examples, form);
    const { output, parameters, activations } = emitForward(ops, network, floats);
    const { inputs, loss } = emitSums(ops, compiled, output, form.weighted);
    const trained = parameters.filter(({ isTrained }) => isTrained);
    const layers = [...activations.keys()];
    const sources = [...activations.values(), ...trained.map(({ value }) => value)];
    const gradients = differentiate(graph, loss.batch, sources);
    const named = (kind: WatchedKind, paths: readonly string[], values: Iterable<Value>) =>
      Object.fromEntries([...values].map((value, i) => [`${kind}:${paths[i]}`, value]));
    const outputs = {
      loss: loss.sum,
      ...named('activation', layers, activations.values()),
      ...named('activationGradient', layers, gradients.slice(0, layers.length)),
      ...named(
        'parameterGradient',
        trained.map(({ spec }) => spec.path),
        gradients.slice(layers.length),
      ),
    };
    return { graph, inputs: { x, ...inputs, random }, outputs };
  };
  const key = `watched ${compiled.id} ${formKey(form)} without ${[...frozen].join(', ')}`;
  return { key, batch: form.count, emit };
}

/**
 * The inputs for the optimizer's hyper-parameters: `hyper`, and, if weight decay leaves parameters out, `undecayedHyper`
 * for these.
 */
function hyperInputs(graph: Graph, { hyper, decays }: Optimizer): { hyper: Value; undecayedHyper?: Value } {
  const values = { hyper: graph.input('hyper', [hyper.length]) };
  if (decays === undefined) return values;
  return { ...values, undecayedHyper: graph.input('undecayedHyper', [hyper.length]) };
}

/** The input as it is written, and as layers take it. */
function inputOf(
  ops: Ops,
  { inputShape }: Network,
  examples: number,
  { inputType }: BatchForm,
): { x: Value; floats: Value } {
  const x = ops.graph.input('x', [examples, ...inputShape], inputType);
  return { x, floats: ops.cast(x, 'float32') };
}

/**
 * Emits targets and weights, the loss, and what is summed over batches: the loss times the number of examples, and the
 * sums of the metrics. A sum of hits is exact in float32, their mean is not.
 */
function emitSums(
  ops: TreeOps,
  { loss, lossWeight, metrics, weightedMetrics }: Compiled,
  output: Value,
  isWeighted: boolean,
): { inputs: { [name: string]: Value }; loss: EmittedLoss; sums: { [output: string]: Value } } {
  const { graph } = ops;
  const [batch = 0, ...shape] = output.shape;
  graph.label = 'loss';
  const isClasses = loss.targets === 'classes';
  const targets = graph.input('targets', [batch, ...targetShape(loss, shape)], isClasses ? 'int32' : 'float32');
  const numbers = isClasses ? ops.oneHot(targets, classesOf(loss, shape)) : targets;
  const weights = isWeighted ? graph.input('weights', [batch]) : undefined;
  const ofTargets = scaled(typed(ops), emitLoss(typed(ops), loss, output, numbers, weights), lossWeight);
  const emitted = withPenalties(ops, ofTargets, batch);
  const sums: { [output: string]: Value } = { loss: emitted.sum };
  const add = (metric: Metric, own?: Value) => {
    graph.label = metric.name;
    const named = Object.entries(metric.sums(typed(ops), output, numbers, own, isClasses ? targets : undefined));
    for (const [name, value] of named) sums[sumName(metric.name, name)] = value;
  };
  for (const metric of metrics) add(metric);
  for (const metric of weightedMetrics) add(metric, weights);
  fuseLosses(graph, emitted.batch);
  return { inputs: weights === undefined ? { targets } : { targets, weights }, loss: emitted, sums };
}

/** The loss and what regularizers add to it, which is the same for any number of examples. */
function withPenalties(ops: TreeOps, { batch, sum }: EmittedLoss, examples: number): EmittedLoss {
  const penalties = emitPenalties(ops);
  if (penalties === undefined) return { batch, sum };
  return { batch: ops.add(batch, penalties), sum: ops.add(sum, ops.affine(penalties, examples)) };
}
