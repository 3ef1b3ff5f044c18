/** Every kernel call of a training step of each model, by itself: on each backend, at each batch size. */
import type { KernelName, Kernels, ScratchBytes } from '../kernels/contract.ts';
import { loops, loopsScratchBytes } from '../kernels/loops/index.ts';
import type { Plan, PlanCall } from '../lib/plan/plan.ts';
import { sizeOf } from '../lib/shape/shape.ts';
import { planCallFlops } from './cost.ts';
import { digitModel, modelNames } from './digit-models.ts';
import { measure } from './measure.ts';
import type { Row, SuiteOptions } from './suite.ts';

interface KernelBackend {
  readonly name: string;
  readonly kernels: Kernels;
  readonly scratchBytes: ScratchBytes;
}

const backends: readonly KernelBackend[] = [{ name: 'loops', kernels: loops, scratchBytes: loopsScratchBytes }];

export async function* kernels(options: SuiteOptions): AsyncGenerator<Row> {
  for (const batchSize of options.batchSizes) {
    for (const backend of backends) {
      const seen = new Set<string>();
      for (const model of modelNames.filter(name => name !== 'E' || options.filter.startsWith('E '))) {
        const plan = digitModel(model).plan('train', batchSize);
        const operands = plan.buffers.map(({ shape, dtype }) =>
          dtype === 'float32' ? randomFloats(sizeOf(shape)) : new Int32Array(sizeOf(shape)),
        );
        for (const call of plan.calls) {
          const run = bind(call, backend, operands);
          // Each call runs once, in order: a pooling gradient must find the maxima that the pooling has left.
          run();
          const name = `${model} ${call.label} ${describe(plan, call)}`;
          const key = JSON.stringify([call.kernel, call.geometry]);
          if (seen.has(key) || !name.includes(options.filter)) continue;
          seen.add(key);
          const timing = await measure(name, run, options.time);
          const gflops = planCallFlops(call) / timing.milliseconds / 1e6;
          const gigabytes = bytesOf(call, operands) / timing.milliseconds / 1e6;
          yield { ...timing, name, backend: backend.name, batchSize, gflops, gigabytes };
        }
      }
    }
  }
}

type Views = { readonly [operand: string]: Float32Array | Int32Array };
type AnyKernel = (outputs: Views, inputs: Views, geometry: object, scratch: Float64Array) => void;

/** The call with memory of its own, the operands by the buffers of its plan. */
function bind(
  call: PlanCall,
  { kernels: table, scratchBytes }: KernelBackend,
  operands: readonly Views[string][],
): () => void {
  const views = (indices: { readonly [name: string]: number }): Views =>
    Object.fromEntries(Object.entries(indices).map(([name, index]) => [name, operands[index]!]));
  const [outputs, inputs] = [views(call.outputs), views(call.inputs)];
  const bytes = (scratchBytes as { readonly [K in KernelName]?: (geometry: object) => number })[call.kernel];
  const scratch = new Float64Array(Math.ceil((bytes?.(call.geometry) ?? 0) / 8));
  const kernel = table[call.kernel] as AnyKernel;
  return () => kernel(outputs, inputs, call.geometry, scratch);
}

/** The kernel and the shapes of its operands, with the sizes of a convolution's window. */
function describe(plan: Plan, call: PlanCall): string {
  const shapes = (indices: { readonly [name: string]: number }): string =>
    Object.values(indices)
      .map(index => plan.buffers[index]!.shape.join('x'))
      .join(' ');
  return `${call.kernel} ${shapes(call.inputs)}`;
}

function bytesOf(call: PlanCall, operands: readonly Views[string][]): number {
  const indices = [...Object.values(call.outputs), ...Object.values(call.inputs)];
  return indices.reduce((sum, index) => sum + operands[index]!.byteLength, 0);
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
