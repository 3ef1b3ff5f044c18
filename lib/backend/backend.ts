import type { AnyCall } from '../plan/graph.ts';
import type { Plan } from '../plan/plan.ts';

/** What a backend says of itself. */
export interface BackendInfo {
  readonly name: string;
  readonly threads: number;
  /** Why there is one thread only, where there could be more. */
  readonly oneThread?: string;
  /** Whether WebAssembly runs as AVX2 (`on`, or `off` and why); only of `simd`. */
  readonly avx2?: string;
}

/** Runs plans. One backend serves any number of models. */
export interface Backend {
  readonly name: 'loops' | 'simd' | 'gpu';
  readonly threads: number;
  info(): BackendInfo;
  /** The name of the algorithm that runs a kernel call: what its sizes have decided. */
  algorithm(call: Pick<AnyCall, 'kernel' | 'geometry'>): string;
  /** Scratch memory that a kernel call needs, in bytes. */
  scratchBytes(call: AnyCall): number;
  /** Memory for one model, with `stateBytes` of parameters and optimizer state, zeroed. */
  createMemory(stateBytes: number): Memory;
}

/** One model's arena: a state segment that keeps its content, and a work segment that all its plans share. */
export interface Memory {
  /** How often memory was asked of the system so far. It stands still once every plan has been bound. */
  readonly allocations: number;
  readonly bytes: number;
  /** The floats at a byte offset of the state segment. The view is valid until the next `bind` or `resizeState`. */
  state(offset: number, length: number): Float32Array;
  /** Changes the size of the state segment and keeps what it holds. */
  resizeState(bytes: number): void;
  /** Prepares a plan. The arena grows if the plan needs more work memory than any before. */
  bind(plan: Plan): Executable;
}

/** Returns whether it is done; if not, it is to be called again once others had their turn in the event loop. */
export type ResumableStep = () => boolean;

/** A plan bound to memory. */
export interface Executable {
  readonly plan: Plan;
  /** Whether it may run; no longer so once the arena has moved. */
  readonly isPrepared: boolean;
  /** Loads what running needs. */
  prepare(): Promise<void>;
  /** What running all calls takes, to be done in this order, each once and completely. Valid while `isPrepared`. */
  readonly steps: readonly ResumableStep[];
  /** One function for each call of the plan, to be run in their order: for measuring. Valid while `isPrepared`. */
  readonly calls: readonly (() => void)[];
  /** The memory of a plan buffer, by its index; valid until the next `bind`. */
  view(buffer: number): Float32Array | Int32Array;
}
