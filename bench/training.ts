/** Whole training steps of each model. */
import { randomUniform, tensor } from 'inkling';
import { planFlops } from '../lib/plan/cost.ts';
import { digitModel } from './digit-models.ts';
import { measure } from './measure.ts';
import type { Row, SuiteOptions } from './suite.ts';

export async function* training(options: SuiteOptions): AsyncGenerator<Row> {
  for (const batchSize of options.batchSizes ?? [32, 128]) {
    for (const name of options.models) {
      const title = `${name} training step`;
      if (!title.includes(options.filter)) continue;
      const model = digitModel(name);
      const x = randomUniform([batchSize, 28, 28, 1], { seed: 1 });
      const y = tensor(Int32Array.from({ length: batchSize }, (_, i) => i % 10));
      const timing = await measure(title, () => model.trainOnBatch(x, y), options.time);
      yield {
        ...timing,
        name: title,
        backend: model.backend.name,
        batchSize,
        gflops: planFlops(model.plan('train', batchSize)) / timing.milliseconds / 1e6,
        imagesPerSecond: (batchSize / timing.milliseconds) * 1e3,
      };
    }
  }
}
