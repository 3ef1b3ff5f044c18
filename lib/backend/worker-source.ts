/**
 * What a worker of the pool runs: text, so that no bundler has to know of it, in Node and in browsers. It takes
 * messages with memories and programs. Between them it listens, that is it watches shared memory for the next run of a
 * program, which begins much faster than a message would arrive. An item of a program is a call of a kernel, or null:
 * wait until all threads have come so far.
 */
export const workerSource = `
'use strict';
const inNode = typeof process === 'object' && process.versions && process.versions.node;
const port = inNode ? require('node:worker_threads').parentPort : self;
const [ARRIVED, GENERATION, BELL, RUNS, PROGRAM, FAILED, STARTED, THREADS] = [0, 1, 2, 3, 4, 5, 6, 7];
const kernels = new Map();
const programs = new Map();
let control;
let threads = 0;
let thread = 0;
let runs = 0;
let messages = 0;

function waitWhile(place, value) {
  for (let spins = 0; Atomics.load(control, place) === value; spins++) {
    if (spins > 20000) Atomics.wait(control, place, value, 100);
  }
}

function barrier() {
  const generation = Atomics.load(control, GENERATION);
  if (Atomics.add(control, ARRIVED, 1) === threads - 1) {
    Atomics.store(control, ARRIVED, 0);
    Atomics.add(control, GENERATION, 1);
    Atomics.notify(control, GENERATION);
    return;
  }
  waitWhile(GENERATION, generation);
}

function run(id) {
  for (const call of programs.get(id).calls) {
    if (call === null) barrier();
    else call.run(...call.numbers);
    Atomics.add(control, THREADS + thread, 1);
  }
}

const hasMessage = () => Atomics.load(control, THREADS + threads + thread) !== messages;

function listen() {
  while (!hasMessage()) {
    const bell = Atomics.load(control, BELL);
    if (Atomics.load(control, RUNS) !== runs) {
      runs = (runs + 1) | 0;
      run(Atomics.load(control, PROGRAM));
    } else if (!hasMessage()) waitWhile(BELL, bell);
  }
}

const handlers = {
  start(message) {
    control = new Int32Array(message.control);
    threads = message.threads;
    thread = message.thread;
    Atomics.add(control, STARTED, 1);
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
  drop({ program }) {
    programs.delete(program);
  },
  forget({ memory }) {
    kernels.delete(memory);
    for (const [id, program] of programs) if (program.memory === memory) programs.delete(id);
  },
};

function handle(message) {
  try {
    handlers[message.type](message);
    messages = (messages + 1) | 0;
    listen();
  } catch (error) {
    Atomics.store(control, FAILED, 1);
    throw error;
  }
}
if (inNode) port.on('message', handle);
else port.onmessage = event => handle(event.data);
`;
