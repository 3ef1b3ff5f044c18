/** What a thousand training steps leave behind: nothing, in the heap and in the model's arena. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { randomUniform, tensor } from 'inkling';
import { digitModel } from './digit-models.ts';
import type { Row, SuiteOptions } from './suite.ts';

const warmUpSteps = 100;
const steps = 1000;

export async function* memory({ filter, batchSizes }: SuiteOptions): AsyncGenerator<Row> {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  for (const batchSize of batchSizes) {
    const model = digitModel('A');
    const x = randomUniform([batchSize, 28, 28, 1], { seed: 1 });
    const y = tensor(Int32Array.from({ length: batchSize }, (_, i) => i % 10));
    for (const count of [warmUpSteps, warmUpSteps + steps]) {
      while (model.steps < count) await model.trainOnBatch(x, y);
      collectGarbage();
      const measured = {
        heap: process.memoryUsage().heapUsed,
        resident: process.memoryUsage().rss,
        arena: model.memory.bytes,
      };
      for (const [what, bytes] of Object.entries(measured)) {
        const name = `A ${what} after ${count} training steps`;
        if (name.includes(filter)) yield { name, backend: model.backend.name, batchSize, megabytes: bytes / 1e6 };
      }
    }
  }
}
