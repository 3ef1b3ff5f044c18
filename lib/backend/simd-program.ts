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
import { planCallFlops } from '../plan/cost.ts';
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

interface BoundStage {
  readonly call: BoundCall;
  readonly isUpdate: boolean;
  readonly stage: ProgramStage;
  readonly loaded: LoadedStage;
}

/** Makes a plan's calls ready to run; `firstUpdate` is the first call that writes a variable. */
export function prepared(bound: readonly BoundCall[], firstUpdate: number, place: Place): Prepared {
  const { memory, owner, kernels, wasm, isThreaded } = place;
  const stages = bound.flatMap((call, i) =>
    stagesOf(call).map(stage => ({ call, isUpdate: i >= firstUpdate, stage, loaded: loadStage(stage, wasm, 0) })),
  );
  const calls = bound.map(call => inTurn(stages.filter(stage => stage.call === call).flatMap(({ loaded }) => loaded)));
  if (!isThreaded || !stages.some(hasPieces)) return { calls, ...partsOf(stages), dispose() {} };
  pool ??= new ThreadPool(threading().threads, availableCores());
  const together = pool;
  const program = together.addProgram(
    memoryId(together, owner, kernels, memory),
    stages.map(({ stage }) => stage),
  );
  const share = ({ call, loaded }: BoundStage, index: number) => {
    const shared = { program, index, loaded, isRepeatable: isRepeatable(call) };
    return () => together.advance(shared);
  };
  return { calls, ...partsOf(stages, share), dispose: () => together.dropProgram(program) };
}

const hasPieces = ({ loaded }: BoundStage): boolean => loaded.length > 1;

/** Short stages become one part up to so many floating-point operations: less than a millisecond. */
const mostOperations = 2 ** 20;

/** A stage that is shared, if any are, is a part of its own; short ones that follow each other on this thread are one. */
function partsOf(
  stages: readonly BoundStage[],
  share?: (stage: BoundStage, index: number) => () => boolean,
): Pick<Prepared, 'parts' | 'firstUpdate'> {
  const parts: (() => boolean)[] = [];
  let firstUpdate: number | undefined;
  let short: (() => void)[] = [];
  let operations = 0;
  const close = () => {
    if (short.length > 0) parts.push(alone(short));
    short = [];
    operations = 0;
  };
  for (const [index, stage] of stages.entries()) {
    const isFirstUpdate = stage.isUpdate && firstUpdate === undefined;
    const cost = planCallFlops(stage.call);
    const part = hasPieces(stage) ? share?.(stage, index) : undefined;
    if (part !== undefined || isFirstUpdate || operations + cost > mostOperations) close();
    if (isFirstUpdate) firstUpdate = parts.length;
    if (part !== undefined) parts.push(part);
    else {
      short.push(...stage.loaded);
      operations += cost;
    }
  }
  close();
  return { parts, firstUpdate: firstUpdate ?? parts.length };
}

/** Pieces that this thread runs one after the other. */
function alone(pieces: LoadedStage): () => boolean {
  const run = inTurn(pieces);
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
