/** The pool with threads that really run. */
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { ownScratch, type SimdStage } from '../../kernels/simd/index.binding.ts';
import { instantiateKernels, loadKernels } from '../../lib/backend/kernels-file.ts';
import { ThreadPool } from '../../lib/backend/pool.ts';
import { Piece, pieceWord, Word } from '../../lib/backend/thread/control.ts';
import { loadStage, type ProgramStage } from '../../lib/backend/thread/program.ts';
import { rejectionOf } from '../error-of.ts';

let control: Int32Array = new Int32Array();
/** A thread as the pool starts it, whose shared memory the test can look at. */
function start(source: string): Worker {
  const worker = new Worker(source, { eval: true });
  const post = worker.postMessage.bind(worker);
  worker.postMessage = message => {
    if (message.type === 'start') control = message.control;
    post(message);
  };
  return worker;
}

const pool = new ThreadPool(2, 2, start);
const { current: kernels } = await loadKernels(true);
const memory = new WebAssembly.Memory({ initial: 2, maximum: 2, shared: true });
const wasm = await instantiateKernels(kernels, memory);
const memoryId = pool.addMemory(kernels, memory);
const floats = new Float32Array(memory.buffer);
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 2));
};

/** Runs a stage of two pieces, this thread waiting in one until the other is taken too. Returns those that ran here. */
async function together(pieces: SimdStage): Promise<number[]> {
  const here: number[] = [];
  const stage: ProgramStage = { pieces, scratch: 4096, scratchStep: 1024 };
  const program = pool.addProgram(memoryId, [stage]);
  const loaded = loadStage(stage, wasm, 0).map((piece, index) => () => {
    here.push(index);
    while ([0, 1].some(i => Atomics.load(control, pieceWord(2, i)) === Piece.free));
    piece();
  });
  const shared = { program, index: 0, loaded, isRepeatable: true };
  try {
    while (!pool.advance(shared)) await new Promise(resolve => setImmediate(resolve));
    return here;
  } finally {
    pool.dropProgram(program);
  }
}

t.before(() => until(() => pool.isStarted));

t.test('both threads work, each with scratch memory of its own', async t => {
  const pieces: SimdStage = [0, 1].map(i => [
    ['fill', 512 + 8 * i, 2, i + 1],
    ['fill', ownScratch(4 * i), 1, i + 3],
  ]);
  let here: number[];
  do {
    floats.fill(0);
    here = await together(pieces);
    t.same([...floats.subarray(128, 133)], [1, 1, 2, 2, 0]);
  } while (here.length !== 1);
  const scratchOf = (isHere: boolean) => [0, 1].map(i => (here.includes(i) === isHere ? i + 3 : 0));
  t.same([...floats.subarray(1024, 1026)], scratchOf(true));
  t.same([...floats.subarray(1280, 1282)], scratchOf(false));
});

t.test('a kernel that fails in the other thread fails its run alone', async t => {
  const beyond = memory.buffer.byteLength;
  const run = together([[['fill', 512, 1, 1]], [['fill', beyond, 1, 1]]]);
  t.equal(await rejectionOf(run), 'BackendError: simd: fill: memory access out of bounds');
  await together([[['fill', 512, 1, 5]], [['fill', 516, 1, 6]]]);
  t.same([...floats.subarray(128, 130)], [5, 6]);
  t.equal(pool.failure, undefined);
});

t.test('threads without work sleep', async () => until(() => Atomics.load(control, Word.sleepers) === 1));

t.test('a thread that does not know a program gives the piece back', async t => {
  const done: number[] = [];
  const before = Atomics.load(control, Word.progress);
  const loaded = [0, 1].map(i => () => {
    if (i === 0) while (Atomics.load(control, Word.progress) === before);
    done.push(i);
  });
  const unknown = { program: -1, index: 0, loaded, isRepeatable: true };
  while (!pool.advance(unknown)) await new Promise(resolve => setImmediate(resolve));
  t.same(done.sort(), [0, 1]);
});
