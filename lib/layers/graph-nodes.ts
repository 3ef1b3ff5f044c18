/** The nodes of a graph layer: what each applies to what, checked and put in order. */
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { unknownName } from '../nearest-name.ts';
import { checkedAnyLayer } from './composite.ts';
import { type AnyLayer, isMerging } from './layer.ts';
import { checkedName, isObject } from './options.ts';

/** A layer in a graph, and what it is applied to. */
export interface GraphNodeSpec {
  /** Unique within the graph; not `input`. */
  readonly name: string;
  /** The same layer in several nodes shares its parameters. */
  readonly layer: AnyLayer;
  /** The names of the nodes whose outputs it takes, or `input`: one, or as many as a merging layer is to join. */
  readonly inputs: readonly string[];
}

/** The name of what a graph is given. */
export const inputName = 'input';

/**
 * The nodes in an order in which each comes behind those that it needs. Throws OptionError for nodes that are none, a
 * name that is used twice or that nothing has, a circle, and a node that the output does not need.
 */
export function orderedNodes(given: unknown, output: unknown): readonly GraphNodeSpec[] {
  if (!Array.isArray(given) || given.length === 0) {
    throw new OptionError(`graph: nodes must be a list of { name, layer, inputs }, got ${describe(given)}`);
  }
  const nodes = given.map(checkedNode);
  const byName = new Map(nodes.map(node => [node.name, node]));
  const known = [inputName, ...byName.keys()];
  for (const [i, { name, inputs }] of nodes.entries()) {
    if (name === inputName || nodes.findIndex(other => other.name === name) !== i) {
      throw new OptionError(`graph: there are two nodes "${name}"; names must be unique within a graph`);
    }
    const unknown = inputs.find(input => !known.includes(input));
    if (unknown !== undefined) throw unknownName(`input of node "${name}" of graph`, unknown, known);
  }
  if (typeof output !== 'string' || !byName.has(output)) {
    throw unknownName('output of graph', String(output), [...byName.keys()]);
  }
  const ordered = inOrder(nodes);
  const needed = new Set([output]);
  for (const { name, inputs } of ordered.toReversed()) {
    if (!needed.has(name)) {
      throw new OptionError(`graph: nothing uses the output of "${name}"; join it to the others, or leave it out`);
    }
    for (const input of inputs) needed.add(input);
  }
  return ordered;
}

function checkedNode(node: unknown, i: number): GraphNodeSpec {
  const { name, layer, inputs } = isObject(node) ? node : {};
  const what = `graph: nodes[${i}]`;
  const spec = { name: checkedName(what, name), layer: checkedAnyLayer(`${what}: layer`, layer), inputs };
  if (!Array.isArray(inputs) || inputs.length === 0 || !inputs.every(input => typeof input === 'string')) {
    throw new OptionError(`${what}: inputs must be a list of names, got ${describe(inputs)}`);
  }
  if (inputs.length > 1 && !isMerging(spec.layer)) {
    throw new OptionError(
      `${what}: "${spec.name}" takes one input, got ${inputs.length}; join them first, as by add()`,
    );
  }
  return { ...spec, inputs };
}

/** Each node behind those that it needs, else in the order given. Throws OptionError for a circle. */
function inOrder(nodes: readonly GraphNodeSpec[]): readonly GraphNodeSpec[] {
  const ordered: GraphNodeSpec[] = [];
  const done = new Set([inputName]);
  let waiting = nodes;
  while (waiting.length > 0) {
    const ready = waiting.filter(({ inputs }) => inputs.every(input => done.has(input)));
    if (ready.length === 0)
      throw new OptionError(`graph: ${circleAmong(waiting)} is a circle; no node can need its own output`);
    ordered.push(...ready);
    for (const { name } of ready) done.add(name);
    waiting = waiting.filter(node => !ready.includes(node));
  }
  return ordered;
}

/** Each of the nodes needs another of them: followed from one to the next, they come back. */
function circleAmong(waiting: readonly GraphNodeSpec[]): string {
  const seen: string[] = [];
  let node = waiting[0]!;
  while (!seen.includes(node.name)) {
    seen.unshift(node.name);
    node = waiting.find(({ name }) => node.inputs.includes(name))!;
  }
  const circle = [...seen.slice(0, seen.indexOf(node.name) + 1)];
  return [node.name, ...circle].map(name => `"${name}"`).join(' -> ');
}
