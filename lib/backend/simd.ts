import type { KernelName } from '../../kernels/contract.ts';
import {
  reservedBytes,
  type SimdCall,
  type SimdExports,
  type SimdScratch,
  type SimdStage,
  type SimdStep,
  simdAlgorithm,
  simdBindings,
  simdScratch,
} from '../../kernels/simd-bindings/index.ts';
import { BackendError } from '../errors.ts';
import { aligned } from '../plan/memory.ts';
import { type Allocation, arenaBackend, type BoundCall, type Prepared, type Views } from './arena.ts';
import { nodeModule } from './host.ts';
import { type ProgramItem, ThreadPool } from './pool.ts';
import { type CompiledKernels, compileKernels } from './revectorize.ts';
import { threading } from './settings.ts';

const pageBytes = 65536;

/** A module with one SIMD instruction: engines without them refuse it. */
const probe = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** Whether this engine has WebAssembly with SIMD. */
export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(probe);
}

type AnyBinding = (call: SimdCall<KernelName>) => SimdStage[];
type AnyScratch = { readonly [kernel: string]: ((geometry: object, threads: number) => SimdScratch) | undefined };

let pool: ThreadPool | undefined;
/** Whether pairs of operations are fused into AVX2 ones; known once the kernels are loaded. */
let avx2 = 'not yet known: no model has run';

/** WebAssembly with SIMD, on all cores. */
export const simdBackend = arenaBackend({
  name: 'simd',
  get threads() {
    return threading().threads;
  },
  info() {
    const { threads, reason } = threading();
    return { name: 'simd', threads, ...(reason === undefined ? {} : { oneThread: reason }), avx2 };
  },
  algorithm: ({ kernel, geometry }) => simdAlgorithm(kernel, geometry),
  // Address 0 is not among the operands', as it means "nowhere" to the kernels.
  reservedBytes,
  scratchBytes(call) {
    const { shared, each } = scratchOf(call.kernel, call.geometry);
    return shared + threading().threads * each;
  },
  allocate,
});

function scratchOf(kernel: string, geometry: object): Required<SimdScratch> {
  const { shared = 0, each = 0 } = (simdScratch as AnyScratch)[kernel]?.(geometry, threading().threads) ?? {};
  return { shared: aligned(shared), each: aligned(each) };
}

function allocate(bytes: number): Allocation {
  // A vector that is loaded at the end of the last tensor may reach a little beyond it.
  const pages = Math.ceil((bytes + 64) / pageBytes);
  const isShared = threading().threads > 1;
  const memory = new WebAssembly.Memory({ initial: pages, ...(isShared ? { maximum: pages, shared: true } : {}) });
  let instance: Promise<SimdExports> | undefined;
  const allocation: Allocation = {
    buffer: memory.buffer,
    async prepare(calls) {
      const kernels = await simdKernels(isShared);
      instance ??= tuned(kernels, memory);
      return await prepared(calls, await instance, allocation, kernels, memory);
    },
  };
  return allocation;
}

async function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<SimdExports> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  // Built from kernels/simd/index.ts, whose exports the bindings name; the conformance suite runs every one.
  return exports as object as SimdExports;
}

/** An instance that takes the faster tile. */
async function tuned({ module, tileWidth }: CompiledKernels, memory: WebAssembly.Memory): Promise<SimdExports> {
  const wasm = await instantiate(module, memory);
  wasm.setTileWidth(tileWidth);
  return wasm;
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

async function prepared(
  bound: readonly BoundCall[],
  wasm: SimdExports,
  owner: Allocation,
  kernels: CompiledKernels,
  memory: WebAssembly.Memory,
): Promise<Prepared> {
  const stagesOfCalls = bound.map(stagesOf);
  const stages = stagesOfCalls.flat();
  const runnable = ([name, ...numbers]: SimdStep) => {
    const run = wasm[name];
    return () => run(...numbers);
  };
  const calls = stagesOfCalls.map(ofCall => inTurn(ofCall.flat(2).map(runnable)));
  if (!stages.some(isShared)) return { calls, steps: calls };
  pool ??= new ThreadPool(threading().threads);
  const programs = Array.from({ length: pool.threads }, (_, thread) => stepsOf(stages, thread));
  const own = stepsOf(stages, 0).map(step => step && runnable(step));
  const together = pool;
  const id = together.addProgram(memoryId(together, owner, kernels, memory), programs);
  const shared = together.steps(id, own);
  return {
    calls,
    // Threads take longer to start than a small prediction takes; one thread gives the same bits.
    get steps() {
      return together.isSettled ? shared : calls;
    },
  };
}

const memoryIds = new WeakMap<Allocation, number>();

/** The number under which the threads know a memory. */
function memoryId(
  threads: ThreadPool,
  owner: Allocation,
  kernels: CompiledKernels,
  memory: WebAssembly.Memory,
): number {
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

const compiled = new Map<boolean, Promise<CompiledKernels>>();

/** The kernels for memory that is shared or not, loaded and compiled once. Throws BackendError if they cannot be had. */
function simdKernels(isShared: boolean): Promise<CompiledKernels> {
  const known = compiled.get(isShared);
  if (known !== undefined) return known;
  const url = isShared
    ? new URL('../../kernels/simd-threads.wasm', import.meta.url)
    : new URL('../../kernels/simd.wasm', import.meta.url);
  const kernels = load(url, isShared).catch(error => {
    compiled.delete(isShared);
    throw error;
  });
  compiled.set(isShared, kernels);
  return kernels;
}

async function load(url: URL, isShared: boolean): Promise<CompiledKernels> {
  try {
    const kernels = await compileKernels(await binary(url), isShared, instantiate);
    avx2 = kernels.avx2;
    return kernels;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = "give models the option backend: 'loops', or set INKLING_BACKEND=loops, to do without WebAssembly";
    throw new BackendError(`simd: cannot load ${url.href}: ${reason}; ${advice}`, { cause });
  }
}

/** Node has no fetch for files; elsewhere the URL is one that the bundler or the server knows. */
async function binary(url: URL): Promise<BufferSource> {
  const files = url.protocol === 'file:' ? nodeModule('node:fs') : undefined;
  if (files !== undefined) return Uint8Array.from(files.readFileSync(url));
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  return response.arrayBuffer();
}
