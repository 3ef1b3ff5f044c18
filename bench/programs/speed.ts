/** Speed of one model of Inkling, measured as that of the other libraries is: takes the same job, prints the same lines. */
import { mnist } from 'inkling/node';
import { digitModel } from '../digit-models.ts';
import { median } from '../median.ts';
import type { Job } from '../peers/job.ts';

const job: Job = JSON.parse(process.argv[2]!);
const { model: name, threads } = job;
const { train } = await mnist({ folder: job.data });

function say(mode: 'train' | 'infer', batch: number, parameters: number, imagesPerSecond: number): void {
  console.log(JSON.stringify({ peer: 'inkling', threads, model: name, mode, batch, imagesPerSecond, parameters }));
}

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1e3;
}

for (const batch of job.train.batchSizes) {
  const model = digitModel(name);
  const batches = Array.from({ length: Math.max(1, Math.floor(job.train.images / batch)) }, (_, i) => ({
    x: train.images.slice([i * batch, 0, 0, 0], [batch, 28, 28, 1]),
    y: train.labels.slice([i * batch], [batch]),
  }));
  const pass = async () => {
    for (const { x, y } of batches) await model.trainOnBatch(x, y);
  };
  await pass();
  const times: number[] = [];
  while (times.length < job.train.passes) times.push(await seconds(pass));
  say('train', batch, model.countParams(), (batches.length * batch) / median(times));
}

for (const batch of job.infer.batchSizes) {
  const model = digitModel(name);
  const x = train.images.slice([0, 0, 0, 0], [batch, 28, 28, 1]).cast('float32');
  const run = () => model.predict(x, { batchSize: batch });
  for (let i = 0; i < job.infer.warmUpRuns; i++) await run();
  const times: number[] = [];
  const end = performance.now() + job.infer.milliseconds;
  while (times.length < job.infer.leastRuns || performance.now() < end) times.push(await seconds(run));
  say('infer', batch, model.countParams(), batch / median(times));
}
