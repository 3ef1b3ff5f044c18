/** How the calls of a plan become what the threads do, stage by stage. */
import type { KernelName } from '../../kernels/contract.ts';
import {
  placed,
  type SimdCall,
  type SimdExports,
  type SimdScratch,
  type SimdStage,
  simdBindings,
  simdScratch,
} from '../../kernels/simd-bindings/index.ts';
import { alignedBytes } from '../plan/memory.ts';
import type { BoundCall, Prepared, Views } from './cpu-memory.ts';
import { type PlacedInvocation, type ProgramItem, ThreadPool } from './pool.ts';
import type { CompiledKernels } from './revectorize.ts';
import { threading } from './settings.ts';

type AnyBinding = (call: SimdCall<KernelName>) => SimdStage[];
type AnyScratch = { readonly [kernel: string]: ((geometry: object, pieces: number) => SimdScratch) | undefined };

let pool: ThreadPool | undefined;

export function scratchOf(kernel: string, geometry: object): Required<SimdScratch> {
  const { shared = 0, each = 0 } = (simdScratch as AnyScratch)[kernel]?.(geometry, threading().threads) ?? {};
  return { shared: alignedBytes(shared), each: alignedBytes(each) };
}

/** A stage whose pieces have been dealt out: what each thread does, with its own scratch memory. */
type Shares = readonly (readonly PlacedInvocation[])[];

function stagesOf(call: BoundCall): Shares[] {
  const binding = simdBindings[call.kernel] as AnyBinding;
  const { shared, each } = scratchOf(call.kernel, call.geometry);
  const start = call.scratch.byteOffset;
  const [outputs, inputs] = [addresses(call.outputs), addresses(call.inputs)];
  const pieces = threading().threads;
  const stages = binding({ outputs, inputs, geometry: call.geometry as never, shared: start, pieces });
  return stages.map(stage => {
    const shares = Array.from({ length: Math.min(pieces, stage.length) }, (): PlacedInvocation[] => []);
    for (const [i, piece] of stage.entries()) {
      const thread = i % pieces;
      const scratch = start + shared + thread * each;
      shares[thread]!.push(...piece.map(([name, ...numbers]) => [name, ...placed(numbers, scratch)] as const));
    }
    return shares;
  });
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
  const runnable = ([name, ...numbers]: PlacedInvocation) => {
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
    firstUpdate: firstUpdate < bound.length ? 0 : Number.POSITIVE_INFINITY,
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

const isShared = (stage: Shares | undefined): boolean => stage !== undefined && stage.length > 1;

/** Whether the threads must wait for each other before stage i, or at the end: it, or the one before, is shared. */
const waitsBefore = (stages: readonly Shares[], i: number): boolean => isShared(stages[i]) || isShared(stages[i - 1]);

/** What a thread does; null where it waits for the others. Stages that are not shared are the first thread's. */
function stepsOf(stages: readonly Shares[], thread: number): ProgramItem[] {
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
