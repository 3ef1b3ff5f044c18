/** Every kernel of a training step of each model, by itself: on each backend, at each batch size. */
import { Bench } from 'tinybench';
import {
  contract,
  type InputViews,
  type KernelName,
  type Kernels,
  type OperandType,
  type OutputViews,
  type ScratchBytes,
} from '../kernels/contract.ts';
import { flops } from '../kernels/cost.ts';
import { loops, loopsScratchBytes } from '../kernels/loops/index.ts';
import { type AnyKernelCall, type KernelCall, models, trainingCalls } from './models.ts';
import type { Row, SuiteOptions } from './suite.ts';

interface KernelBackend {
  readonly name: string;
  readonly kernels: Kernels;
  readonly scratchBytes: ScratchBytes;
}
type Views = { readonly [operand: string]: Float32Array | Int32Array };
/** A call with memory of its own. */
interface BoundCall {
  readonly run: () => void;
  readonly operands: Views;
}

const backends: readonly KernelBackend[] = [{ name: 'loops', kernels: loops, scratchBytes: loopsScratchBytes }];

export async function* kernels(options: SuiteOptions): AsyncGenerator<Row> {
  for (const batchSize of options.batchSizes) {
    const seen = new Set<string>();
    for (const layer of Object.keys(models).flatMap(model => trainingCalls(model, batchSize))) {
      for (const backend of backends) {
        // The gradients read what the forward call has left: a pooling gradient must find its maxima.
        let forward: Views = {};
        for (const call of [layer.forward, ...layer.backward]) {
          const key = JSON.stringify([backend.name, call.kernel, call.geometry]);
          const name = `${layer.name} ${productName(call)}`;
          const isWanted = !seen.has(key) && name.includes(options.filter);
          if (!isWanted && call !== layer.forward) continue;
          const { run, operands } = bind(call, backend, forward);
          if (call === layer.forward) forward = operands;
          run();
          if (!isWanted) continue;
          seen.add(key);
          yield { ...(await measure(call, run, operands, options.time)), name, backend: backend.name, batchSize };
        }
      }
    }
  }
}

/** The kernel; of a matrix product also which of a dense layer's three it is. */
function productName(call: AnyKernelCall): string {
  if (call.kernel !== 'matmulForward') return call.kernel;
  const { transposeA, transposeB } = call.geometry;
  return `matmul ${transposeA ? 'dw' : transposeB ? 'dx' : 'y'}`;
}

async function measure(call: AnyKernelCall, run: () => void, operands: Views, time: number) {
  const bench = new Bench({ time, iterations: 8, warmupTime: time / 3, warmupIterations: 4, throws: true });
  bench.add('call', run, { async: false });
  const [task] = await bench.run();
  const result = task!.result;
  if (result.state !== 'completed') throw new Error(`the measurement of ${call.kernel} was ${result.state}`);
  const { p50, mad, samplesCount } = result.latency;
  const bytes = Object.values(operands).reduce((sum, operand) => sum + operand.byteLength, 0);
  return {
    milliseconds: p50,
    deviation: mad,
    samples: samplesCount,
    gflops: flopsOf(call) / p50 / 1e6,
    gigabytes: bytes / p50 / 1e6,
  };
}

function flopsOf<K extends KernelName>({ kernel, geometry }: KernelCall<K>): number {
  return flops[kernel](geometry);
}

/** Gives a call its operands: those that `known` has by that name and size, or else random numbers. */
function bind<K extends KernelName>(call: KernelCall<K>, backend: KernelBackend, known: Views): BoundCall {
  const { outputs: outputTypes, inputs: inputTypes } = contract[call.kernel];
  const outputs = views(outputTypes, call.outputs, {}) as OutputViews<K>;
  const inputs = views(inputTypes, call.inputs, known) as InputViews<K>;
  const scratch = new Float64Array(Math.ceil((backend.scratchBytes[call.kernel]?.(call.geometry) ?? 0) / 8));
  const kernel = backend.kernels[call.kernel];
  return { run: () => kernel(outputs, inputs, call.geometry, scratch), operands: { ...inputs, ...outputs } };
}

function views(types: { [name: string]: OperandType }, lengths: { [name: string]: number }, known: Views): Views {
  const made: { [name: string]: Float32Array | Int32Array } = {};
  for (const [name, type] of Object.entries(types)) {
    const given = known[name];
    if (given?.length === lengths[name]) made[name] = given;
    else made[name] = type === 'float32' ? randomFloats(lengths[name]!) : new Int32Array(lengths[name]!);
  }
  return made;
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
