/**
 * The memory through which the threads of a pool work together: the calling thread publishes a stage, and every thread
 * that is awake takes one of its pieces after the other. A piece is taken by one atomic exchange of its own word, which
 * then names its taker, so that nobody has to wait for a thread that has taken nothing, and what a thread that ended has
 * left behind can be told.
 */

/** Places of 32-bit words. */
export const Word = {
  /** Changes with every stage and every message: what threads without work watch. */
  bell: 0,
  /** Threads that sleep until the bell changes. */
  sleepers: 1,
  /** Threads that have started. */
  started: 2,
  /** The stage: the program that it belongs to, its index there, its number of pieces. */
  program: 3,
  stage: 4,
  pieces: 5,
  /** Changes with every piece that ends or is given back: what the calling thread watches. */
  progress: 6,
  /** 1 while the calling thread sleeps until there is progress. */
  isWatched: 7,
  /** For each thread the messages that were sent to it; behind them the states of the pieces. */
  messages: 8,
} as const;

/** States of a piece; one that thread t has taken is in the state `taken` + t. */
export const Piece = { ended: 0, free: 1, failed: 2, taken: 3 } as const;

/** The most pieces of a stage, for each thread of a pool. */
export const mostPiecesOfThread = 16;

export function newControl(threads: number): Int32Array<SharedArrayBuffer> {
  const words = Word.messages + threads + mostPiecesOfThread * threads;
  return new Int32Array(new SharedArrayBuffer(4 * words));
}

/** The word with the state of a piece. */
export const pieceWord = (threads: number, piece: number): number => Word.messages + threads + piece;

/** Takes a piece of the stage that is published and returns its index; -1 if none is left. The first threads begin apart. */
export function takePiece(control: Int32Array, threads: number, thread: number): number {
  const pieces = Atomics.load(control, Word.pieces);
  const first = Math.floor((thread * pieces) / threads);
  for (let i = 0; i < pieces; i++) {
    const piece = (first + i) % pieces;
    const word = pieceWord(threads, piece);
    if (Atomics.load(control, word) !== Piece.free) continue;
    if (Atomics.compareExchange(control, word, Piece.free, Piece.taken + thread) === Piece.free) return piece;
  }
  return -1;
}

/** Puts a piece that this thread has taken into another state, and tells the calling thread. */
export function leavePiece(control: Int32Array, threads: number, piece: number, state: number): void {
  Atomics.store(control, pieceWord(threads, piece), state);
  Atomics.add(control, Word.progress, 1);
  if (Atomics.load(control, Word.isWatched) !== 0) Atomics.notify(control, Word.progress);
}

/** Changes the bell and wakes up to so many of the threads that sleep. */
export function ring(control: Int32Array, most: number): void {
  Atomics.add(control, Word.bell, 1);
  if (most <= 0 || Atomics.load(control, Word.sleepers) === 0) return;
  // Counted here: those who wake need a while to run, and until then they would be woken again.
  Atomics.sub(control, Word.sleepers, Atomics.notify(control, Word.bell, most));
}

/** Sleeps until the bell is no longer at `value`. */
export function sleepUntilBell(control: Int32Array, value: number): void {
  Atomics.add(control, Word.sleepers, 1);
  if (Atomics.wait(control, Word.bell, value) === 'not-equal') Atomics.sub(control, Word.sleepers, 1);
}

/** How long a thread watches for what comes next before it sleeps, in milliseconds: waking it takes a twentieth of one. */
const [longest, shortest] = [0.1, 0.01];
/** A thread that looks and finds that so many milliseconds have gone was not running: others need its core. */
const interruption = 0.5;

/** Watches shared memory: for long where a thread has a core to itself, briefly where it takes the time of others. */
export class Watch {
  #patience = longest;

  /** Whether a word changes from `value` while it is watched. */
  changes(control: Int32Array, word: number, value: number): boolean {
    let now = performance.now();
    const end = now + this.#patience;
    while (now < end) {
      for (let looks = 0; looks < 100; looks++) {
        if (Atomics.load(control, word) === value) continue;
        this.#trust();
        return true;
      }
      const later = performance.now();
      if (later - now > interruption) {
        this.#patience = shortest;
        return false;
      }
      now = later;
    }
    this.#trust();
    return false;
  }

  /** Each time that nobody took the core in between, a thread may watch a little longer the next time. */
  #trust(): void {
    this.#patience = Math.min(longest, 1.02 * this.#patience);
  }
}
