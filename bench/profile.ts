/** Where a training step spends its time: every kernel call, on one thread. */
import { digitModel } from './digit-models.ts';
import type { Row, SuiteOptions } from './suite.ts';

export async function* profile({ models, batchSizes = [32], filter }: SuiteOptions): AsyncGenerator<Row> {
  for (const name of models) {
    for (const batchSize of batchSizes) {
      const model = digitModel(name);
      for (const row of await model.profile(batchSize)) {
        const { label, kernel, algorithm, share, milliseconds, gflops, bytes } = row;
        const title = `${name} ${label} ${kernel} (${algorithm}) ${(100 * share).toFixed(1)}%`;
        if (!title.includes(filter)) continue;
        yield {
          name: title,
          backend: model.backend.name,
          batchSize,
          milliseconds,
          gflops,
          gigabytes: bytes / milliseconds / 1e6,
        };
      }
    }
  }
}
