/** The job of a measuring program (see job.ts), the libraries, the images, and how times are taken. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Arguments: a job as JSON, and the folder in whose node_modules the libraries are. */
export const job = JSON.parse(process.argv[2]);
export const folder = process.argv[3];
export const load = createRequire(join(folder, 'package.json'));

/** The first images of MNIST, each 28x28, as numbers from 0 to 1. */
export function images(count) {
  const bytes = readFileSync(join(job.data, 'train-images-idx3-ubyte'));
  return Float32Array.from(bytes.subarray(16, 16 + count * 784), byte => byte / 255);
}

const middle = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

export async function milliseconds(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** The median in milliseconds. */
export async function medianOfPredictions(run) {
  const { warmUpRuns, leastRuns, milliseconds: time } = job.infer;
  for (let i = 0; i < warmUpRuns; i++) await run();
  const times = [];
  const end = performance.now() + time;
  while (times.length < leastRuns || performance.now() < end) times.push(await milliseconds(run));
  return middle(times);
}

export function say(peer, mode, batch, time, more = {}) {
  const row = { peer, threads: job.threads, model: job.model, mode, batch, imagesPerSecond: (batch / time) * 1e3 };
  console.log(JSON.stringify({ ...row, ...more }));
}
