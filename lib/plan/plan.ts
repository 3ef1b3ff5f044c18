import type { FusionName, KernelName, OperandType } from '../../kernels/contract.ts';
import { InklingError } from '../errors.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { fuseCalls } from './fusion.ts';
import { type AnyCall, conflict, type Graph, isUpdate, originOf, type Role, type Value } from './graph.ts';
import { type Block, blocksOf } from './memory.ts';

/** A tensor of a plan: a variable, or what lies in a block of work memory. */
export interface PlanBuffer {
  readonly name: string;
  readonly role: Role;
  readonly shape: Shape;
  readonly dtype: OperandType;
  /** The name of the variable, or undefined. */
  readonly variable?: string;
  /** The index of the block; undefined for a variable. */
  readonly block?: number;
}

/** One kernel call on buffers, by index. */
export interface PlanCall {
  readonly kernel: KernelName;
  readonly label: string;
  readonly outputs: { readonly [name: string]: number };
  readonly inputs: { readonly [name: string]: number };
  readonly geometry: object;
}

/** What a backend runs: plain data that can be printed, profiled, drawn and posted to a worker. */
export interface Plan {
  readonly buffers: readonly PlanBuffer[];
  readonly calls: readonly PlanCall[];
  /** Work memory: blocks share bytes where their lives do not meet. A backend adds the scratch memory of its kernels. */
  readonly blocks: readonly Block[];
  /** Buffers by the names under which they are written before a run and read behind it. */
  readonly inputs: { readonly [name: string]: number };
  readonly outputs: { readonly [name: string]: number };
  /** The index of the first call that writes a variable; the number of calls if none does. */
  readonly firstUpdate: number;
}

export interface PlanOptions {
  readonly inputs: { readonly [name: string]: Value };
  readonly outputs: { readonly [name: string]: Value };
  /** What the backend can run besides the ops. */
  readonly fusions: ReadonlySet<FusionName>;
}

/** Turns a graph into a plan: drops calls that nobody needs, fuses others, runs updates as early as they may. */
export function makePlan(graph: Graph, options: PlanOptions): Plan {
  const outputs = Object.values(options.outputs);
  const needed = neededCalls(graph.calls, outputs);
  const calls = hoistUpdates(fuseCalls(graph, needed, outputs, options.fusions));
  const blocks = blocksOf(calls, Object.values(options.inputs), outputs);
  const buffers = new BufferTable(blocks);
  const planned = calls.map(
    ({ kernel, label, outputs, inputs, geometry }): PlanCall =>
      Object.freeze({
        kernel,
        label,
        outputs: buffers.indexed(outputs),
        inputs: buffers.indexed(inputs),
        geometry: Object.freeze(geometry),
      }),
  );
  const firstUpdate = calls.findIndex(isUpdate);
  return Object.freeze({
    inputs: buffers.indexed(options.inputs),
    outputs: buffers.indexed(options.outputs),
    calls: Object.freeze(planned),
    buffers: Object.freeze(buffers.buffers),
    blocks: Object.freeze(buffers.blocks),
    firstUpdate: firstUpdate < 0 ? calls.length : firstUpdate,
  });
}

/** Gives each value of a plan its number, and each block. */
class BufferTable {
  readonly buffers: PlanBuffer[] = [];
  readonly blocks: readonly Block[];
  readonly #blockOf: ReadonlyMap<Value, Block>;
  readonly #blockIndices: ReadonlyMap<Block, number>;
  readonly #indices = new Map<Value, number>();

  constructor(blockOf: ReadonlyMap<Value, Block>) {
    this.#blockOf = blockOf;
    const distinct = [...new Set(blockOf.values())];
    this.#blockIndices = new Map(distinct.map((block, i) => [block, i]));
    this.blocks = distinct.map(block => Object.freeze({ ...block }));
  }

  indexed(values: { readonly [name: string]: Value }): { readonly [name: string]: number } {
    return Object.freeze(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, this.#index(value)])));
  }

  #index(value: Value): number {
    const known = this.#indices.get(value);
    if (known !== undefined) return known;
    this.#indices.set(value, this.buffers.length);
    this.buffers.push(Object.freeze(this.#buffer(value)));
    return this.buffers.length - 1;
  }

  #buffer(value: Value): PlanBuffer {
    const { name, role, shape, dtype } = value;
    const origin = originOf(value);
    if (role === 'variable') return { name, role, shape, dtype, variable: origin.name };
    const block = this.#blockOf.get(origin);
    const index = block === undefined ? undefined : this.#blockIndices.get(block);
    if (index === undefined) throw new InklingError(`plan: ${name} (${role}) was given no memory`);
    return { name, role, shape, dtype, block: index };
  }
}

/** The calls that an output or an update depends on, in their order. */
function neededCalls(calls: readonly AnyCall[], outputs: readonly Value[]): AnyCall[] {
  const needed = new Set(outputs.map(originOf));
  const kept: AnyCall[] = [];
  for (const call of [...calls].reverse()) {
    if (!isUpdate(call) && !Object.values(call.outputs).some(output => needed.has(output))) continue;
    for (const input of Object.values(call.inputs)) needed.add(originOf(input));
    kept.push(call);
  }
  return kept.reverse();
}

/**
 * Moves each update to just behind the last call before it that must come before it, so that gradients die early and
 * their memory is used again. Calls of which one writes what the other reads or writes keep their order.
 */
export function hoistUpdates(calls: readonly AnyCall[]): AnyCall[] {
  const ordered: AnyCall[] = [];
  for (const call of calls) {
    const last = isUpdate(call) ? ordered.findLastIndex(before => conflict(before, call)) : ordered.length - 1;
    ordered.splice(last + 1, 0, call);
  }
  return ordered;
}

/** The plan as text, one call a line. */
export function formatPlan(plan: Plan): string {
  const operand = (index: number): string => {
    const { variable, block, shape } = plan.buffers[index]!;
    return `${formatShape(shape)}@${variable ?? `block ${block}`}`;
  };
  const operands = (indices: { readonly [name: string]: number }): string =>
    Object.entries(indices)
      .map(([name, index]) => `${name}${operand(index)}`)
      .join(' ');
  const lines = plan.calls.map(
    (call, i) => `${i} ${call.label} ${call.kernel}: ${operands(call.outputs)} <- ${operands(call.inputs)}`,
  );
  return [
    ...lines,
    ...plan.blocks.map(({ bytes, first, last }, i) => `block ${i}: ${bytes} bytes, calls ${first} to ${last}`),
  ].join('\n');
}
