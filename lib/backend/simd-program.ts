/** How the calls of a plan become what the threads do, stage by stage. */
import type { KernelName } from '../../kernels/contract.ts';
import {
  type SimdCall,
  type SimdExports,
  type SimdScratch,
  type SimdStage,
  type SimdStep,
  simdBindings,
  simdScratch,
} from '../../kernels/simd/index.binding.ts';
import { alignedBytes } from '../plan/memory.ts';
import type { BoundCall, Prepared, Views } from './cpu-memory.ts';
import { type ProgramItem, ThreadPool } from './pool.ts';
import type { CompiledKernels } from './revectorize.ts';
import { threading } from './settings.ts';

type AnyBinding = (call: SimdCall<KernelName>) => SimdStage[];
type AnyScratch = { readonly [kernel: string]: ((geometry: object, threads: number) => SimdScratch) | undefined };

let pool: ThreadPool | undefined;

export function scratchOf(kernel: string, geometry: object): Required<SimdScratch> {
  const { shared = 0, each = 0 } = (simdScratch as AnyScratch)[kernel]?.(geometry, threading().threads) ?? {};
  return { shared: alignedBytes(shared), each: alignedBytes(each) };
}

function stagesOf(call: BoundCall): SimdStage[] {
  const binding = simdBindings[call.kernel] as AnyBinding;
  const { shared, each } = scratchOf(call.kernel, call.geometry);
  const start = call.scratch.byteOffset;
  const scratch = Array.from({ length: threading().threads }, (_, i) => start + shared + i * each);
  const [outputs, inputs] = [addresses(call.outputs), addresses(call.inputs)];
  return binding({ outputs, inputs, geometry: call.geometry as never, shared: start, scratch });
}

const addresses = (views: Views): { readonly [name: string]: number } =>
  Object.fromEntries(Object.entries(views).map(([name, view]) => [name, view.byteOffset]));

export async function prepared(
  bound: readonly BoundCall[],
  wasm: SimdExports,
  owner: object,
  kernels: CompiledKernels,
  memory: WebAssembly.Memory,
  firstUpdate: number,
): Promise<Prepared> {
  const stagesOfCalls = bound.map(stagesOf);
  const stages = stagesOfCalls.flat();
  const runnable = ([name, ...numbers]: SimdStep) => {
    const run = wasm[name];
    return () => run(...numbers);
  };
  const calls = stagesOfCalls.map(ofCall => inTurn(ofCall.flat(2).map(runnable)));
  if (!stages.some(isShared)) return { calls, parts: calls, firstUpdate, dispose() {} };
  pool ??= new ThreadPool(threading().threads);
  const programs = Array.from({ length: pool.threads }, (_, thread) => stepsOf(stages, thread));
  const own = stepsOf(stages, 0).map(step => step && runnable(step));
  const together = pool;
  const id = together.addProgram(memoryId(together, owner, kernels, memory), programs);
  const shared = together.steps(id, own);
  return {
    calls,
    // Threads take longer to start than a small prediction takes; one thread gives the same bits.
    get parts() {
      return together.isSettled ? shared : calls;
    },
    // The parts do not tell to which call they belong, so the first of them may already write a variable.
    firstUpdate: firstUpdate < bound.length ? 0 : shared.length,
    dispose: () => together.dropProgram(id),
  };
}

const memoryIds = new WeakMap<object, number>();

/** The number under which the threads know a memory. */
function memoryId(threads: ThreadPool, owner: object, kernels: CompiledKernels, memory: WebAssembly.Memory): number {
  const known = memoryIds.get(owner);
  if (known !== undefined) return known;
  const id = threads.addMemory(owner, kernels, memory);
  memoryIds.set(owner, id);
  return id;
}

const isShared = (stage: SimdStage | undefined): boolean => stage !== undefined && stage.length > 1;

/** Whether the threads must wait for each other before stage i, or at the end: it, or the one before, is shared. */
const waitsBefore = (stages: readonly SimdStage[], i: number): boolean =>
  isShared(stages[i]) || isShared(stages[i - 1]);

/** What a thread does; null where it waits for the others. Stages that are not shared are the first thread's. */
function stepsOf(stages: readonly SimdStage[], thread: number): ProgramItem[] {
  const steps: ProgramItem[] = [];
  for (let i = 0; i <= stages.length; i++) {
    if (i > 0 && waitsBefore(stages, i)) steps.push(null);
    steps.push(...(stages[i]?.[thread] ?? []));
  }
  return steps;
}

function inTurn(calls: readonly (() => void)[]): () => void {
  return () => {
    for (const call of calls) call();
  };
}
