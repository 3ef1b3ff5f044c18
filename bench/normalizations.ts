/** Normalizations and their gradients, fused with what stands behind them, on one thread of each backend. */
import type { Backend } from '../lib/backend/backend.ts';
import { chooseBackend } from '../lib/backend/choose.ts';
import { withNumbers } from '../lib/model/profile.ts';
import { planCallBytes, planCallFlops } from '../lib/plan/cost.ts';
import { emitGradients } from '../lib/plan/gradients.ts';
import { Graph, type Value } from '../lib/plan/graph.ts';
import { Ops } from '../lib/plan/ops.ts';
import { makePlan, type Plan } from '../lib/plan/plan.ts';
import { measure } from './measure.ts';
import type { Row, SuiteOptions } from './suite.ts';

type Build = (ops: Ops, x: Value, other: Value) => Value;

const epsilon = 1e-3;
const batch = (ops: Ops, x: Value) => ops.batchNormalization(x, { epsilon }).output;

/** What is measured, and behind which operand. */
const measured: { readonly [name: string]: Build } = {
  batch: (ops, x) => batch(ops, x),
  'batch, relu': (ops, x) => ops.relu(batch(ops, x)),
  'batch, sum, relu': (ops, x, other) => ops.relu(ops.add(batch(ops, x), other)),
  layer: (ops, x) => ops.layerNormalization(x, { epsilon }),
  rms: (ops, x) => ops.rmsNormalization(x, { epsilon }),
  'groups of 8': (ops, x) => ops.groupNormalization(x, { groups: x.shape.at(-1)! / 8, epsilon }),
};

/** Those of a residual network for small images, and of one for larger ones. */
const shapes = [
  [128, 32, 32, 16],
  [128, 8, 8, 64],
  [32, 14, 14, 256],
];

export async function* normalizations(options: SuiteOptions): AsyncGenerator<Row> {
  for (const backendName of ['loops', 'simd'] as const) {
    const backend = chooseBackend(backendName);
    for (const shape of shapes) {
      for (const [what, build] of Object.entries(measured)) {
        const plan = planOf(shape, build, backend);
        yield* await withNumbers(plan, backend, runs =>
          timed(plan, runs, `${what} ${shape.join('x')}`, backendName, options),
        );
      }
    }
  }
}

async function timed(
  plan: Plan,
  runs: readonly (() => void)[],
  what: string,
  backend: string,
  options: SuiteOptions,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [i, call] of plan.calls.entries()) {
    runs[i]!();
    const name = `${what}: ${call.kernel}`;
    if (!call.kernel.startsWith('normalization') || !name.includes(options.filter)) continue;
    const timing = await measure(name, runs[i]!, options.time);
    const gflops = planCallFlops(call) / timing.milliseconds / 1e6;
    rows.push({ ...timing, name, backend, gflops, gigabytes: planCallBytes(call, plan) / timing.milliseconds / 1e6 });
  }
  return rows;
}

/** The normalization with the gradient of the sum of weights times its output. */
function planOf(shape: readonly number[], build: Build, { fusions }: Backend): Plan {
  const graph = new Graph();
  const ops = new Ops(graph, { training: true });
  const [x, other, weights] = ['x', 'other', 'weights'].map(name => graph.input(name, shape)) as [Value, Value, Value];
  const loss = ops.sum(ops.multiply(build(ops, x, other), weights));
  const dx = emitGradients(graph, loss, [x]).get(x)!;
  return makePlan(graph, { inputs: { x, other, weights }, outputs: { dx }, fusions });
}
