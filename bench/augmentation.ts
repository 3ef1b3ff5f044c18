/** What augmentation costs: training steps on images as they are, and with all layers that change images in front. */
import {
  augmentation,
  type Layer,
  randomBrightness,
  randomContrast,
  randomElastic,
  randomErasing,
  randomFlip,
  randomInvert,
  randomRotation,
  randomShear,
  randomTranslation,
  randomUniform,
  randomZoom,
  Sequential,
  tensor,
} from 'inkling';
import { digitModel, type ModelName, uncompiled } from './digit-models.ts';
import { median, medianDeviation } from './median.ts';
import type { Row, SuiteOptions } from './suite.ts';

const rounds = 21;

/** All of them, as many in one pass as can be. */
const changes = (): Layer =>
  augmentation([
    randomFlip('horizontal'),
    randomRotation(0.05),
    randomTranslation({ heightFactor: 0.1, widthFactor: 0.1 }),
    randomZoom(0.1),
    randomShear({ xFactor: 0.1 }),
    randomElastic({ alpha: 8, sigma: 3 }),
    randomContrast(0.2),
    randomBrightness(0.1),
    randomInvert(0.1),
    randomErasing(0.2),
  ]);

/** The model with the changes in front of its layers. */
function changedModel(name: ModelName): Sequential {
  const model = new Sequential({ inputShape: [28, 28, 1], seed: 1 }).add(changes()).add(uncompiled(name));
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model as Sequential;
}

export async function* augmentationSteps({ filter, models, batchSizes = [128] }: SuiteOptions): AsyncGenerator<Row> {
  for (const batchSize of batchSizes) {
    for (const name of models) {
      const title = `${name} training step`;
      if (!title.includes(filter)) continue;
      const x = randomUniform([batchSize, 28, 28, 1], { seed: 1, max: 255 });
      const y = tensor(Int32Array.from({ length: batchSize }, (_, i) => i % 10));
      const steps = new Map<string, () => Promise<unknown>>();
      const plain = digitModel(name);
      steps.set('images as they are', () => plain.trainOnBatch(x, y));
      const changed = changedModel(name);
      steps.set('images changed', () => changed.trainOnBatch(x, y));
      const times = new Map<string, number[]>([...steps.keys()].map(what => [what, []]));
      for (let round = -3; round < rounds; round++) {
        for (const [what, step] of steps) {
          const start = performance.now();
          await step();
          if (round >= 0) times.get(what)!.push(performance.now() - start);
        }
      }
      for (const [what, each] of times) {
        const milliseconds = median(each);
        yield {
          name: `${title}, ${what}`,
          backend: plain.backend.name,
          batchSize,
          milliseconds,
          deviation: medianDeviation(each),
          samples: rounds,
          imagesPerSecond: (batchSize / milliseconds) * 1e3,
        };
      }
    }
  }
}
