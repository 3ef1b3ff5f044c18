import { BackendError } from '../errors.ts';
import { nodeModule, type WorkerLike } from './host.ts';
import type { CompiledKernels } from './revectorize.ts';
import { leavePiece, newControl, Piece, pieceWord, ring, takePiece, Watch, Word } from './thread/control.ts';
import type { ThreadMessage, ThreadReply } from './thread/messages.ts';
import type { LoadedStage, ProgramStage } from './thread/program.ts';
import { threadSource } from './thread/source.ts';

/** Milliseconds that it sleeps, or watches where it must not sleep, before others get their turn in its event loop. */
const sleepFor = 10;

/** Whether this thread may sleep: browsers do not let the main thread of a page. */
function maySleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}

/** A stage that pieces of a program are to be taken of, by all threads. */
export interface SharedStage {
  readonly program: number;
  /** Its index in the program. */
  readonly index: number;
  /** Its pieces for the calling thread. */
  readonly loaded: LoadedStage;
  /** Whether a piece may be run again that has been run in part. */
  readonly isRepeatable: boolean;
}

/**
 * Threads that take pieces of stages side by side, the calling thread being the first of them. They are started once,
 * sleep while there is nothing to do, and do not keep the process alive. If one of them ends, or none can be started, the
 * calling thread does all the work from then on, which gives the same bits.
 */
export class ThreadPool {
  readonly threads: number;
  /** So many threads are worth waking: not more than there are cores. */
  readonly #sideBySide: number;
  readonly #maySleep = maySleep();
  readonly #watch = new Watch();
  #workers: readonly WorkerLike[] = [];
  readonly #control: Int32Array<SharedArrayBuffer>;
  /** Threads that have ended. */
  readonly #ended = new Set<number>();
  /** Why the calling thread is alone. */
  #failure: string | undefined;
  /** The stage whose pieces have been given out and have not all ended, and why it must fail. */
  #stage: SharedStage | undefined;
  #fault: string | undefined;
  #ids = 0;

