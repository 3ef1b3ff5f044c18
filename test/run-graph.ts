/** Runs a graph on a backend by itself: what the tests of kernels, fusions and gradients stand on. */
import { type FusionName, fusionNames } from '../kernels/contract.ts';
import type { Backend, Memory, Numbers } from '../lib/backend/backend.ts';
import { Graph, type Value } from '../lib/plan/graph.ts';
import { makePlan, type Plan } from '../lib/plan/plan.ts';

export interface GraphRun {
  readonly plan: Plan;
  readonly outputs: { readonly [name: string]: Numbers };
  /** What the variables hold afterwards. */
  readonly variables: { readonly [name: string]: Numbers };
}

export interface GraphRunOptions {
  /** All that the backend has, if left out. */
  readonly fusions?: readonly FusionName[];
  /** 1 if left out. */
  readonly times?: number;
}

/** `given` are the numbers of all inputs and variables, by their names. Work memory is full of NaN before the first run. */
export async function runGraph(
  backend: Backend,
  graph: Graph,
  outputs: { readonly [name: string]: Value },
  given: { readonly [name: string]: ArrayLike<number> },
  { fusions = fusionNames, times = 1 }: GraphRunOptions = {},
): Promise<GraphRun> {
  const inputs = graph.values.filter(({ role, viewOf }) => role === 'input' && viewOf === undefined);
  const named = Object.fromEntries(inputs.map(value => [value.name, value]));
  const used = new Set(fusions.filter(name => backend.fusions.has(name)));
  const plan = makePlan(graph, { inputs: named, outputs, fusions: used });
  const memory = backend.createMemory();
  const turn = async (): Promise<GraphRun> => {
    await memory.declare(graph.variables);
    for (const { name, dtype } of graph.variables) {
      await memory.write(name, dtype === 'int32' ? Int32Array.from(given[name]!) : Float32Array.from(given[name]!));
    }
    await fillWithNaN(backend, memory, memory.workBytes(plan));
    const executable = memory.load(plan);
    for (let i = 0; i < times; i++) {
      await executable.prepare({ fastest: true });
      for (const { name } of inputs) {
        const prepared = graph.prepared.get(name);
        if (prepared === undefined) executable.input(name).set(given[name]!);
        else prepared.write(executable.input(name), other => executable.input(other));
      }
      await executable.run();
    }
    return {
      plan,
      outputs: await collected(Object.keys(outputs), async name => (await executable.outputs())[name]!.slice()),
      variables: await collected(
        graph.variables.map(({ name }) => name),
        name => memory.read(name),
      ),
    };
  };
  try {
    return await backend.scheduler.schedule(turn, { priority: 'background', owner: memory });
  } finally {
    memory.dispose();
  }
}

/** All plans of a memory share its work memory, and the first block lies at its beginning. */
async function fillWithNaN(backend: Backend, memory: Memory, bytes: number): Promise<void> {
  const graph = new Graph();
  const size = Math.ceil(bytes / 4);
  const { y } = graph.emit('fill', { y: [size] }, {}, { size, value: Number.NaN });
  const executable = memory.load(makePlan(graph, { inputs: {}, outputs: { y }, fusions: backend.fusions }));
  await executable.prepare({ fastest: true });
  await executable.run();
  executable.dispose();
}

async function collected(
  names: readonly string[],
  read: (name: string) => Promise<Numbers>,
): Promise<{ readonly [name: string]: Numbers }> {
  return Object.fromEntries(await Promise.all(names.map(async name => [name, await read(name)] as const)));
}

/** A parameter for a graph that stands for itself. */
export const testVariable = (graph: Graph, name: string, shape: readonly number[]): Value =>
  graph.variable({ name, shape, owner: 'layer' });
