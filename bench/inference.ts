/** Predictions of each model, from a single image to a thousand at a time. */
import { randomUniform } from 'inkling';
import { useFastestKernels } from '../lib/backend/simd.ts';
import { planFlops } from '../lib/plan/cost.ts';
import { digitModel } from './digit-models.ts';
import { measure } from './measure.ts';
import type { Row, SuiteOptions } from './suite.ts';

export async function* inference(options: SuiteOptions): AsyncGenerator<Row> {
  await useFastestKernels();
  for (const name of options.models) {
    const title = `${name} prediction`;
    if (!title.includes(options.filter)) continue;
    for (const batchSize of options.batchSizes ?? [1, 32, 128, 1000]) {
      const model = digitModel(name);
      const x = randomUniform([batchSize, 28, 28, 1], { seed: 1 });
      const timing = await measure(title, () => model.predict(x, { batchSize }), options.time);
      yield {
        ...timing,
        name: title,
        backend: model.backend.name,
        batchSize,
        gflops: planFlops(model.plan('predict', batchSize)) / timing.milliseconds / 1e6,
        imagesPerSecond: (batchSize / timing.milliseconds) * 1e3,
      };
    }
  }
}
