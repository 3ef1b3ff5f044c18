/** What backends on this machine's memory share: variables and work memory lie in heaps, and calls are functions. */
import type { FusionName } from '../../kernels/contract.ts';
import { InklingError } from '../errors.ts';
import type { VariableSpec } from '../plan/graph.ts';
import { type Block, bytesOf, type Placement, placeBlocks } from '../plan/memory.ts';
import type { Plan, PlanBuffer, PlanCall } from '../plan/plan.ts';
import type { Backend, Executable, Memory, Numbers, Outputs, PrepareOptions } from './backend.ts';
import { isDue, nextTask } from './event-loop.ts';
import { type Allocation, type Heap, NoRoomError } from './heap.ts';
import { Scheduler } from './scheduler.ts';

export type Views = { readonly [name: string]: Numbers };

/** A kernel call with its operands at hand. */
export interface BoundCall {
  readonly kernel: PlanCall['kernel'];
  readonly outputs: Views;
  readonly inputs: Views;
  readonly geometry: object;
  readonly scratch: Float64Array;
}

/** The calls of a plan, ready to run; running them allocates nothing. */
export interface Prepared {
  /**
   * What running all of them takes, in this order. A part returns whether it is done; if not, it is to be called again once
   * others had their turn in the event loop.
   */
  readonly parts: readonly (() => boolean)[];
  /** The first of the parts that may write a variable. */
  readonly firstUpdate: number;
  /** Each call by itself. */
  readonly calls: readonly (() => void)[];
  /** Whether there are other kernels by now, for which it is to be made anew before the next run. */
  isOutdated?(options: PrepareOptions): boolean;
  /** Hears how many milliseconds a run has taken. */
  ran?(milliseconds: number): void;
  dispose(): void;
}

/** What a backend on this machine's memory has to bring. */
export interface Engine extends Pick<Backend, 'name' | 'threads' | 'info' | 'algorithm'> {
  readonly fusions: readonly FusionName[];
  /** Scratch memory that a kernel call needs, in bytes. */
  scratchBytes(call: Pick<PlanCall, 'kernel' | 'geometry'>): number;
  /** A heap with room for that many bytes, or the emptiest one. */
  heapFor(bytes: number): Heap;
  /** A heap that nobody uses yet. */
  newHeap(): Heap;
  /** Tells that nobody uses a heap any longer. */
  closeHeap(heap: Heap): void;
  prepare(calls: readonly BoundCall[], heap: Heap, firstUpdate: number, options: PrepareOptions): Promise<Prepared>;
}

/** A backend whose models live in heaps of this machine's memory. */
export function cpuBackend(engine: Engine): Backend {
  const scheduler = new Scheduler();
  const fusions = new Set(engine.fusions);
  return {
    name: engine.name,
    get threads() {
      return engine.threads;
    },
    fusions,
    scheduler,
    info: () => engine.info(),
    algorithm: call => engine.algorithm(call),
    createMemory: () => new CpuMemory(engine),
  };
}

/** What has to be given back when a memory is no longer used. It must not refer to the memory itself. */
class Holdings {
  readonly variables = new Map<string, { readonly spec: VariableSpec; readonly allocation: Allocation }>();
  readonly prepared = new Set<Prepared>();
  readonly #engine: Engine;
  #heap: Heap | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get heap(): Heap | undefined {
    return this.#heap;
  }

  moveTo(heap: Heap): void {
    this.#leave();
    this.#heap = heap;
    heap.users++;
  }

  release(): void {
    for (const each of this.prepared) each.dispose();
    for (const { allocation } of this.variables.values()) allocation.free();
    this.prepared.clear();
    this.variables.clear();
    this.#leave();
  }

  #leave(): void {
    const heap = this.#heap;
    this.#heap = undefined;
    if (heap === undefined || --heap.users > 0) return;
    heap.work.free();
    this.#engine.closeHeap(heap);
  }
}

const abandoned = new FinalizationRegistry<Holdings>(holdings => holdings.release());

class CpuMemory implements Memory {
  allocations = 0;
  readonly #engine: Engine;
  readonly #holdings: Holdings;
  #workBytes = 0;
  /** As large as the variables, and never touched: it tells the garbage collector what collecting this object frees. */
  #weight = new ArrayBuffer(0);

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#holdings = new Holdings(engine);
    abandoned.register(this, this.#holdings, this);
  }

  get bytes(): number {
    return this.#variableBytes() + this.#workBytes;
  }

