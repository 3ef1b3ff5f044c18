import type { Kernels } from '../../kernels/contract.ts';
import { loops, loopsScratchBytes } from '../../kernels/loops/index.ts';
import { aligned } from '../plan/memory.ts';
import type { Plan, PlanBuffer, PlanCall } from '../plan/plan.ts';
import type { Backend, Executable, Memory } from './backend.ts';

type View = Float32Array | Int32Array;
type Views = { readonly [name: string]: View };

/** A kernel call with its views made once, so that running it allocates nothing. */
interface BoundCall {
  readonly run: (outputs: Views, inputs: Views, geometry: object, scratch: Float64Array) => void;
  readonly outputs: Views;
  readonly inputs: Views;
  readonly geometry: object;
  readonly scratch: Float64Array;
}

type AnyScratchBytes = { readonly [kernel: string]: ((geometry: object) => number) | undefined };

/** The backend of plain typed-array loops: one thread, runs everywhere, and the definition the others are tested against. */
export const loopsBackend: Backend = {
  name: 'loops',
  threads: 1,
  scratchBytes: call => (loopsScratchBytes as AnyScratchBytes)[call.kernel]?.(call.geometry) ?? 0,
  createMemory: stateBytes => new LoopsMemory(stateBytes),
};

class LoopsMemory implements Memory {
  allocations = 0;
  #arena: ArrayBuffer;
  #stateBytes: number;
  #workBytes = 0;
  /** Grows with every reallocation, so that executables know when their views are stale. */
  #generation = 0;

  constructor(stateBytes: number) {
    this.#stateBytes = aligned(stateBytes);
    this.#arena = this.#allocate();
  }

  get bytes(): number {
    return this.#arena.byteLength;
  }

  get generation(): number {
    return this.#generation;
  }

  state(offset: number, length: number): Float32Array {
    return new Float32Array(this.#arena, offset, length);
  }

  resizeState(bytes: number): void {
    this.#reallocate(aligned(bytes), this.#workBytes);
  }

  bind(plan: Plan): Executable {
    if (plan.workBytes > this.#workBytes) this.#reallocate(this.#stateBytes, plan.workBytes);
    return new LoopsExecutable(this, plan);
  }

  view(buffer: PlanBuffer): View {
    const start = buffer.segment === 'state' ? 0 : this.#stateBytes;
    const length = buffer.shape.reduce((size, axis) => size * axis, 1);
    const View = buffer.dtype === 'float32' ? Float32Array : Int32Array;
    return new View(this.#arena, start + buffer.offset, length);
  }

  scratch(call: PlanCall): Float64Array {
    return new Float64Array(this.#arena, this.#stateBytes + call.scratchOffset, Math.ceil(call.scratchBytes / 8));
  }

  #allocate(): ArrayBuffer {
    this.allocations++;
    return new ArrayBuffer(this.#stateBytes + this.#workBytes);
  }

  #reallocate(stateBytes: number, workBytes: number): void {
    const kept = new Uint8Array(this.#arena, 0, Math.min(this.#stateBytes, stateBytes));
    this.#stateBytes = stateBytes;
    this.#workBytes = workBytes;
    this.#arena = this.#allocate();
    new Uint8Array(this.#arena).set(kept);
    this.#generation++;
  }
}

class LoopsExecutable implements Executable {
  readonly plan: Plan;
  readonly #memory: LoopsMemory;
  #views: readonly View[] = [];
  #calls: readonly BoundCall[] = [];
  #generation = -1;

  constructor(memory: LoopsMemory, plan: Plan) {
    this.#memory = memory;
    this.plan = plan;
  }

  async run(): Promise<void> {
    this.#refresh();
    for (const call of this.#calls) call.run(call.outputs, call.inputs, call.geometry, call.scratch);
  }

  view(buffer: number): View {
    this.#refresh();
    return this.#views[buffer]!;
  }

  /** Makes all views anew if the arena has moved since the last time. */
  #refresh(): void {
    if (this.#generation === this.#memory.generation) return;
    this.#generation = this.#memory.generation;
    this.#views = this.plan.buffers.map(buffer => this.#memory.view(buffer));
    this.#calls = this.plan.calls.map(call => this.#bound(call));
  }

  #bound(call: PlanCall): BoundCall {
    const views = (indices: { readonly [name: string]: number }): Views =>
      Object.fromEntries(Object.entries(indices).map(([name, index]) => [name, this.#views[index]!]));
    return {
      // The plan was made from the contract, so the operands have the names and types that the kernel expects.
      run: loops[call.kernel as keyof Kernels] as BoundCall['run'],
      outputs: views(call.outputs),
      inputs: views(call.inputs),
      geometry: call.geometry,
      scratch: this.#memory.scratch(call),
    };
  }
}
