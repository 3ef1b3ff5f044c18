// Written by test/backend/generate-thread-source.ts: do not edit.
/** What a thread runs: own-scratch.binding.ts, control.ts, program.ts, thread.ts, entry.ts, without types, as one script. */
export const threadSource = `
'use strict';
(() => {
  const ownScratch = (offset = 0) => ({ own: offset });

  const placed = (numbers, scratch) =>
    numbers.map(number => (typeof number === 'number' ? number : scratch + number.own));

  const Word = {
    bell: 0,
    sleepers: 1,
    started: 2,
    program: 3,
    stage: 4,
    pieces: 5,
    progress: 6,
    isWatched: 7,
    messages: 8,
  };

  const Piece = { ended: 0, free: 1, failed: 2, taken: 3 };

  const mostPiecesOfThread = 16;

  function newControl(threads) {
    const words = Word.messages + threads + mostPiecesOfThread * threads;
    return new Int32Array(new SharedArrayBuffer(4 * words));
  }

  const pieceWord = (threads, piece) => Word.messages + threads + piece;

  function takePiece(control, threads, thread) {
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

  function leavePiece(control, threads, piece, state) {
    Atomics.store(control, pieceWord(threads, piece), state);
    Atomics.add(control, Word.progress, 1);
    if (Atomics.load(control, Word.isWatched) !== 0) Atomics.notify(control, Word.progress);
  }

  function ring(control, most) {
    Atomics.add(control, Word.bell, 1);
    if (most <= 0 || Atomics.load(control, Word.sleepers) === 0) return;
    Atomics.sub(control, Word.sleepers, Atomics.notify(control, Word.bell, most));
  }

  function sleepUntilBell(control, value) {
    Atomics.add(control, Word.sleepers, 1);
    if (Atomics.wait(control, Word.bell, value) === 'not-equal') Atomics.sub(control, Word.sleepers, 1);
  }

  const [longest, shortest] = [0.1, 0.01];
  const interruption = 0.5;

  class Watch {
    #patience = longest;

    changes(control, word, value) {
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

    #trust() {
      this.#patience = Math.min(longest, 1.02 * this.#patience);
    }
  }

  function loadStage({ pieces, scratch, scratchStep }, wasm, thread) {
    const ownScratch = scratch + thread * scratchStep;
    return pieces.map(piece => {
      const invocations = piece.map(([name, ...numbers]) => {
        return { name, kernel: wasm[name], numbers: placed(numbers, ownScratch) };
      });
      return () => {
        for (const { name, kernel, numbers } of invocations) {
          try {
            kernel(...numbers);
          } catch (cause) {
            throw new Error(\`\${name}: \${cause instanceof Error ? cause.message : String(cause)}\`, { cause });
          }
        }
      };
    });
  }

  class PoolThread {
    #reply;
    #memories = new Map();
    #programs = new Map();
    #watch = new Watch();
    #control = new Int32Array();
    #threads = 0;
    #thread = 0;
    #messages = 0;

    constructor(reply) {
      this.#reply = reply;
    }

    handle(message) {
      this.#take(message);
      this.#messages = (this.#messages + 1) | 0;
      while (!this.#hasMessage()) {
        const bell = Atomics.load(this.#control, Word.bell);
        this.#work();
        if (this.#hasMessage() || this.#watch.changes(this.#control, Word.bell, bell)) continue;
        sleepUntilBell(this.#control, bell);
      }
    }

    #take(message) {
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
          const wasm = exports;
          wasm.setTileWidth(message.tileWidth);
          this.#memories.set(message.id, wasm);
          return;
        }
        case 'program': {
          const wasm = this.#memories.get(message.memory);
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

    #hasMessage() {
      return Atomics.load(this.#control, Word.messages + this.#thread) !== this.#messages;
    }

    #work() {
      const control = this.#control;
      for (;;) {
        const piece = takePiece(control, this.#threads, this.#thread);
        if (piece < 0) return;
        const program = this.#programs.get(Atomics.load(control, Word.program));
        if (program === undefined) {
          leavePiece(control, this.#threads, piece, Piece.free);
          return;
        }
        leavePiece(control, this.#threads, piece, this.#run(program[Atomics.load(control, Word.stage)], piece));
      }
    }

    #run(stage, piece) {
      try {
        stage[piece]();
        return Piece.ended;
      } catch (error) {
        this.#reply({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
        return Piece.failed;
      }
    }
  }

  const { process, self } = globalThis;
  const port = process?.getBuiltinModule?.('node:worker_threads').parentPort ?? self;
  const thread = new PoolThread(reply => port.postMessage(reply));
  port.onmessage = ({ data }) => thread.handle(data);
})();
`;
