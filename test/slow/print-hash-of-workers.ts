/** Prints what two workers print, each of which trains with a pool of its own. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const workers = [0, 1].map(() => new Worker(new URL('print-alexnet-hash.ts', import.meta.url)));
await Promise.all(workers.map(worker => once(worker, 'exit')));
