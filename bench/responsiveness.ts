/** How long a timer of 20 ms waits at most while a model trains: the time from one call to the next. */
import { randomUniform, tensor } from 'inkling';
import { digitModel } from './digit-models.ts';
import type { Row, SuiteOptions } from './suite.ts';

const interval = 20;
const steps = 40;

export async function* responsiveness({ filter, models, batchSizes = [128] }: SuiteOptions): AsyncGenerator<Row> {
  for (const batchSize of batchSizes) {
    for (const name of models) {
      const title = `${name} longest wait for a timer of ${interval} ms during fit`;
      if (!title.includes(filter)) continue;
      const model = digitModel(name);
      const count = batchSize * (name === 'E' ? 2 : steps);
      const x = randomUniform([count, 28, 28, 1], { seed: 1 });
      const y = tensor(Int32Array.from({ length: count }, (_, i) => i % 10));
      let longest = 0;
      let samples = 0;
      let last = performance.now();
      const timer = setInterval(() => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        samples++;
      }, interval);
      await model.fit(x, y, { batchSize, verbose: 0 });
      clearInterval(timer);
      yield { name: title, backend: model.backend.name, batchSize, milliseconds: longest, samples };
    }
  }
}
