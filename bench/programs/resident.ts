/**
 * Trains model C with all of MNIST loaded and prints, as JSON lines, the memory of the process after no step, after the
 * warm-up and after all steps. Arguments: batch size, warm-up steps, all steps. Needs --expose-gc.
 */
import { mnist } from 'inkling/node';
import { digitModel } from '../digit-models.ts';

const [batchSize = 128, warmUpSteps = 50, steps = 300] = process.argv.slice(2).map(Number);
const { train } = await mnist();
const model = digitModel('C');

function report(): void {
  global.gc?.();
  const { rss: resident, heapUsed: heap } = process.memoryUsage();
  const mostResident = process.resourceUsage().maxRSS * 1024;
  const arena = model.memory.bytes;
  console.log(JSON.stringify({ backend: model.backend.name, steps: model.steps, resident, mostResident, heap, arena }));
}

report();
await model.fit(train.images, train.labels, {
  batchSize,
  verbose: 0,
  epochs: Math.ceil(steps / Math.ceil(train.labels.size / batchSize)),
  callbacks: [
    {
      onTrainBatchEnd: (_batch, _logs, run) => {
        if (model.steps === warmUpSteps || model.steps === steps) report();
        if (model.steps === steps) run.stop();
      },
    },
  ],
});
