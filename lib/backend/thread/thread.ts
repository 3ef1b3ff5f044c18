/**
 * What a thread of a pool does. It takes messages with memories and programs; between them it listens, that is it watches
 * shared memory for stages, which begins work much faster than a message would arrive, and sleeps where none come.
 */
import type { SimdExports } from '../../../kernels/simd/index.binding.ts';
import { leavePiece, Piece, sleepUntilBell, takePiece, Watch, Word } from './control.ts';
import type { ThreadMessage, ThreadReply } from './messages.ts';
import { type LoadedStage, loadStage } from './program.ts';

/** One thread's view of its pool. `handle` takes the messages in the order in which they were sent. */
export class PoolThread {
  readonly #reply: (reply: ThreadReply) => void;
  readonly #memories = new Map<number, SimdExports>();
  readonly #programs = new Map<number, readonly LoadedStage[]>();
  readonly #watch = new Watch();
  #control: Int32Array = new Int32Array();
  #threads = 0;
  #thread = 0;
  /** Messages that have been taken so far. */
  #messages = 0;

  constructor(reply: (reply: ThreadReply) => void) {
    this.#reply = reply;
  }

  /** Takes a message, and then listens until the next one has been sent. */
  handle(message: ThreadMessage): void {
    this.#take(message);
    this.#messages = (this.#messages + 1) | 0;
    while (!this.#hasMessage()) {
      const bell = Atomics.load(this.#control, Word.bell);
      this.#work();
      if (this.#hasMessage() || this.#watch.changes(this.#control, Word.bell, bell)) continue;
      sleepUntilBell(this.#control, bell);
    }
  }

  #take(message: ThreadMessage): void {
    switch (message.type) {
      case 'start':
        this.#control = message.control;
        this.#threads = message.threads;
        this.#thread = message.thread;
        Atomics.add(this.#control, Word.started, 1);
        this.#reply({ type: 'started' });
        return;
      case 'memory': {
        const { exports } = new WebAssembly.Instance(message.module, { env: { memory: message.memory } });
        const wasm = exports as object as SimdExports;
        wasm.setTileWidth(message.tileWidth);
        this.#memories.set(message.id, wasm);
        return;
      }
      case 'program': {
        const wasm = this.#memories.get(message.memory)!;
        this.#programs.set(
          message.id,
          message.stages.map(stage => loadStage(stage, wasm, this.#thread)),
        );
        return;
      }
      case 'dropMemory':
        this.#memories.delete(message.id);
        return;
      case 'dropProgram':
        this.#programs.delete(message.id);
    }
  }

  #hasMessage(): boolean {
    return Atomics.load(this.#control, Word.messages + this.#thread) !== this.#messages;
  }

  /** Runs pieces while there are any. */
  #work(): void {
    const control = this.#control;
    for (;;) {
      const piece = takePiece(control, this.#threads, this.#thread);
      if (piece < 0) return;
      // Only now it is certain which stage the piece belongs to, since a stage stays until all its pieces have ended.
      const program = this.#programs.get(Atomics.load(control, Word.program));
      if (program === undefined) {
        // The message with it is on its way; somebody else can have the piece.
        leavePiece(control, this.#threads, piece, Piece.free);
        return;
      }
      leavePiece(control, this.#threads, piece, this.#run(program[Atomics.load(control, Word.stage)]!, piece));
    }
  }

  /** Runs a piece; returns the state in which that leaves it. */
  #run(stage: LoadedStage, piece: number): number {
    try {
      stage[piece]!();
      return Piece.ended;
    } catch (error) {
      this.#reply({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
      return Piece.failed;
    }
  }
}
