/** What a model does when runs fail, when memory ends, and when it is disposed. */
import { dense, randomNormal, Sequential, zeros } from 'inkling';
import t from 'tap';
import { type BoundCall, cpuBackend } from '../../lib/backend/cpu-memory.ts';
import { type Heap, numbersView, WorkMemory } from '../../lib/backend/heap.ts';
import { type Program, Runtime } from '../../lib/model/runtime.ts';
import { Graph, type VariableSpec } from '../../lib/plan/graph.ts';
import { rejectionOf } from '../error-of.ts';

/** A backend on arrays whose calls do nothing but tell their kernel, and throw where they are told to. */
function failingBackend(fails: (kernel: string) => boolean) {
  const allocate: Heap['allocate'] = bytes => {
    const buffer = new ArrayBuffer(bytes + 8);
    return {
      bytes,
      view: (dtype, offset, length) => numbersView(dtype, buffer, offset, length),
      scratch: () => new Float64Array(0),
      free() {},
    };
  };
  const heap: Heap = { allocate, users: 0, work: new WorkMemory({ allocate }), isCollected: true };
  const run = ({ kernel }: BoundCall) => {
    if (fails(kernel)) throw new Error(`${kernel} fails`);
    return true;
  };
  return cpuBackend({
    name: 'loops',
    threads: 1,
    fusions: [],
    info: () => ({ name: 'loops', threads: 1 }),
    algorithm: () => 'none',
    scratchBytes: () => 0,
    heapFor: () => heap,
    newHeap: () => heap,
    closeHeap() {},
    async prepare(calls, _heap, firstUpdate) {
      const parts = calls.map(call => () => run(call));
      return { parts, calls: [], firstUpdate, dispose() {} };
    },
  });
}

const w: VariableSpec = { name: 'w', shape: [2], owner: 'layer', fill: out => void out.set([1, 2]) };

/** exp, and then a step on w. */
const program: Program = {
  key: 'train',
  batch: 1,
  emit() {
    const graph = new Graph();
    const [x, rate, value] = [graph.input('x', [2]), graph.input('rate', [1]), graph.variable(w)];
    const { y } = graph.emit('expForward', { y: [2] }, { x }, { size: 2 });
    graph.emitUpdate('sgdUpdate', { w: value }, { dw: y, hyper: rate }, { size: 2 });
    return { graph, inputs: { x, rate }, outputs: { y } };
  },
};
const io = { write() {}, read: () => 'done' };

t.test('a run that fails before an update leaves the model as it was', async t => {
  let kernel = 'expForward';
  const runtime = new Runtime(failingBackend(name => name === kernel));
  t.equal(await rejectionOf(runtime.run(program, io)), 'BackendError: loops: a run has failed: expForward fails');
  kernel = '';
  t.equal(await runtime.run(program, io), 'done');
  t.same([...(await runtime.read([w]))[0]!], [1, 2]);
});

t.test('a run that fails within an update makes the model refuse to run until its numbers are set again', async t => {
  let kernel = 'sgdUpdate';
  const runtime = new Runtime(failingBackend(name => name === kernel));
  t.equal(await rejectionOf(runtime.run(program, io)), 'BackendError: loops: a run has failed: sgdUpdate fails');
  kernel = '';
  const refusal =
    "StateError: a run has failed while it changed the model's numbers (sgdUpdate fails): set its state again, or compile it and set its weights";
  t.equal(await rejectionOf(runtime.run(program, io)), refusal);
  t.equal(await rejectionOf(runtime.read([w])), refusal);
  await runtime.write([[w, Float32Array.of(5, 6)]]);
  t.equal(await runtime.run(program, io), 'done');
  t.same([...(await runtime.read([w]))[0]!], [5, 6]);
});

t.test('a batch that is too large is refused with the largest that fits, and smaller ones go on', async t => {
  const model = new Sequential({ inputShape: [1], seed: 1 }).add(dense(4096)).add(dense(1));
  const inputs = zeros([400_000, 1]);
  const before = await model.predict(inputs.slice([0], [10]));
  t.match(
    await rejectionOf(model.predict(inputs, { batchSize: 400_000 })),
    /^BackendError: simd: a batch of 400000 examples needs \d+ MiB of work memory, but \d+ MiB of 4096 MiB are left; the largest batch that fits has about 2\d{5} examples$/,
  );
  t.same(await model.predict(inputs.slice([0], [10])), before);
});

t.test('plans of sizes that are no longer used are given up', async t => {
  for (const backend of ['simd', 'loops'] as const) {
    const model = new Sequential({ inputShape: [3], seed: 1, backend }).add(dense(2));
    const inputs = randomNormal([60, 3], { seed: 1 });
    const whole = await model.predict(inputs, { batchSize: 60 });
    const { bytes } = model.memory;
    for (let size = 1; size <= 60; size++) await model.predict(inputs.slice([0], [size]), { batchSize: 60 });
    t.same(await model.predict(inputs, { batchSize: 60 }), whole);
    t.equal(model.memory.bytes, bytes);
  }
});

t.test('a model that is disposed says so', async t => {
  const model = new Sequential({ inputShape: [3], seed: 1 }).add(dense(2));
  const inputs = randomNormal([4, 3], { seed: 1 });
  const last = model.predict(inputs);
  model.dispose();
  model.dispose();
  t.equal((await last).size, 8, 'what was asked before is answered');
  t.equal(await rejectionOf(model.predict(inputs)), 'StateError: model "sequential" is disposed: make a new one');
});
