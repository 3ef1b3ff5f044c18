import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { Plain, ShapeOf } from '../shape/literal.ts';
import { sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';
import { checkedAnyLayer, nestedConfig } from './composite.ts';
import { type GraphNodeSpec, inputName, orderedNodes } from './graph-nodes.ts';
import { type AnyLayer, common, isMerging, type Layer, type LayerOptionValues } from './layer.ts';
import { freeName, snakeCase } from './names.ts';
import { checkedName, checkedOptions, checkedShape } from './options.ts';
import type { AcceptOf, OutcomeOf } from './outcome.ts';

/** What flows through a graph layer while it is described: no numbers, but the name of the node that gives it. */
export interface GraphValue<out S extends Shape = Shape> {
  readonly node: string;
  /** For the compiler alone: the shape without the batch axis. */
  readonly '~shape'?: S;
}

/** What a layer of a graph is applied to: one value, or the list that a merging layer takes. */
type GraphOperands = GraphValue | readonly GraphValue[];

type ShapesIn<X extends GraphOperands> =
  X extends GraphValue<infer S> ? S : { readonly [I in keyof X]: X[I] extends GraphValue<infer S> ? S : never };

/** Applies a layer within a graph: to one value, or a merging layer such as `add()` to a list of them. */
export type ApplyInGraph = <const L extends AnyLayer, const X extends GraphOperands>(
  layer: AcceptOf<L, ShapesIn<X>>,
  x: X,
  options?: { readonly name?: string },
) => GraphValue<Plain<ShapeOf<OutcomeOf<L, ShapesIn<X>>>>>;

/** A layer made of others: [...I] -> [...O]. */
export interface GraphLayer<I extends Shape = Shape, O extends Shape = Shape> extends Layer {
  readonly inputShape: I;
  readonly '~out'?: O;
}

/** Options that a graph layer takes. */
export interface GraphOptions {
  /** Unique among the layers beside it; automatic if left out. */
  readonly name?: string;
  /** Whether training changes the layers in it; true if left out. */
  readonly trainable?: boolean;
}

/**
 * A layer made of others in any order that has no circle: `build` gets the input, of that shape without the batch axis, and
 * `apply`, which applies a layer to what it or `build` was given, and returns the output. The same layer applied twice
 * shares its parameters. Throws OptionError for a value of another graph, a name that is used twice, and a node whose
 * output nothing uses; ShapeError, once it is added to a model, for layers that do not fit.
 */
export function graph<const I extends Shape, O extends Shape>(
  inputShape: I,
  build: (x: GraphValue<Plain<I>>, apply: ApplyInGraph) => GraphValue<O>,
  options: GraphOptions = {},
): GraphLayer<Plain<I>, O> {
  if (typeof build !== 'function') {
    throw new OptionError(`graph: expected a function (x, apply) => ..., got ${describe(build)}`);
  }
  const nodes: GraphNodeSpec[] = [];
  const values = new Map<unknown, string>();
  const value = (node: string): GraphValue => {
    const made = { node };
    values.set(made, node);
    return made;
  };
  const nameOf = (given: unknown): string => {
    const name = values.get(given);
    if (name !== undefined) return name;
    throw new OptionError(`graph: apply takes what this graph's function or apply itself gave, got ${describe(given)}`);
  };
  const apply = (layer: AnyLayer, x: GraphOperands, { name }: { readonly name?: string } = {}): GraphValue => {
    checkOperands(layer, x);
    const inputs = (Array.isArray(x) ? x : [x]).map(nameOf);
    const taken = new Set([inputName, ...nodes.map(node => node.name)]);
    const isGiven = layer.name !== undefined && !nodes.some(node => node.layer === layer);
    const automatic = isGiven ? layer.name : freeName(layer.name ?? snakeCase(layer.className ?? 'Lambda'), taken);
    const node = name ?? automatic;
    nodes.push({ name: node, layer, inputs });
    return value(node);
  };
  const output: unknown = build(value(inputName) as GraphValue<Plain<I>>, apply as ApplyInGraph);
  const node = values.get(output);
  if (node === undefined || node === inputName) {
    const got = node === undefined ? describe(output) : 'the input itself';
    throw new OptionError(`graph: the function must return what apply gave, got ${got}`);
  }
  return graphFrom({ ...options, inputShape, nodes, output: node }) as GraphLayer<Plain<I>, O>;
}

/** A graph layer as a list of nodes in any order, as files hold it. */
export interface GraphNodes<I extends Shape = Shape> extends GraphOptions {
  /** The shape of one input, without the batch axis. */
  readonly inputShape: I;
  readonly nodes: readonly GraphNodeSpec[];
  /** The name of the node whose output is that of the graph. */
  readonly output: string;
}

/**
 * A graph layer from a list of nodes in any order: `{ name, layer, inputs }` with the names of the nodes whose outputs
 * it takes, or `input`. Throws OptionError for names that are used twice or do not exist, circles, and nodes whose output
 * nothing uses.
 */
export function graphOfNodes<const I extends Shape>(given: GraphNodes<I>): GraphLayer<Plain<I>> {
  return graphFrom(given) as GraphLayer<Plain<I>>;
}

/** The same from what may be anything. */
export function graphFrom(given: unknown): GraphLayer {
  const options = checkedOptions<GraphNodes>('graph', given, ['nodes', 'output']);
  const inputShape = checkedShape('graph: inputShape', options.inputShape);
  const nodes = orderedNodes(options.nodes, options.output);
  const { output } = options;
  return {
    className: 'Graph',
    ...common({ ...options, inputShape }),
    inputShape,
    get config() {
      const configs = nodes.map((node, i) => nodeConfig(node, nodes.slice(0, i)));
      if (!configs.every(config => config !== undefined)) return undefined;
      return { inputShape, nodes: configs, output };
    },
    forward(ops, x) {
      const values = new Map<string, Value>([[inputName, x]]);
      for (const { name, layer, inputs } of nodes) {
        const taken = inputs.map(input => values.get(input)!);
        values.set(name, ops.apply(layer, isMerging(layer) ? taken : taken[0]!, { name }));
      }
      return values.get(output)!;
    },
  };
}

/** A node as a file holds it: with its layer, or with the name of the node before whose layer it shares. */
function nodeConfig(
  { name, layer, inputs }: GraphNodeSpec,
  before: readonly GraphNodeSpec[],
): LayerOptionValues | undefined {
  const first = before.find(node => node.layer === layer);
  if (first !== undefined) return { name, sharedWith: first.name, inputs };
  const config = nestedConfig(layer);
  return config && { name, layer: config, inputs };
}

function checkOperands(layer: AnyLayer, x: unknown): void {
  const { name } = checkedAnyLayer('graph: what apply is given', layer);
  if (name !== undefined) checkedName('graph', name);
  if (isMerging(layer) && !Array.isArray(x)) throw new ShapeError(sentence('mergesSeveral', {}));
  if (!isMerging(layer) && Array.isArray(x)) throw new ShapeError(sentence('takesOne', { count: x.length }));
}
