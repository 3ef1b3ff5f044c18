/** Whole training steps and predictions of each model. */
import { randomUniform, tensor } from 'inkling';
import { planFlops } from '../lib/plan/cost.ts';
import { digitModel, type ModelName } from './digit-models.ts';
import { measure } from './measure.ts';
import type { Row, SuiteOptions } from './suite.ts';

/** E takes seconds a step on plain loops: only where it is asked for by name. */
const usual: readonly ModelName[] = ['A', 'B', 'C', 'D'];

export async function* training(options: SuiteOptions): AsyncGenerator<Row> {
  const names = options.filter.startsWith('E ') ? (['E'] as const) : usual;
  for (const batchSize of options.batchSizes) {
    for (const name of names) {
      const model = digitModel(name);
      const x = randomUniform([batchSize, 28, 28, 1], { seed: 1 });
      const y = tensor(Int32Array.from({ length: batchSize }, (_, i) => i % 10));
      const modes = {
        train: () => model.trainOnBatch(x, y),
        predict: () => model.predict(x, { batchSize }),
      };
      for (const [mode, run] of Object.entries(modes)) {
        const title = `${name} ${mode === 'train' ? 'training step' : 'prediction'}`;
        if (!title.includes(options.filter)) continue;
        const timing = await measure(title, run, options.time);
        const work = planFlops(model.plan(mode === 'train' ? 'train' : 'predict', batchSize));
        yield {
          ...timing,
          name: title,
          backend: model.backend.name,
          batchSize,
          gflops: work / timing.milliseconds / 1e6,
          imagesPerSecond: (batchSize / timing.milliseconds) * 1e3,
        };
      }
    }
  }
}
