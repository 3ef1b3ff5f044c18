import { type AnyCall, Graph, originOf, type Value } from '../plan/graph.ts';
import type { Shape } from '../shape/shape.ts';
import { emitForward, type Network, TreeOps } from './forward.ts';
import { nodesOf } from './layer-node.ts';

/** Where outputs are computed in a model, and of what. */
export interface TopologyNode {
  /**
   * Unique in the model: the path of the layer. A composite that computes between, or behind, the layers it applies, such
   * as the sum of a residual block, is a node too; where it does so in several places, the second is `path:2`.
   */
  readonly id: string;
  /** The path of the layer. */
  readonly path: string;
  /** The ids of the nodes whose outputs this one takes, each once; `input` is the input of the model. */
  readonly inputs: readonly string[];
  /** The shape of one output, without the batch axis. */
  readonly outputShape: Shape;
  /** The ops of which it is computed in prediction, in their order: `conv2d`, `bias`, `relu`. */
  readonly operations: readonly string[];
}

interface Stretch {
  readonly id: string;
  readonly path: string;
  readonly calls: AnyCall[];
}

/**
 * Who takes whose output, in the order of computation; the last node gives the output of the model. Layers whose outputs
 * nothing uses are left out.
 */
export function topologyOf(network: Network): readonly TopologyNode[] {
  const leaves = [...nodesOf(network.layers)].filter(({ children }) => children.length === 0);
  // A layer that computes nothing, such as flatten, becomes a node by the copy that it gives then.
  const apart = new Set(leaves.map(({ path }) => path));
  const graph = new Graph();
  const x = graph.input('x', [2, ...network.inputShape]);
  const { output, activations } = emitForward(new TreeOps(graph, { training: false, apart }), network, x);
  const copies = new Set(leaves.flatMap(({ path }) => activations.get(path) ?? []));
  const stretches = stretchesOf(neededFor(output, graph.calls));
  const makers = new Map(
    stretches.flatMap(stretch =>
      stretch.calls.flatMap(({ outputs }) => Object.values(outputs).map((made): [Value, Stretch] => [made, stretch])),
    ),
  );
  const nameOf = (value: Value): string | undefined => (value === x ? 'input' : makers.get(value)?.id);
  return stretches.map(({ id, path, calls }) => {
    const taken = calls.flatMap(({ inputs }) => Object.values(inputs).map(input => nameOf(originOf(input))));
    const last = Object.values(calls.at(-1)!.outputs)[0]!;
    const output = activations.get(path);
    const given = output !== undefined && originOf(output) === last ? output : last;
    return {
      id,
      path,
      inputs: [...new Set(taken.filter(name => name !== undefined && name !== id))] as string[],
      outputShape: given.shape.slice(1),
      operations: calls.filter(({ outputs }) => !copies.has(outputs['y']!)).map(({ kernel }) => opOf(kernel)),
    };
  });
}

/** The calls on which a value depends, in their order. */
function neededFor(value: Value, calls: readonly AnyCall[]): readonly AnyCall[] {
  const needed = new Set([originOf(value)]);
  const kept: AnyCall[] = [];
  for (const call of calls.toReversed()) {
    if (!Object.values(call.outputs).some(output => needed.has(output))) continue;
    for (const input of Object.values(call.inputs)) needed.add(originOf(input));
    kept.push(call);
  }
  return kept.reverse();
}

/** Calls of the same layer that follow one another. */
function stretchesOf(calls: readonly AnyCall[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  const counts = new Map<string, number>();
  for (const call of calls) {
    const latest = stretches.at(-1);
    if (latest?.path === call.label) {
      latest.calls.push(call);
      continue;
    }
    const count = (counts.get(call.label) ?? 0) + 1;
    counts.set(call.label, count);
    const id = count === 1 ? call.label : `${call.label}:${count}`;
    stretches.push({ id, path: call.label, calls: [call] });
  }
  return stretches;
}

const opOf = (kernel: string): string => kernel.replace(/Forward$/, '');
