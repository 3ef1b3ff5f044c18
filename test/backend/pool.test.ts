import t from 'tap';
import type { WorkerLike } from '../../lib/backend/host.ts';
import { type SharedStage, ThreadPool } from '../../lib/backend/pool.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { leavePiece, Piece, takePiece } from '../../lib/backend/thread/control.ts';
import type { ThreadMessage, ThreadReply } from '../../lib/backend/thread/messages.ts';
import { errorOf } from '../error-of.ts';

/** A worker that runs nothing: a test plays its part. */
class Double implements WorkerLike {
  readonly messages: ThreadMessage[] = [];
  isTerminated = false;
  readonly #listeners = new Map<string, (value: unknown) => void>();

  postMessage(message: object): void {
    this.messages.push(message as ThreadMessage);
  }
  terminate(): void {
    this.isTerminated = true;
  }
  on(event: string, listener: (value: unknown) => void): void {
    this.#listeners.set(event, listener);
  }
  tell(event: 'message' | 'error' | 'exit', value: unknown): void {
    this.#listeners.get(event)!(value);
  }

  get control(): Int32Array {
    const [start] = this.messages;
    if (start?.type !== 'start') throw new Error('not started');
    return start.control;
  }
}

interface Doubled {
  readonly pool: ThreadPool;
  readonly doubles: Double[];
  readonly control: Int32Array;
}

function poolOfDoubles(threads: number): Doubled {
  const doubles: Double[] = [];
  const pool = new ThreadPool(threads, threads, () => {
    const double = new Double();
    doubles.push(double);
    return double;
  });
  return { pool, doubles, control: doubles[0]!.control };
}

/** A stage of pieces that write down their numbers. The second thread takes one as soon as this one has begun. */
function stageWith({ control }: Doubled, pieces: number, isRepeatable = true) {
  const done: number[] = [];
  let taken = -1;
  const loaded = Array.from({ length: pieces }, (_, i) => () => {
    if (taken < 0) taken = takePiece(control, 2, 1);
    done.push(i);
  });
  const stage: SharedStage = { program: 0, index: 0, loaded, isRepeatable };
  return { stage, done, taken: () => taken };
}

t.test('whoever has not woken is not waited for', async t => {
  const { pool } = poolOfDoubles(3);
  const done: number[] = [];
  const loaded = Array.from({ length: 5 }, (_, i) => () => void done.push(i));
  t.equal(pool.advance({ program: 0, index: 0, loaded, isRepeatable: true }), true);
  t.same(done, [0, 1, 2, 3, 4]);
});

t.test('a piece that a thread has taken is waited for, but others get their turn', async t => {
  const doubled = poolOfDoubles(2);
  const { stage, done, taken } = stageWith(doubled, 4);
  t.equal(doubled.pool.advance(stage), false);
  t.same(done, [0, 1, 3]);
  t.equal(doubled.pool.advance(stage), false, 'still under way');
  leavePiece(doubled.control, 2, taken(), Piece.ended);
  t.equal(doubled.pool.advance(stage), true);
  t.same(done, [0, 1, 3], 'and not run here as well');
});

t.test('a piece that is given back is run here', async t => {
  const doubled = poolOfDoubles(2);
  const { stage, done, taken } = stageWith(doubled, 4);
  t.equal(doubled.pool.advance(stage), false);
  leavePiece(doubled.control, 2, taken(), Piece.free);
  t.equal(doubled.pool.advance(stage), true);
  t.same(done, [0, 1, 3, 2]);
});

t.test('a thread that ends in a piece: the piece is run again here, and all later ones are', async t => {
  const doubled = poolOfDoubles(2);
  const { pool, doubles } = doubled;
  const { stage, done } = stageWith(doubled, 4);
  t.equal(pool.failure, undefined);
  t.equal(pool.advance(stage), false);
  doubles[0]!.tell('exit', 1);
  t.equal(pool.failure, 'a thread ended with code 1; one thread does all the work');
  t.equal(pool.advance(stage), true);
  t.same(done, [0, 1, 3, 2]);
  t.ok(doubles[0]!.isTerminated);
  const before = doubles[0]!.messages.length;
  pool.addProgram(0, []);
  t.equal(doubles[0]!.messages.length, before, 'it gets no more messages');
  const next = Array.from({ length: 3 }, (_, i) => () => void done.push(i));
  t.equal(pool.advance({ program: 1, index: 0, loaded: next, isRepeatable: false }), true);
  t.same(done, [0, 1, 3, 2, 0, 1, 2]);
});

