/**
 * What a thread of the pool runs, as text: it needs no file of its own, so bundlers have nothing to find. It is told
 * `start`, then modules, memories and programs, and with `run` goes through a program once. An item of a program is a
 * call of a kernel, or null: wait until all threads have come so far.
 */
export const workerSource = `
'use strict';
const inNode = typeof process === 'object' && process.versions && process.versions.node;
const port = inNode ? require('node:worker_threads').parentPort : self;
const kernels = new Map();
const programs = new Map();
let control;
let threads = 0;
let thread = 0;

function wait() {
  const generation = Atomics.load(control, 1);
  if (Atomics.add(control, 0, 1) === threads - 1) {
    Atomics.store(control, 0, 0);
    Atomics.add(control, 1, 1);
    Atomics.notify(control, 1);
    return;
  }
  for (let spins = 0; Atomics.load(control, 1) === generation; spins++) {
    if (spins > 20000) Atomics.wait(control, 1, generation, 100);
  }
}

const handlers = {
  start(message) {
    control = new Int32Array(message.control);
    threads = message.threads;
    thread = message.thread;
    port.postMessage('ready');
  },
  memory({ id, module, tileWidth, memory }) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    exports.setTileWidth(tileWidth);
    kernels.set(id, exports);
  },
  program({ id, memory, items }) {
    const table = kernels.get(memory);
    const calls = items.map(item => item && { run: table[item[0]], numbers: item.slice(1) });
    programs.set(id, { memory, calls });
  },
  run({ id }) {
    for (const call of programs.get(id).calls) {
      if (call === null) wait();
      else call.run(...call.numbers);
      Atomics.add(control, 2 + thread, 1);
    }
  },
  forget({ memory }) {
    kernels.delete(memory);
    for (const [id, program] of programs) if (program.memory === memory) programs.delete(id);
  },
};

const handle = message => handlers[message.type](message);
if (inNode) port.on('message', handle);
else port.onmessage = event => handle(event.data);
`;
