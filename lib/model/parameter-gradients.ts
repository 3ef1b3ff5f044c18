import type { Numbers } from '../backend/backend.ts';
import { checkTargets, gather, inOrder } from '../data/examples.ts';
import { classesOf, type Loss, targetShape } from '../losses/loss.ts';
import { emitLoss } from '../losses/reduction.ts';
import { type LossName, lossOf } from '../losses/registry.ts';
import { differentiate } from '../plan/differentiate.ts';
import { fuseLosses } from '../plan/fusion.ts';
import { Graph } from '../plan/graph.ts';
import { sizeOf } from '../shape/shape.ts';
import { Tensor, tensor } from '../tensor/index.ts';
import { emitForward, frozenLayers, type Network, TreeOps, typed } from './forward.ts';
import { type Inspected, identityOf, type Named } from './inspect.ts';
import type { TensorLike } from './options.ts';
import type { ProgramGraph } from './runtime.ts';

const method = 'parameterGradients';

export interface ParameterGradientOptions {
  readonly loss: LossName | Loss;
  /** As the loss wants them. */
  readonly targets: TensorLike;
  /** 32 if left out. */
  readonly batchSize?: number;
}

/** The gradients for all inputs, which have been checked. Throws OptionError, ShapeError and DataError. */
export async function parameterGradients(
  { runtime, network, batchSize }: Inspected,
  inputs: Tensor,
  options: ParameterGradientOptions,
): Promise<Named> {
  const count = inputs.shape[0]!;
  const loss = lossOf(options.loss);
  const targets = options.targets instanceof Tensor ? options.targets : tensor(options.targets);
  checkTargets(method, targets, count, loss, network.layers.at(-1)!.outputShape);
  const frozen = frozenLayers(network.layers);
  const program = {
    key: `${method} ${identityOf(loss.forward)} without ${[...frozen].join(', ')}`,
    emit: (examples: number) => emitGradients(network, loss, frozen, examples),
  };
  const shapes = Object.entries(program.emit(1).outputs).map(([path, { shape }]) => ({ path, shape }));
  const sums = shapes.map(({ path, shape }) => ({ path, shape, total: new Float64Array(sizeOf(shape)) }));
  const rows = inOrder(count);
  for (let from = 0; from < count; from += batchSize) {
    const batch = Math.min(batchSize, count - from);
    const io = {
      write(input: (name: string) => Numbers) {
        gather(inputs, rows, from, batch, input('x'));
        gather(targets, rows, from, batch, input('targets'));
      },
      read(output: (name: string) => Numbers) {
        for (const { path, total } of sums) for (const [i, each] of output(path).entries()) total[i]! += each;
      },
    };
    await runtime.run({ ...program, batch }, io, { priority: 'interactive' });
  }
  const mean = (total: Float64Array) => Float32Array.from(total, each => each / count);
  return Object.fromEntries(sums.map(({ path, shape, total }) => [path, new Tensor(shape, 'float32', mean(total))]));
}

/** Inputs `x` and `targets` -> the gradients of the loss times the number of examples, by the paths of the parameters. */
function emitGradients(network: Network, loss: Loss, frozen: ReadonlySet<string>, examples: number): ProgramGraph {
  const graph = new Graph();
  const x = graph.input('x', [examples, ...network.inputShape]);
  const ops = new TreeOps(graph, { training: false, frozen });
  const { output, parameters } = emitForward(ops, network, x);
  const shape = output.shape.slice(1);
  const isClasses = loss.targets === 'classes';
  const targets = graph.input('targets', [examples, ...targetShape(loss, shape)], isClasses ? 'int32' : 'float32');
  const numbers = isClasses ? ops.oneHot(targets, classesOf(loss, shape)) : targets;
  const { sum } = emitLoss(typed(ops), loss, output, numbers, undefined);
  fuseLosses(graph, sum);
  const trained = parameters.filter(({ isTrained }) => isTrained);
  const values = trained.map(({ value }) => value);
  const found = differentiate(graph, sum, values);
  return {
    graph,
    inputs: { x, targets },
    outputs: Object.fromEntries(trained.map(({ spec }, i) => [spec.path, found[i]!])),
  };
}
