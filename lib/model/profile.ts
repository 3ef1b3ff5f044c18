import type { Backend, Executable } from '../backend/backend.ts';
import { planCallBytes, planCallFlops } from '../plan/cost.ts';
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
export async function profilePlan(plan: Plan, backend: Backend): Promise<ProfileRow[]> {
  const runs = (await withNumbers(plan, backend)).calls;
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

/** The plan with memory of its own, its inputs and state full of numbers. */
export async function withNumbers(plan: Plan, backend: Backend): Promise<Executable> {
  const ends = plan.buffers.map(({ segment, offset, shape }) => (segment === 'state' ? offset + 4 * sizeOf(shape) : 0));
  const executable = backend.createMemory(Math.max(0, ...ends)).bind(plan);
  for (const [i, { dtype, role }] of plan.buffers.entries()) {
    if (dtype === 'float32' && role !== 'computed') fillWithNumbers(executable.view(i));
  }
  await executable.prepare();
  return executable;
}

/** Even in 0.01 ... 1: no denormals, no logarithm of 0. */
function fillWithNumbers(view: Float32Array | Int32Array): void {
  let state = 1;
  for (let i = 0; i < view.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    view[i] = 0.01 + (0.99 * state) / 2 ** 32;
  }
}
