/** Every kernel call of a training step of each model, by itself: on each backend, at each batch size. */
import type { Backend } from '../lib/backend/backend.ts';
import { type BackendName, chooseBackend } from '../lib/backend/choose.ts';
import { withNumbers } from '../lib/model/profile.ts';
import { planCallBytes, planCallFlops } from '../lib/plan/cost.ts';
import type { Plan, PlanCall } from '../lib/plan/plan.ts';
import { digitModel } from './digit-models.ts';
import { measure } from './measure.ts';
import type { Row, SuiteOptions } from './suite.ts';

const backendNames: readonly BackendName[] = ['loops', 'simd'];

export async function* kernels(options: SuiteOptions): AsyncGenerator<Row> {
  for (const batchSize of options.batchSizes ?? [32]) {
    for (const backendName of backendNames) {
      const backend = chooseBackend(backendName);
      const seen = new Set<string>();
      for (const model of options.models) {
        const plan = digitModel(model, backendName).plan('train', batchSize);
        yield* await withNumbers(plan, backend, runs =>
          timed(plan, runs, { backend, model, batchSize, seen, options }),
        );
      }
    }
  }
}

interface Context {
  readonly backend: Backend;
  readonly model: string;
  readonly batchSize: number;
  /** Calls that were measured already, for another model. */
  readonly seen: Set<string>;
  readonly options: SuiteOptions;
}

async function timed(plan: Plan, runs: readonly (() => void)[], context: Context): Promise<Row[]> {
  const { backend, model, batchSize, seen, options } = context;
  const rows: Row[] = [];
  for (const [i, call] of plan.calls.entries()) {
    const run = runs[i]!;
    // Each call runs once, in order: a pooling gradient must find the maxima that the pooling has left.
    run();
    const name = `${model} ${call.label} ${describe(plan, call)}`;
    const key = JSON.stringify([call.kernel, call.geometry]);
    if (seen.has(key) || !name.includes(options.filter)) continue;
    seen.add(key);
    const timing = await measure(name, run, options.time);
    const gflops = planCallFlops(call) / timing.milliseconds / 1e6;
    const gigabytes = planCallBytes(call, plan) / timing.milliseconds / 1e6;
    rows.push({ ...timing, name, backend: backend.name, batchSize, gflops, gigabytes });
  }
  return rows;
}

/** The kernel and the shapes of its operands, with the sizes of a convolution's window. */
function describe(plan: Plan, call: PlanCall): string {
  const shapes = (indices: { readonly [name: string]: number }): string =>
    Object.values(indices)
      .map(index => plan.buffers[index]!.shape.join('x'))
      .join(' ');
  return `${call.kernel} ${shapes(call.inputs)}`;
}
