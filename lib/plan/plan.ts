import type { KernelName, OperandType } from '../../kernels/contract.ts';
import { InklingError } from '../errors.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { fuseCalls } from './fusion.ts';
import { type AnyCall, type Graph, originOf, type Role, type Value } from './graph.ts';
import { aligned, bytesOf, layoutWork } from './memory.ts';

/** A tensor of a plan, at a byte offset in the memory segment of its role. */
export interface PlanBuffer {
  readonly name: string;
  readonly role: Role;
  readonly shape: Shape;
  readonly dtype: OperandType;
  /** `state` outlives the plan and is shared by all plans of a model; `work` is valid during one run. */
  readonly segment: 'state' | 'work';
  readonly offset: number;
}

/** One kernel call on buffers, by index. */
export interface PlanCall {
  readonly kernel: KernelName;
  readonly label: string;
  readonly outputs: { readonly [name: string]: number };
  readonly inputs: { readonly [name: string]: number };
  readonly geometry: object;
  /** Scratch memory in the work segment. */
  readonly scratchOffset: number;
  readonly scratchBytes: number;
}

/** What a backend runs: plain data that can be printed, profiled and posted to a worker. */
export interface Plan {
  readonly buffers: readonly PlanBuffer[];
  readonly calls: readonly PlanCall[];
  readonly workBytes: number;
  /** Buffers by the names under which the model writes and reads them. */
  readonly inputs: { readonly [name: string]: number };
  readonly outputs: { readonly [name: string]: number };
}

export interface PlanOptions {
  readonly inputs: { readonly [name: string]: Value };
  readonly outputs: { readonly [name: string]: Value };
  /** Byte offset of a parameter or of optimizer state in the state segment, by its name. */
  readonly stateOffsets: ReadonlyMap<string, number>;
  readonly scratchBytes: (call: AnyCall) => number;
}

/** Turns a graph into a plan: drops calls that nobody needs, fuses others, runs updates as early as they may, lays out memory. */
export function makePlan(graph: Graph, options: PlanOptions): Plan {
  const outputs = Object.values(options.outputs);
  const calls = hoistUpdates(fuseCalls(graph, neededCalls(graph.calls, outputs), outputs));
  const inputs = Object.values(options.inputs);
  const work = layoutWork(calls, inputs, outputs, options.scratchBytes);
  const buffers: PlanBuffer[] = [];
  const indices = new Map<Value, number>();
  const indexOf = (value: Value): number => {
    const known = indices.get(value);
    if (known !== undefined) return known;
    buffers.push(bufferOf(value, work.offsets, options.stateOffsets));
    indices.set(value, buffers.length - 1);
    return buffers.length - 1;
  };
  const indexed = (values: { readonly [name: string]: Value }) =>
    Object.freeze(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, indexOf(value)])));
  const planned = calls.map(
    (call, i): PlanCall =>
      Object.freeze({
        kernel: call.kernel,
        label: call.label,
        outputs: indexed(call.outputs),
        inputs: indexed(call.inputs),
        geometry: Object.freeze(call.geometry),
        scratchOffset: Math.max(work.scratchOffsets[i]!, 0),
        scratchBytes: options.scratchBytes(call),
      }),
  );
  return Object.freeze({
    inputs: indexed(options.inputs),
    outputs: indexed(options.outputs),
    calls: Object.freeze(planned),
    buffers: Object.freeze(buffers),
    workBytes: work.bytes,
  });
}

function bufferOf(
  value: Value,
  workOffsets: ReadonlyMap<number, number>,
  stateOffsets: ReadonlyMap<string, number>,
): PlanBuffer {
  const origin = originOf(value);
  const segment = origin.role === 'parameter' || origin.role === 'state' ? 'state' : 'work';
  const offset = segment === 'state' ? stateOffsets.get(origin.name) : workOffsets.get(origin.id);
  if (offset === undefined) throw new InklingError(`plan: ${value.name} (${value.role}) was given no memory`);
  const { name, role, shape, dtype } = value;
  return Object.freeze({ name, role, shape, dtype, segment, offset });
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

const isUpdate = (call: AnyCall): boolean => call.kernel.endsWith('Update');

/**
 * Moves each optimizer step to just after its gradient is ready and its parameter is no longer read, so that
 * gradients die early and their memory is used again.
 */
function hoistUpdates(calls: readonly AnyCall[]): AnyCall[] {
  const others = calls.filter(call => !isUpdate(call));
  const after = new Map<number, AnyCall[]>();
  for (const update of calls.filter(isUpdate)) {
    const concerned = new Set([...Object.values(update.outputs), ...Object.values(update.inputs)].map(originOf));
    const last = others.findLastIndex(call =>
      [...Object.values(call.inputs), ...Object.values(call.outputs)].some(value => concerned.has(originOf(value))),
    );
    after.set(last, [...(after.get(last) ?? []), update]);
  }
  return [...(after.get(-1) ?? []), ...others.flatMap((call, i) => [call, ...(after.get(i) ?? [])])];
}

/** Byte offsets for parameters and optimizer state, one after the other, and the bytes they take. */
export function layoutState(values: readonly { readonly name: string; readonly shape: Shape }[]): {
  offsets: Map<string, number>;
  bytes: number;
} {
  const offsets = new Map<string, number>();
  let bytes = 0;
  for (const value of values) {
    offsets.set(value.name, bytes);
    bytes += aligned(bytesOf(value));
  }
  return { offsets, bytes };
}

/** The plan as text, one call a line. */
export function formatPlan(plan: Plan): string {
  const operand = (index: number): string => {
    const { segment, offset, shape } = plan.buffers[index]!;
    return `${formatShape(shape)}@${segment}+${offset}`;
  };
  const operands = (indices: { readonly [name: string]: number }): string =>
    Object.entries(indices)
      .map(([name, index]) => `${name}${operand(index)}`)
      .join(' ');
  const lines = plan.calls.map(
    (call, i) => `${i} ${call.label} ${call.kernel}: ${operands(call.outputs)} <- ${operands(call.inputs)}`,
  );
  return [...lines, `work memory: ${plan.workBytes} bytes`].join('\n');
}