  async declare(variables: readonly VariableSpec[]): Promise<void> {
    const wanted = variables.reduce((sum, variable) => sum + sizeOfVariable(variable), 0);
    if (this.#holdings.heap === undefined) this.#holdings.moveTo(this.#engine.heapFor(wanted));
    await this.#makingRoom(heap => {
      const made: [VariableSpec, Allocation][] = [];
      try {
        for (const spec of variables) made.push([spec, heap.allocate(sizeOfVariable(spec))]);
      } catch (error) {
        for (const [, allocation] of made) allocation.free();
        throw error;
      }
      for (const [spec, allocation] of made) {
        view(spec, allocation).fill(0);
        this.#holdings.variables.set(spec.name, { spec, allocation });
      }
    });
    this.allocations += variables.length;
    this.#weigh();
  }

  drop(names: readonly string[]): void {
    for (const name of names) {
      this.#holdings.variables.get(name)?.allocation.free();
      this.#holdings.variables.delete(name);
    }
    this.#weigh();
  }

  async read(name: string): Promise<Numbers> {
    return this.variable(name).slice();
  }

  async write(name: string, content: Numbers): Promise<void> {
    this.variable(name).set(content);
  }

  /** A view of a variable, valid until anything is allocated. */
  variable(name: string): Numbers {
    const held = this.#holdings.variables.get(name);
    if (held === undefined) throw new InklingError(`there is no variable "${name}"`);
    return view(held.spec, held.allocation);
  }

  workBytes(plan: Plan): number {
    return placed(plan, this.#engine).bytes;
  }

  load(plan: Plan): Executable {
    if (this.#holdings.heap === undefined) this.#holdings.moveTo(this.#engine.heapFor(0));
    return new CpuExecutable(this, this.#engine, this.#holdings, plan);
  }

  dispose(): void {
    abandoned.unregister(this);
    this.#holdings.release();
    this.#weigh();
  }

  /** The work memory for a plan. Throws NoRoomError. */
  async work(bytes: number): Promise<Allocation> {
    this.#workBytes = bytes;
    return this.#makingRoom(heap => heap.work.require(bytes));
  }

  /** Tries again in a heap of its own where there is no room in one that others use too. */
  async #makingRoom<T>(allocate: (heap: Heap) => T): Promise<T> {
    const heap = this.#holdings.heap!;
    try {
      return allocate(heap);
    } catch (error) {
      if (!(error instanceof NoRoomError) || heap.users === 1) throw error;
      this.#move(this.#engine.newHeap());
      return allocate(this.#holdings.heap!);
    }
  }

  #move(heap: Heap): void {
    const { variables } = this.#holdings;
    const moved: [string, { readonly spec: VariableSpec; readonly allocation: Allocation }][] = [];
    try {
      for (const [name, { spec, allocation }] of variables) {
        const copy = heap.allocate(allocation.bytes);
        moved.push([name, { spec, allocation: copy }]);
        view(spec, copy).set(view(spec, allocation));
      }
    } catch (error) {
      for (const [, { allocation }] of moved) allocation.free();
      throw error;
    }
    for (const [name, held] of moved) {
      variables.get(name)!.allocation.free();
      variables.set(name, held);
    }
    this.#holdings.moveTo(heap);
  }

  #variableBytes(): number {
    let bytes = 0;
    for (const { allocation } of this.#holdings.variables.values()) bytes += allocation.bytes;
    return bytes;
  }

  #weigh(): void {
    const bytes = this.#holdings.heap?.isCollected === false ? this.#variableBytes() : 0;
    if (bytes !== this.#weight.byteLength) this.#weight = new ArrayBuffer(bytes);
  }
}

const sizeOfVariable = ({ shape, dtype = 'float32' }: VariableSpec): number => bytesOf({ shape, dtype });

function view({ shape, dtype = 'float32' }: VariableSpec, allocation: Allocation): Numbers {
  return allocation.view(dtype, 0, lengthOf(shape));
}

const lengthOf = (shape: readonly number[]): number => shape.reduce((size, axis) => size * axis, 1);

/** Where a plan's blocks lie, and behind them in the list the scratch memory of its calls. */
function placed(plan: Plan, engine: Engine): Placement {
  const scratch = plan.calls.map((call, i): Block => ({ bytes: engine.scratchBytes(call), first: i, last: i }));
  return placeBlocks([...plan.blocks, ...scratch]);
}

/** The inputs and outputs of a plan where they lie now. */
class Bound {
  readonly inputs: Views;
  readonly outputs: Views;
  readonly #any: Numbers | undefined;

  constructor(inputs: Views, outputs: Views) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.#any = Object.values(outputs)[0] ?? Object.values(inputs)[0];
  }

  /** Whether the memory that they are views of is no longer there. */
  isDetached(): boolean {
    return this.#any?.buffer.byteLength === 0;
  }
}

