/** Convolutions of networks for small images and their gradients, on one thread of each backend. */
import { chooseBackend } from '../lib/backend/choose.ts';
import { withNumbers } from '../lib/model/profile.ts';
import { planCallBytes, planCallFlops } from '../lib/plan/cost.ts';
import { emitGradients } from '../lib/plan/gradients.ts';
import { Graph, type Value } from '../lib/plan/graph.ts';
import { Ops } from '../lib/plan/ops.ts';
import { makePlan, type Plan } from '../lib/plan/plan.ts';
import { measure } from './measure.ts';
import type { Row, SuiteOptions } from './suite.ts';

interface Convolution {
  readonly shape: readonly number[];
  readonly filters: readonly number[];
  readonly build: (ops: Ops, x: Value, w: Value) => Value;
}

const steps = (stride: number) => ({ strides: [stride, stride], dilation: [1, 1], padding: 'same' }) as const;
const plain =
  (stride: number, groups = 1): Convolution['build'] =>
  (ops, x, w) =>
    ops.conv2d(x, w, { ...steps(stride), groups });
const depthwise =
  (stride: number): Convolution['build'] =>
  (ops, x, w) =>
    ops.depthwiseConv2d(x, w, steps(stride));
const transposed: Convolution['build'] = (ops, x, w) => ops.conv2dTranspose(x, w, steps(2));

/** Those of a MobileNet and of a ResNet-20 for images of 32x32. */
const measured: { readonly [name: string]: Convolution } = {
  'depthwise 3x3': { shape: [64, 32, 32, 32], filters: [3, 3, 32, 1], build: depthwise(1) },
  'depthwise 3x3, wide': { shape: [64, 8, 8, 256], filters: [3, 3, 256, 1], build: depthwise(1) },
  'depthwise 3x3, stride 2': { shape: [64, 32, 32, 64], filters: [3, 3, 64, 1], build: depthwise(2) },
  'depthwise 5x5': { shape: [64, 16, 16, 64], filters: [5, 5, 64, 1], build: depthwise(1) },
  pointwise: { shape: [64, 32, 32, 32], filters: [1, 1, 32, 64], build: plain(1) },
  'pointwise, wide': { shape: [64, 8, 8, 256], filters: [1, 1, 256, 256], build: plain(1) },
  '3x3': { shape: [64, 32, 32, 16], filters: [3, 3, 16, 16], build: plain(1) },
  '3x3, stride 2': { shape: [64, 32, 32, 16], filters: [3, 3, 16, 32], build: plain(2) },
  '1x1, stride 2': { shape: [64, 32, 32, 16], filters: [1, 1, 16, 32], build: plain(2) },
  '3x3 in 8 groups': { shape: [64, 16, 16, 64], filters: [3, 3, 8, 64], build: plain(1, 8) },
  'transposed 3x3, stride 2': { shape: [64, 16, 16, 32], filters: [3, 3, 16, 32], build: transposed },
};

export async function* convolutions(options: SuiteOptions): AsyncGenerator<Row> {
  for (const backendName of ['loops', 'simd'] as const) {
    const backend = chooseBackend(backendName);
    for (const [what, convolution] of Object.entries(measured)) {
      const plan = planOf(convolution, backend.fusions);
      yield* await withNumbers(plan, backend, runs => timed(plan, runs, what, backendName, options));
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
    if (!call.kernel.startsWith('conv2d') || !name.includes(options.filter)) continue;
    const timing = await measure(name, runs[i]!, options.time);
    const gflops = planCallFlops(call) / timing.milliseconds / 1e6;
    rows.push({ ...timing, name, backend, gflops, gigabytes: planCallBytes(call, plan) / timing.milliseconds / 1e6 });
  }
  return rows;
}

/** The convolution with both gradients of the sum of weights times its output. */
function planOf({ shape, filters, build }: Convolution, fusions: Parameters<typeof makePlan>[1]['fusions']): Plan {
  const graph = new Graph();
  const ops = new Ops(graph, { training: true });
  const [x, w] = [graph.input('x', shape), graph.input('w', filters)];
  const y = build(ops, x, w);
  const weights = graph.input('weights', y.shape);
  const gradients = emitGradients(graph, ops.sum(ops.multiply(y, weights)), [x, w]);
  const outputs = { dx: gradients.get(x)!, dw: gradients.get(w)! };
  return makePlan(graph, { inputs: { x, w, weights }, outputs, fusions });
}
