import type { Backend } from '../backend/backend.ts';
import { planCallBytes, planCallFlops } from '../plan/cost.ts';
import type { VariableSpec } from '../plan/graph.ts';
import type { Plan } from '../plan/plan.ts';
import { sizeOf } from '../shape/shape.ts';

/** One kernel call of a plan, measured by itself on one thread. */
export interface ProfileRow {
  /** The layer that emitted it, or `loss`, `optimizer`. */
  readonly label: string;
  readonly kernel: string;
  /** The algorithm that the backend has chosen for its sizes. */
  readonly algorithm: string;
  /** Median. */
  readonly milliseconds: number;
  /** Share of the time of all calls, 0 ... 1. */
  readonly share: number;
  /** 10^9 floating-point operations a second. */
  readonly gflops: number;
  /** Bytes of its operands. */
  readonly bytes: number;
}

const warmUpRuns = 3;
const measuredRuns = 9;

/** Measures every call of a plan, with memory of its own: nothing of the model changes. */
export function profilePlan(plan: Plan, backend: Backend): Promise<ProfileRow[]> {
  return withNumbers(plan, backend, async runs => measured(plan, backend, runs));
}

function measured(plan: Plan, backend: Backend, runs: readonly (() => void)[]): ProfileRow[] {
  const times = plan.calls.map(() => [] as number[]);
  for (let round = -warmUpRuns; round < measuredRuns; round++) {
    for (const [i, run] of runs.entries()) {
      const start = performance.now();
      run();
      if (round >= 0) times[i]!.push(performance.now() - start);
    }
  }
  const medians = times.map(each => each.sort((a, b) => a - b)[measuredRuns >> 1]!);
  const total = medians.reduce((sum, time) => sum + time, 0);
  return plan.calls.map((call, i) => ({
    label: call.label,
    kernel: call.kernel,
    algorithm: backend.algorithm(call),
    milliseconds: medians[i]!,
    share: medians[i]! / total,
    gflops: planCallFlops(call) / medians[i]! / 1e6,
    bytes: planCallBytes(call, plan),
  }));
}

/** Calls `use` with the calls of a plan, in memory of its own whose inputs and variables are full of numbers. */
export function withNumbers<T>(
  plan: Plan,
  backend: Backend,
  use: (calls: readonly (() => void)[]) => Promise<T>,
): Promise<T> {
  const memory = backend.createMemory();
  const turn = async (): Promise<T> => {
    try {
      await memory.declare(variablesOf(plan));
      for (const { name, shape, dtype } of variablesOf(plan)) {
        const content = dtype === 'int32' ? new Int32Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
        if (content instanceof Float32Array) fillWithNumbers(content);
        await memory.write(name, content);
      }
      const executable = memory.load(plan);
      await executable.prepare({ fastest: true });
      for (const name of Object.keys(plan.inputs)) {
        const input = executable.input(name);
        if (input instanceof Float32Array) fillWithNumbers(input);
      }
      return await use(executable.calls());
    } finally {
      memory.dispose();
    }
  };
  return backend.scheduler.schedule(turn, { priority: 'background', owner: memory });
}

/** The variables of a plan, each once. */
function variablesOf({ buffers }: Plan): VariableSpec[] {
  const specs = buffers.flatMap(({ variable, shape, dtype }): [string, VariableSpec][] =>
    variable === undefined || dtype === 'uint8' ? [] : [[variable, { name: variable, shape, dtype, owner: 'layer' }]],
  );
  return [...new Map(specs).values()];
}

/** Even in 0.01 ... 1: no denormals, no logarithm of 0. */
function fillWithNumbers(view: Float32Array): void {
  let state = 1;
  for (let i = 0; i < view.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    view[i] = 0.01 + (0.99 * state) / 2 ** 32;
  }
}
