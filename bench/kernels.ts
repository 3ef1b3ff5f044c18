/** Every kernel call of a training step of each model, by itself: on each backend, at each batch size. */
import type { Backend, Executable } from '../lib/backend/backend.ts';
import { type BackendName, chooseBackend } from '../lib/backend/choose.ts';
import type { Plan, PlanCall } from '../lib/plan/plan.ts';
import { sizeOf } from '../lib/shape/shape.ts';
import { planCallFlops } from './cost.ts';
import { digitModel, modelNames } from './digit-models.ts';
import { measure } from './measure.ts';
import type { Row, SuiteOptions } from './suite.ts';

const backendNames: readonly BackendName[] = ['loops', 'simd'];

export async function* kernels(options: SuiteOptions): AsyncGenerator<Row> {
  for (const batchSize of options.batchSizes) {
    for (const backendName of backendNames) {
      const backend = chooseBackend(backendName);
      const seen = new Set<string>();
      for (const model of modelNames.filter(name => name !== 'E' || options.filter.startsWith('E '))) {
        const plan = digitModel(model, backendName).plan('train', batchSize);
        const runs = await filled(plan, backend).calls();
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
          const gigabytes = bytesOf(call, plan) / timing.milliseconds / 1e6;
          yield { ...timing, name, backend: backend.name, batchSize, gflops, gigabytes };
        }
      }
    }
  }
}

/** The plan with memory of its own, full of numbers. */
function filled(plan: Plan, backend: Backend): Executable {
  const ends = plan.buffers.map(({ segment, offset, shape }) => (segment === 'state' ? offset + 4 * sizeOf(shape) : 0));
  const executable = backend.createMemory(Math.max(...ends)).bind(plan);
  for (const [i, { dtype, role }] of plan.buffers.entries()) {
    const view = executable.view(i);
    if (dtype === 'float32' && role !== 'computed') view.set(randomFloats(view.length));
  }
  return executable;
}

/** The kernel and the shapes of its operands, with the sizes of a convolution's window. */
function describe(plan: Plan, call: PlanCall): string {
  const shapes = (indices: { readonly [name: string]: number }): string =>
    Object.values(indices)
      .map(index => plan.buffers[index]!.shape.join('x'))
      .join(' ');
  return `${call.kernel} ${shapes(call.inputs)}`;
}

function bytesOf(call: PlanCall, { buffers }: Plan): number {
  const indices = [...Object.values(call.outputs), ...Object.values(call.inputs)];
  return indices.reduce((sum, index) => sum + 4 * sizeOf(buffers[index]!.shape), 0);
}

/** Uniform in 0.01 ... 1: no denormals, no logarithm of 0. */
function randomFloats(length: number): Float32Array {
  const floats = new Float32Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    floats[i] = 0.01 + (0.99 * state) / 2 ** 32;
  }
  return floats;
}
