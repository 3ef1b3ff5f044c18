import type { SimdFunctionName } from '../../kernels/simd-bindings/index.ts';
import { BackendError } from '../errors.ts';
import { nodeModule, type WorkerLike } from './host.ts';
import type { CompiledKernels } from './revectorize.ts';
import { workerSource } from './worker-source.ts';

/** An invocation with all its addresses known. */
export type PlacedInvocation = readonly [name: SimdFunctionName, ...numbers: number[]];

/** A kernel call, or null: wait until all threads have come so far. */
export type ProgramItem = PlacedInvocation | null;

/** Places in the memory of the threads; worker-source.ts has the same numbers. */
const Control = {
  /** Threads that have arrived at the barrier, and how often it has been passed. */
  arrived: 0,
  generation: 1,
  /** Changes with every run and with every message. */
  bell: 2,
  /** Runs begun so far, and the program of the last one. */
  runs: 3,
  program: 4,
  /** Not 0 once a kernel call has thrown. */
  failed: 5,
  /** Threads that have started. */
  started: 6,
  /** For each thread the items it has done; behind them for each the messages sent to it. */
  threads: 7,
} as const;

/** About a tenth of a millisecond. */
const spinsAtOnce = 20_000;
/** Browsers do not let a page sleep. */
const maySleep = nodeModule('node:os') !== undefined;

/** Without a sign of life from the others for so long, a wait is given up. */
const patience = 20_000;

/**
 * Threads that go through programs together, this thread being the first of them. They are started once and do not
 * keep the process alive.
 */
export class ThreadPool {
  readonly threads: number;
  readonly #workers: WorkerLike[] = [];
  /** What the threads tell each other: see Control, and for each thread the items it has done and the messages sent. */
  readonly #control: Int32Array;
  #failure: string | undefined;
  #ids = 0;
  readonly #forgotten = new FinalizationRegistry<number>(memory => this.#tell({ type: 'forget', memory }));

  constructor(threads: number) {
    this.threads = threads;
    this.#control = new Int32Array(new SharedArrayBuffer(4 * (Control.threads + 2 * threads)));
    for (let thread = 1; thread < threads; thread++) this.#start(thread);
  }

  /** Whether programs can be run, or throw; until then whoever is in a hurry does the work alone. */
  get isSettled(): boolean {
    return this.#failure !== undefined || Atomics.load(this.#control, Control.started) === this.threads - 1;
  }

  /** Gives all threads a memory with the kernels in it; they forget it once `owner` is gone. */
  addMemory(owner: object, { module, tileWidth }: CompiledKernels, memory: WebAssembly.Memory): number {
    const id = this.#ids++;
    this.#tell({ type: 'memory', id, module, tileWidth, memory });
    this.#forgotten.register(owner, id);
    return id;
  }

  /** Gives each thread but this one its program. */
  addProgram(memory: number, programs: readonly (readonly ProgramItem[])[]): number {
    const id = this.#ids++;
    for (let thread = 1; thread < this.threads; thread++) {
      this.#post(thread, { type: 'program', id, memory, items: programs[thread] });
    }
    return id;
  }

  /** Lets the threads forget a program. */
  dropProgram(id: number): void {
    this.#tell({ type: 'drop', program: id });
  }

  /**
   * What this thread does to run a program with all threads, in this order; `own` are its calls, null standing for the
   * barrier. Only one program may run at a time. A step throws BackendError if a thread has died.
   */
  steps(id: number, own: readonly ((() => void) | null)[]): (() => void)[] {
    const start = () => {
      this.#ensureAlive();
      Atomics.store(this.#control, Control.program, id);
      Atomics.add(this.#control, Control.runs, 1);
      this.#ring();
    };
    const wait = () => this.#wait();
    return [start, ...own.map(item => item ?? wait)];
  }

  #start(thread: number): void {
    const worker = createWorker();
    this.#workers.push(worker);
    const fail = (what: unknown) => {
      this.#failure ??= what instanceof Error ? what.message : String(what);
    };
    if (worker.on === undefined) {
      worker.onerror = () => fail('it failed to start');
    } else {
      // Only once it has started: a worker that keeps nothing alive may never start.
      worker.on('message', () => worker.unref?.());
      worker.on('error', fail);
      worker.on('exit', code => fail(`it ended with code ${code}`));
    }
    this.#post(thread, { type: 'start', control: this.#control.buffer, threads: this.threads, thread });
  }

  #tell(message: object): void {
    for (let thread = 1; thread < this.threads; thread++) this.#post(thread, message);
  }

  /** Counts a message, so that a thread that listens for runs goes and reads it. */
  #post(thread: number, message: object): void {
    Atomics.add(this.#control, Control.threads + this.threads + thread, 1);
    this.#workers[thread - 1]!.postMessage(message);
    this.#ring();
  }

  #ring(): void {
    Atomics.add(this.#control, Control.bell, 1);
    Atomics.notify(this.#control, Control.bell);
  }

  #ensureAlive(): void {
    if (this.#failure !== undefined) {
      throw new BackendError(`simd: a thread has died: ${this.#failure}; set INKLING_THREADS=1 to work with one`);
    }
  }

  /** The barrier. This thread spins for a while, and then, where that is allowed, sleeps until it is woken. */
  #wait(): void {
    const control = this.#control;
    const generation = Atomics.load(control, Control.generation);
    if (Atomics.add(control, Control.arrived, 1) === this.threads - 1) {
      Atomics.store(control, Control.arrived, 0);
      Atomics.add(control, Control.generation, 1);
      Atomics.notify(control, Control.generation);
      return;
    }
    let deadline = 0;
    let signs = -1;
    for (let spins = 1; Atomics.load(control, Control.generation) === generation; spins++) {
      if (spins % spinsAtOnce !== 0) continue;
      if (maySleep) Atomics.wait(control, Control.generation, generation, 100);
      if (Atomics.load(control, Control.failed) !== 0) this.#failure ??= 'a kernel call has failed in it';
      this.#ensureAlive();
      const now = performance.now();
      const heard = control.subarray(Control.threads).reduce((sum, count) => sum + count, 0);
      if (heard !== signs) deadline = now + patience;
      signs = heard;
      if (now < deadline) continue;
      this.#failure = `it has not answered for ${patience / 1000} seconds`;
      this.#ensureAlive();
    }
  }
}

function createWorker(): WorkerLike {
  const NodeWorker = nodeModule('node:worker_threads')?.Worker;
  if (NodeWorker !== undefined) return new NodeWorker(workerSource, { eval: true, execArgv: [], env: {} });
  const url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker: WorkerLike = new Worker(url) as object as WorkerLike;
  URL.revokeObjectURL(url);
  return worker;
}