  /** `start` makes a worker that runs a program text. */
  constructor(threads: number, cores: number, start: (source: string) => WorkerLike = startWorker) {
    this.threads = threads;
    this.#sideBySide = Math.min(threads, cores);
    this.#control = newControl(threads);
    try {
      this.#workers = Array.from({ length: threads - 1 }, () => start(threadSource));
    } catch (error) {
      this.#fail(`no thread could be started: ${reasonOf(error)}`);
    }
    for (const [i, worker] of this.#workers.entries()) this.#greet(worker, i + 1);
  }

  /** Why the calling thread does all the work; undefined while there are others. */
  get failure(): string | undefined {
    return this.#failure && `${this.#failure}; one thread does all the work`;
  }

  /** Whether all threads have started. */
  get isStarted(): boolean {
    return Atomics.load(this.#control, Word.started) === this.threads - 1;
  }

  /** Gives all threads a memory with the kernels in it, and returns its number. */
  addMemory({ module, tileWidth }: CompiledKernels, memory: WebAssembly.Memory): number {
    const id = this.#ids++;
    this.#tell({ type: 'memory', id, module, tileWidth, memory });
    return id;
  }

  /** The threads forget a memory; its programs must have been dropped. */
  dropMemory(id: number): void {
    this.#tell({ type: 'dropMemory', id });
  }

  /** Gives all threads the stages of a plan, and returns its number. */
  addProgram(memory: number, stages: readonly ProgramStage[]): number {
    const id = this.#ids++;
    this.#tell({ type: 'program', id, memory, stages });
    return id;
  }

  /** The threads forget a program. */
  dropProgram(id: number): void {
    this.#tell({ type: 'dropProgram', id });
  }

  /**
   * Runs a stage together with all threads that are awake. Returns whether it is done; if not, others must get their turn
   * in the event loop, and then it is to be called again with the same stage. Throws BackendError, when no thread is at
   * work on the stage any more, if a kernel has failed or if a thread has ended in the middle of a piece that must not be
   * run again.
   */
  advance(stage: SharedStage): boolean {
    if (this.#stage !== stage) {
      // Whoever began another stage has given it up while pieces of it were under way.
      if (this.#stage !== undefined && !this.#finish(this.#stage)) return false;
      this.#begin(stage);
    }
    if (!this.#finish(stage)) return false;
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault !== undefined) throw new BackendError(`simd: ${fault}`);
    return true;
  }

  #begin(stage: SharedStage): void {
    const control = this.#control;
    this.#stage = stage;
    this.#fault = undefined;
    Atomics.store(control, Word.program, stage.program);
    Atomics.store(control, Word.stage, stage.index);
    const pieces = stage.loaded.length;
    Atomics.store(control, Word.pieces, pieces);
    for (let piece = 0; piece < pieces; piece++) Atomics.store(control, pieceWord(this.threads, piece), Piece.free);
    if (this.#failure !== undefined) return;
    const awake = Atomics.load(control, Word.started) - Atomics.load(control, Word.sleepers);
    ring(control, Math.min(pieces, this.#sideBySide) - 1 - awake);
  }

  /** Takes pieces while there are any and waits for those that others have taken. Returns whether all have ended. */
  #finish(stage: SharedStage): boolean {
    const control = this.#control;
    for (;;) {
      this.#work(stage);
      const progress = Atomics.load(control, Word.progress);
      if (this.#hasEnded(stage)) break;
      if (this.#watch.changes(control, Word.progress, progress)) continue;
      if (!this.#progressLater(progress)) return false;
    }
    this.#stage = undefined;
    if (this.#failure !== undefined) this.#close();
    return true;
  }

  /** Waits longer for progress; whether there has been any. */
  #progressLater(progress: number): boolean {
    const control = this.#control;
    if (!this.#maySleep) {
      const end = performance.now() + sleepFor;
      while (performance.now() < end) if (this.#watch.changes(control, Word.progress, progress)) return true;
      return false;
    }
    Atomics.store(control, Word.isWatched, 1);
    const outcome = Atomics.wait(control, Word.progress, progress, sleepFor);
    Atomics.store(control, Word.isWatched, 0);
    return outcome !== 'timed-out';
  }

  #work(stage: SharedStage): void {
    for (;;) {
      const piece = takePiece(this.#control, this.threads, 0);
      if (piece < 0) return;
      this.#runPiece(stage, piece);
    }
  }

  #runPiece(stage: SharedStage, piece: number): void {
    let state: number = Piece.ended;
    try {
      if (this.#fault === undefined) stage.loaded[piece]!();
    } catch (error) {
      this.#fault = reasonOf(error);
      state = Piece.failed;
    }
    leavePiece(this.#control, this.threads, piece, state);
  }

  /** Whether no piece is left or under way; does what threads that have ended have left behind. */
  #hasEnded(stage: SharedStage): boolean {
    for (let piece = 0; piece < stage.loaded.length; piece++) {
      const state = Atomics.load(this.#control, pieceWord(this.threads, piece));
      if (state === Piece.ended) continue;
      // The reason comes with a message.
      if (state === Piece.failed && this.#fault !== undefined) continue;
      if (state < Piece.taken || !this.#ended.has(state - Piece.taken)) return false;
      if (!stage.isRepeatable) this.#fault ??= `${this.#failure} in the middle of an update`;
      this.#runPiece(stage, piece);
    }
    return true;
  }

  #greet(worker: WorkerLike, thread: number): void {
    const hear = (reply: ThreadReply) => {
      // Only once it has started: a worker that keeps nothing alive may never start.
      if (reply.type === 'started') worker.unref?.();
      else if (this.#stage !== undefined) this.#fault ??= reply.reason;
    };
    const lose = (reason: string) => {
      this.#ended.add(thread);
      this.#fail(reason);
    };
    if (worker.on === undefined) {
      worker.onmessage = ({ data }) => hear(data as ThreadReply);
      worker.onerror = event => lose(this.isStarted ? `a thread ended: ${event.message}` : cannotStart);
    } else {
      let reason = '';
      worker.on('message', value => hear(value as ThreadReply));
      worker.on('error', error => {
        reason = `: ${reasonOf(error)}`;
      });
      worker.on('exit', code => lose(`a thread ended with code ${code}${reason}`));
    }
    this.#post(worker, thread, { type: 'start', control: this.#control, threads: this.threads, thread });
  }

  /** From now on the calling thread works alone. */
  #fail(reason: string): void {
    this.#failure ??= reason;
    if (this.#stage === undefined) this.#close();
  }

  #close(): void {
    for (const worker of this.#workers) worker.terminate();
    this.#workers = [];
  }

  #tell(message: ThreadMessage): void {
    for (const [i, worker] of this.#workers.entries()) this.#post(worker, i + 1, message);
  }

  /** Counts a message, so that a thread that listens for stages goes and reads it. */
  #post(worker: WorkerLike, thread: number, message: ThreadMessage): void {
    Atomics.add(this.#control, Word.messages + thread, 1);
    worker.postMessage(message);
    ring(this.#control, this.threads);
  }
}

const cannotStart =
  'the threads could not be started; does the Content-Security-Policy of the page allow workers from "blob:" (worker-src)?';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function startWorker(source: string): WorkerLike {
  const NodeWorker = nodeModule('node:worker_threads')?.Worker;
  if (NodeWorker !== undefined) return new NodeWorker(source, { eval: true, execArgv: [], env: {} });
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker: WorkerLike = new Worker(url) as object as WorkerLike;
  URL.revokeObjectURL(url);
  return worker;
}