t.test('a thread that ends in the middle of an update: that run fails, and later ones do not', async t => {
  const doubled = poolOfDoubles(2);
  const { pool, doubles } = doubled;
  const { stage, done } = stageWith(doubled, 4, false);
  t.equal(pool.advance(stage), false);
  doubles[0]!.tell('error', new Error('out of memory'));
  doubles[0]!.tell('exit', 7);
  t.equal(
    errorOf(() => pool.advance(stage)),
    'BackendError: simd: a thread ended with code 7: out of memory in the middle of an update',
  );
  t.same(done, [0, 1, 3], 'the update is not run twice');
  const next = stageWith(doubled, 2, false);
  t.equal(pool.advance({ ...next.stage, loaded: [() => void next.done.push(0)] }), true);
  t.same(next.done, [0]);
});

t.test('a kernel that fails in another thread fails that run, as soon as the reason is known', async t => {
  const doubled = poolOfDoubles(2);
  const { pool, doubles, control } = doubled;
  const { stage, taken } = stageWith(doubled, 4);
  t.equal(pool.advance(stage), false);
  leavePiece(control, 2, taken(), Piece.failed);
  t.equal(pool.advance(stage), false, 'the message with the reason is on its way');
  const reply: ThreadReply = { type: 'failed', reason: 'matmulForward: memory access out of bounds' };
  doubles[0]!.tell('message', reply);
  t.equal(
    errorOf(() => pool.advance(stage)),
    'BackendError: simd: matmulForward: memory access out of bounds',
  );
  t.equal(pool.failure, undefined);
  t.equal(pool.advance({ ...stage, loaded: [() => {}, () => {}] }), true, 'the next run is not concerned');
});

t.test('a kernel that fails here: no piece begins any more, and those under way end first', async t => {
  const doubled = poolOfDoubles(2);
  const { pool, control } = doubled;
  const done: number[] = [];
  let taken = -1;
  const loaded = Array.from({ length: 4 }, (_, i) => () => {
    taken = takePiece(control, 2, 1);
    if (i === 0) throw new Error('fill: unreachable');
    done.push(i);
  });
  const stage = { program: 0, index: 0, loaded, isRepeatable: true };
  t.equal(pool.advance(stage), false);
  leavePiece(control, 2, taken, Piece.ended);
  t.equal(
    errorOf(() => pool.advance(stage)),
    'BackendError: simd: fill: unreachable',
  );
  t.same(done, []);
});

t.test('a stage that was given up ends before another begins', async t => {
  const doubled = poolOfDoubles(2);
  const { pool, control } = doubled;
  const { stage, taken } = stageWith(doubled, 4);
  t.equal(pool.advance(stage), false);
  const done: number[] = [];
  const other = { ...stage, loaded: [() => void done.push(0), () => void done.push(1)] };
  t.equal(pool.advance(other), false);
  t.same(done, []);
  leavePiece(control, 2, taken(), Piece.ended);
  t.equal(pool.advance(other), true);
  t.same(done, [0, 1]);
});

t.test('threads that cannot be started', async t => {
  const pool = new ThreadPool(4, 4, () => {
    throw new Error('no worker here');
  });
  t.equal(pool.failure, 'no thread could be started: no worker here; one thread does all the work');
  const done: number[] = [];
  t.equal(pool.advance({ program: 0, index: 0, loaded: [() => void done.push(0)], isRepeatable: true }), true);
  t.same(done, [0]);
});

t.test('a page that does not let its workers start', async t => {
  const worker: WorkerLike = { postMessage() {}, terminate() {} };
  const pool = new ThreadPool(2, 2, () => worker);
  worker.onerror!({});
  t.equal(
    pool.failure,
    'the threads could not be started; does the Content-Security-Policy of the page allow workers from "blob:"' +
      ' (worker-src)?; one thread does all the work',
  );
});

t.test('the backend tells what it uses', async t => {
  const { name, threads, avx2 } = simdBackend.info();
  t.equal(name, 'simd');
  t.equal(threads, simdBackend.threads);
  t.match(avx2, /^(on|off: .+|not yet known: no model has run)$/);
});
