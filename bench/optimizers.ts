/** One step of every optimizer on a parameter of a million numbers, on one thread of each backend. */
import type { Backend } from '../lib/backend/backend.ts';
import { chooseBackend } from '../lib/backend/choose.ts';
import { adam, type Optimizer, rmsprop, sgd } from '../lib/index.ts';
import { withNumbers } from '../lib/model/profile.ts';
import { slotVariables } from '../lib/model/variables.ts';
import { optimizers } from '../lib/optimizers/registry.ts';
import { planCallBytes } from '../lib/plan/cost.ts';
import { Graph } from '../lib/plan/graph.ts';
import { Ops } from '../lib/plan/ops.ts';
import { makePlan, type Plan } from '../lib/plan/plan.ts';
import { measure } from './measure.ts';
import type { Row, SuiteOptions } from './suite.ts';

const shape = [1024, 1024];

/** Each by its name, and those whose options make other kernels of them. */
const measured: { readonly [name: string]: () => Optimizer } = {
  ...optimizers,
  'sgd, momentum': () => sgd({ momentum: 0.9 }),
  'sgd, nesterov': () => sgd({ momentum: 0.9, nesterov: true }),
  'adam, amsgrad': () => adam({ amsgrad: true }),
  'rmsprop, centered, momentum': () => rmsprop({ momentum: 0.9, centered: true }),
};

export async function* optimizerSteps(options: SuiteOptions): AsyncGenerator<Row> {
  for (const backendName of ['loops', 'simd'] as const) {
    const backend = chooseBackend(backendName);
    for (const [optimizerName, make] of Object.entries(measured)) {
      const name = `step of ${optimizerName}, ${shape.join('x')}`;
      if (!name.includes(options.filter)) continue;
      const plan = stepPlan(make(), backend);
      const timing = await withNumbers(plan, backend, runs =>
        measure(name, () => runs.forEach(run => void run()), options.time),
      );
      const bytes = plan.calls.reduce((sum, call) => sum + planCallBytes(call, plan), 0);
      yield { ...timing, name, backend: backendName, gigabytes: bytes / timing.milliseconds / 1e6 };
    }
  }
}

function stepPlan(optimizer: Optimizer, { fusions }: Backend): Plan {
  const graph = new Graph();
  const w = graph.variable({ name: 'kernel', shape, owner: 'layer' });
  const [dw, hyper] = [graph.input('dw', shape), graph.input('hyper', [optimizer.hyper.length])];
  const slots = slotVariables(optimizer, 'kernel', shape).map(([slot, spec]) => [slot, graph.variable(spec)] as const);
  optimizer.update(new Ops(graph, { training: true }), { w, dw, slots: Object.fromEntries(slots), hyper });
  return makePlan(graph, { inputs: { dw, hyper }, outputs: {}, fusions });
}
