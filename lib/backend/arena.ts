import { InklingError } from '../errors.ts';
import { aligned } from '../plan/memory.ts';
import type { Plan, PlanBuffer, PlanCall } from '../plan/plan.ts';
import type { Backend, Executable, Memory, ResumableStep } from './backend.ts';

export type View = Float32Array | Int32Array;
export type Views = { readonly [name: string]: View };

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
  /** What running all of them takes, in order. */
  readonly steps: readonly ResumableStep[];
  /** Each by itself. */
  readonly calls: readonly (() => void)[];
}

/** A piece of memory, and what runs kernels in it. */
export interface Allocation {
  readonly buffer: ArrayBufferLike;
  prepare(calls: readonly BoundCall[]): Promise<Prepared>;
}

/** What a backend on this machine's memory has to bring. */
export interface Engine extends Pick<Backend, 'name' | 'threads' | 'info' | 'algorithm' | 'scratchBytes'> {
  /** Bytes at the beginning of each allocation that it keeps for itself. */
  readonly reservedBytes: number;
  /** Zeroed memory of at least that many bytes. */
  allocate(bytes: number): Allocation;
}

/** A backend whose models each have one arena: a state segment and, behind it, a work segment. */
export const arenaBackend = (engine: Engine): Backend => ({
  name: engine.name,
  get threads() {
    return engine.threads;
  },
  info: () => engine.info(),
  algorithm: call => engine.algorithm(call),
  scratchBytes: call => engine.scratchBytes(call),
  createMemory: stateBytes => new Arena(engine, stateBytes),
});

class Arena implements Memory {
  allocations = 0;
  readonly #engine: Engine;
  #allocation: Allocation;
  #stateBytes: number;
  #workBytes = 0;
  /** Grows with every reallocation, so that executables know when their views are stale. */
  #generation = 0;

  constructor(engine: Engine, stateBytes: number) {
    this.#engine = engine;
    this.#stateBytes = aligned(stateBytes);
    this.#allocation = this.#allocate();
  }

  get bytes(): number {
    return this.#allocation.buffer.byteLength;
  }

  get generation(): number {
    return this.#generation;
  }

  get allocation(): Allocation {
    return this.#allocation;
  }

  state(offset: number, length: number): Float32Array {
    return new Float32Array(this.#allocation.buffer, this.#engine.reservedBytes + offset, length);
  }

  resizeState(bytes: number): void {
    this.#reallocate(aligned(bytes), this.#workBytes);
  }

  bind(plan: Plan): Executable {
    if (plan.workBytes > this.#workBytes) this.#reallocate(this.#stateBytes, plan.workBytes);
    return new ArenaExecutable(this, plan);
  }

  view(buffer: PlanBuffer): View {
    const start = buffer.segment === 'state' ? this.#engine.reservedBytes : this.#workStart;
    const length = buffer.shape.reduce((size, axis) => size * axis, 1);
    const place = [this.#allocation.buffer, start + buffer.offset, length] as const;
    return buffer.dtype === 'float32' ? new Float32Array(...place) : new Int32Array(...place);
  }

  scratch(call: PlanCall): Float64Array {
    const { buffer } = this.#allocation;
    return new Float64Array(buffer, this.#workStart + call.scratchOffset, Math.ceil(call.scratchBytes / 8));
  }

  get #workStart(): number {
    return this.#engine.reservedBytes + this.#stateBytes;
  }

  #allocate(): Allocation {
    this.allocations++;
    return this.#engine.allocate(this.#workStart + this.#workBytes);
  }

  #reallocate(stateBytes: number, workBytes: number): void {
    const kept = new Uint8Array(
      this.#allocation.buffer,
      this.#engine.reservedBytes,
      Math.min(this.#stateBytes, stateBytes),
    );
    this.#stateBytes = stateBytes;
    this.#workBytes = workBytes;
    this.#allocation = this.#allocate();
    new Uint8Array(this.#allocation.buffer).set(kept, this.#engine.reservedBytes);
    this.#generation++;
  }
}

class ArenaExecutable implements Executable {
  readonly plan: Plan;
  readonly #arena: Arena;
  #views: readonly View[] = [];
  #viewsGeneration = -1;
  #prepared: Prepared | undefined;
  #preparedGeneration = -1;

  constructor(arena: Arena, plan: Plan) {
    this.#arena = arena;
    this.plan = plan;
  }

  get isPrepared(): boolean {
    return this.#preparedGeneration === this.#arena.generation;
  }

  get steps(): readonly ResumableStep[] {
    return this.#ready().steps;
  }

  get calls(): readonly (() => void)[] {
    return this.#ready().calls;
  }

  view(buffer: number): View {
    return this.#current()[buffer]!;
  }

  /** All views, made anew if the arena has moved since the last time. */
  #current(): readonly View[] {
    if (this.#viewsGeneration !== this.#arena.generation) {
      this.#viewsGeneration = this.#arena.generation;
      this.#views = this.plan.buffers.map(buffer => this.#arena.view(buffer));
    }
    return this.#views;
  }

  #ready(): Prepared {
    if (!this.isPrepared) throw new InklingError('a plan runs that has not been prepared since its memory moved');
    return this.#prepared!;
  }

  async prepare(): Promise<void> {
    const { generation, allocation } = this.#arena;
    const views = this.#current();
    const operands = (indices: { readonly [name: string]: number }): Views =>
      Object.fromEntries(Object.entries(indices).map(([name, index]) => [name, views[index]!]));
    const calls = this.plan.calls.map(call => ({
      kernel: call.kernel,
      outputs: operands(call.outputs),
      inputs: operands(call.inputs),
      geometry: call.geometry,
      scratch: this.#arena.scratch(call),
    }));
    this.#prepared = await allocation.prepare(calls);
    this.#preparedGeneration = generation;
  }
}
