/** How the calls of a plan become what the threads do, stage by stage. */
import type { KernelName } from '../../kernels/contract.ts';
import {
  type SimdCall,
  type SimdExports,
  type SimdScratch,
  type SimdStage,
  simdBindings,
  simdScratch,
} from '../../kernels/simd/index.binding.ts';
import { alignedBytes } from '../plan/memory.ts';
import { availableCores } from './cores.ts';
import type { BoundCall, Prepared, Views } from './cpu-memory.ts';
import { ThreadPool } from './pool.ts';
import type { CompiledKernels } from './revectorize.ts';
import { threading } from './settings.ts';
import { type LoadedStage, loadStage, type ProgramStage } from './thread/program.ts';

type AnyBinding = (call: SimdCall<KernelName>) => SimdStage[];
type AnyScratch = { readonly [kernel: string]: ((geometry: object, pieces: number) => SimdScratch) | undefined };

let pool: ThreadPool | undefined;

/** Why all is done by one thread although there should be more; undefined where that is not so. */
export const poolFailure = (): string | undefined => pool?.failure;

/** Pieces that can run at the same time. */
const sideBySide = (): number => Math.min(threading().threads, availableCores());

export function scratchOf(kernel: string, geometry: object): Required<SimdScratch> {
  const { shared = 0, each = 0 } = (simdScratch as AnyScratch)[kernel]?.(geometry, sideBySide()) ?? {};
  return { shared: alignedBytes(shared), each: alignedBytes(each) };
}

/** The stages of a call, with the places of their operands and scratch memory. */
function stagesOf(call: BoundCall): ProgramStage[] {
  const binding = simdBindings[call.kernel] as AnyBinding;
  const { shared, each } = scratchOf(call.kernel, call.geometry);
  const start = call.scratch.byteOffset;
  const [outputs, inputs] = [addresses(call.outputs), addresses(call.inputs)];
  const pieces = sideBySide();
  const stages = binding({ outputs, inputs, geometry: call.geometry as never, shared: start, pieces });
  return stages.map(stage => ({ pieces: stage, scratch: start + shared, scratchStep: each }));
}

const addresses = (views: Views): { readonly [name: string]: number } =>
  Object.fromEntries(Object.entries(views).map(([name, view]) => [name, view.byteOffset]));

/** A call's kernels; those that change their operands must not run again over what they have changed. */
const isRepeatable = ({ kernel, outputs, inputs }: BoundCall): boolean =>
  !kernel.endsWith('Update') &&
  !Object.values(outputs).some(output => Object.values(inputs).some(input => input.byteOffset === output.byteOffset));

/** Where calls run. */
export interface Place {
  readonly memory: WebAssembly.Memory;
  /** Stands for the memory. */
  readonly owner: object;
  readonly kernels: CompiledKernels;
  /** The kernels in the memory, for this thread. */
  readonly wasm: SimdExports;
  /** Whether the other threads take part. */
  readonly isThreaded: boolean;
}

/** Makes a plan's calls ready to run; `firstUpdate` is the first call that writes a variable. */
export function prepared(bound: readonly BoundCall[], firstUpdate: number, place: Place): Prepared {
  const { memory, owner, kernels, wasm, isThreaded } = place;
  const stages = bound.flatMap((call, callIndex) =>
    stagesOf(call).map(stage => ({ call, callIndex, stage, loaded: loadStage(stage, wasm, 0) })),
  );
  const calls = bound.map(call => inTurn(stages.filter(stage => stage.call === call).flatMap(({ loaded }) => loaded)));
  const firstWriting = stages.findIndex(({ callIndex }) => callIndex >= firstUpdate);
  const common = { calls, firstUpdate: firstWriting < 0 ? stages.length : firstWriting };
  if (!isThreaded || !stages.some(({ loaded }) => loaded.length > 1)) {
    return { ...common, parts: stages.map(({ loaded }) => alone(loaded)), dispose() {} };
  }
  pool ??= new ThreadPool(threading().threads, availableCores());
  const together = pool;
  const program = together.addProgram(
    memoryId(together, owner, kernels, memory),
    stages.map(({ stage }) => stage),
  );
  const parts = stages.map(({ call, loaded }, index) => {
    if (loaded.length === 1) return alone(loaded);
    const shared = { program, index, loaded, isRepeatable: isRepeatable(call) };
    return () => together.advance(shared);
  });
  return { ...common, parts, dispose: () => together.dropProgram(program) };
}

/** Runs a stage on this thread. */
function alone(stage: LoadedStage): () => boolean {
  const run = inTurn(stage);
  return () => {
    run();
    return true;
  };
}

function inTurn(pieces: readonly (() => void)[]): () => void {
  return () => {
    for (const piece of pieces) piece();
  };
}

const memoryIds = new WeakMap<object, number>();

/** The number under which the threads know a memory. */
function memoryId(threads: ThreadPool, owner: object, kernels: CompiledKernels, memory: WebAssembly.Memory): number {
  const known = memoryIds.get(owner);
  if (known !== undefined) return known;
  const id = threads.addMemory(kernels, memory);
  memoryIds.set(owner, id);
  return id;
}

/** Lets the threads forget a memory of which all programs have been disposed of. */
export function dropMemory(owner: object): void {
  const id = memoryIds.get(owner);
  if (id !== undefined) pool?.dropMemory(id);
  memoryIds.delete(owner);
}