class CpuExecutable implements Executable {
  readonly plan: Plan;
  hasUpdated = false;
  readonly #memory: CpuMemory;
  readonly #engine: Engine;
  readonly #holdings: Holdings;
  /** Byte offsets of the plan's blocks in the work memory, and behind them those of the scratch memory of each call. */
  readonly #offsets: readonly number[];
  readonly #workBytes: number;
  #prepared: Prepared | undefined;
  #bound: Bound | undefined;
  /** Where it was prepared: it must be prepared again once the work memory or the model has moved. */
  #work: Allocation | undefined;
  #heap: Heap | undefined;

  constructor(memory: CpuMemory, engine: Engine, holdings: Holdings, plan: Plan) {
    this.#memory = memory;
    this.#engine = engine;
    this.#holdings = holdings;
    this.plan = plan;
    const { offsets, bytes } = placed(plan, engine);
    this.#offsets = offsets;
    this.#workBytes = bytes;
  }

  input(name: string): Numbers {
    return this.#current().inputs[name]!;
  }

  async outputs(): Promise<Outputs> {
    return this.#current().outputs;
  }

  /** Views of inputs and outputs. They end where memory that is not shared has grown since. */
  #current(): Bound {
    const bound = this.#bound!;
    if (!bound.isDetached()) return bound;
    this.#bound = this.#views();
    return this.#bound;
  }

  #views(): Bound {
    const { buffers, inputs, outputs } = this.plan;
    const views = (indices: { readonly [name: string]: number }): Views =>
      Object.fromEntries(Object.entries(indices).map(([name, index]) => [name, this.#view(buffers[index]!)]));
    return new Bound(views(inputs), views(outputs));
  }

  calls(): readonly (() => void)[] {
    return this.#prepared!.calls;
  }

  async run(): Promise<void> {
    const { parts, firstUpdate, ran } = this.#prepared!;
    const start = performance.now();
    this.hasUpdated = false;
    for (let i = 0; i < parts.length; i++) {
      if (i === firstUpdate) this.hasUpdated = true;
      while (!parts[i]!()) await nextTask();
      if (isDue()) await nextTask();
    }
    ran?.(performance.now() - start);
  }

  get isPrepared(): boolean {
    return this.#isPrepared({});
  }

  #isPrepared(options: PrepareOptions): boolean {
    const { heap } = this.#holdings;
    const isInPlace = this.#heap === heap && heap?.work.allocation === this.#work;
    return this.#prepared !== undefined && isInPlace && !this.#prepared.isOutdated?.(options);
  }

  async prepare(options: PrepareOptions = {}): Promise<void> {
    if (this.#isPrepared(options)) return;
    this.dispose();
    await this.#bind(options);
  }

  /** Binds the calls to where their operands lie now. */
  async #bind(options: PrepareOptions): Promise<void> {
    const work = await this.#memory.work(this.#workBytes);
    this.#work = work;
    this.#heap = this.#holdings.heap;
    const views = this.plan.buffers.map(buffer => this.#view(buffer));
    const operands = (indices: { readonly [name: string]: number }): Views =>
      Object.fromEntries(Object.entries(indices).map(([name, index]) => [name, views[index]!]));
    const calls = this.plan.calls.map((call, i) => ({
      kernel: call.kernel,
      outputs: operands(call.outputs),
      inputs: operands(call.inputs),
      geometry: call.geometry,
      scratch: this.#scratch(call, i),
    }));
    this.#prepared = await this.#engine.prepare(calls, this.#heap!, this.plan.firstUpdate, options);
    this.#holdings.prepared.add(this.#prepared);
    this.#bound = this.#views();
  }

  #view({ variable, block, dtype, shape }: PlanBuffer): Numbers {
    if (variable !== undefined) return this.#memory.variable(variable);
    return this.#work!.view(dtype, this.#offsets[block!]!, lengthOf(shape));
  }

  #scratch(call: PlanCall, index: number): Float64Array {
    const offset = this.#offsets[this.plan.blocks.length + index]!;
    return this.#work!.scratch(offset, this.#engine.scratchBytes(call));
  }

  dispose(): void {
    if (this.#prepared === undefined) return;
    this.#holdings.prepared.delete(this.#prepared);
    this.#prepared.dispose();
    this.#prepared = undefined;
    this.#bound = undefined;
  }
}
