import type { FusionName } from '../../kernels/contract.ts';
import type { AnyCall, VariableSpec } from '../plan/graph.ts';
import type { Plan } from '../plan/plan.ts';
import type { Scheduler } from './scheduler.ts';

/** What a backend says of itself. */
export interface BackendInfo {
  readonly name: string;
  readonly threads: number;
  /** Why there is one thread only, where there could be more. */
  readonly oneThread?: string;
  /** Whether WebAssembly runs as AVX2 (`on`, or `off` and why); only of `simd`. */
  readonly avx2?: string;
}

/** Numbers as a backend hands them over. */
export type Numbers = Float32Array | Int32Array | Uint8Array;

/** Outputs by their names. */
export type Outputs = { readonly [name: string]: Numbers };

/** What users see of a backend. */
export interface BackendView {
  readonly name: 'loops' | 'simd' | 'gpu';
  readonly threads: number;
  info(): BackendInfo;
}

/** Runs plans, one after the other. One backend serves any number of models. */
export interface Backend extends BackendView {
  /** The fusions that it has kernels for. */
  readonly fusions: ReadonlySet<FusionName>;
  /** Gives all runs their turn. Whoever uses a memory or an executable does so in a turn of its own. */
  readonly scheduler: Scheduler;
  /** The name of the algorithm that runs a kernel call: what its sizes have decided. */
  algorithm(call: Pick<AnyCall, 'kernel' | 'geometry'>): string;
  /** Memory for one model, empty at first. */
  createMemory(): Memory;
}

/**
 * All that one model has on a backend: its variables, and work memory for its plans. It is freed by `dispose`, or once
 * nobody holds it any longer.
 */
export interface Memory {
  /** Bytes of variables and of the work memory that the last plan needed. */
  readonly bytes: number;
  /** How often memory was asked for so far. It stands still once every plan has been loaded. */
  readonly allocations: number;
  /** Makes variables, all zero. Throws NoRoomError, and changes nothing, if there is no room. */
  declare(variables: readonly VariableSpec[]): Promise<void>;
  /** Frees variables; no executable that uses them may run again. */
  drop(names: readonly string[]): void;
  /** A copy of a variable. */
  read(name: string): Promise<Numbers>;
  /** Replaces the content of a variable. */
  write(name: string, content: Numbers): Promise<void>;
  /** The work memory that a plan would need, in bytes. */
  workBytes(plan: Plan): number;
  /** A plan in this memory; its variables must be there. */
  load(plan: Plan): Executable;
  dispose(): void;
}

export interface PrepareOptions {
  /**
   * Whether to compile the fastest kernels first, as who measures them wants. Otherwise the backend does so once it has
   * run for some time. They give the same bits.
   */
  readonly fastest?: boolean;
}

/** A plan in a memory. In a turn of its own it is prepared, its inputs are written, it runs, and its outputs are read. */
export interface Executable {
  readonly plan: Plan;
  /** Whether all is loaded that running needs; it is not where something else has taken the place since. */
  readonly isPrepared: boolean;
  /** Loads what running needs. Throws NoRoomError if there is no room for the work memory. */
  prepare(options?: PrepareOptions): Promise<void>;
  /** Where an input is to be written before a run: valid until the run begins. */
  input(name: string): Numbers;
  /** Runs all calls. Others get their turn in the event loop within it. */
  run(): Promise<void>;
  /** Whether the last run, which has failed, may have changed variables. */
  readonly hasUpdated: boolean;
  /** The outputs of the last run, by their names: valid until anything else runs. */
  outputs(): Promise<Outputs>;
  /** One function for each call of the plan, to be run in their order: for measuring. */
  calls(): readonly (() => void)[];
  dispose(): void;
}
