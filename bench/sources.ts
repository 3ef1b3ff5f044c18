/**
 * Whether training waits for its batches: an epoch of tensors, of the same as a dataset, shuffled and mapped, and of a source that
 * needs half a step for each batch.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Batch, Dataset, randomUniform, tensor } from 'inkling';
import { digitModel } from './digit-models.ts';
import { median, medianDeviation } from './median.ts';
import type { Row, SuiteOptions } from './suite.ts';

const steps = 12;
const rounds = 7;

export async function* sources({ filter, models, batchSizes = [128] }: SuiteOptions): AsyncGenerator<Row> {
  for (const batchSize of batchSizes) {
    for (const name of models) {
      const title = `${name} training step`;
      if (!title.includes(filter)) continue;
      const model = digitModel(name);
      const x = randomUniform([batchSize * steps, 28, 28, 1], { seed: 1, max: 255 });
      const y = tensor(Int32Array.from({ length: batchSize * steps }, (_, i) => i % 10));
      const options = { batchSize, shuffle: false, verbose: 0 } as const;
      const perStep = async (epoch: () => Promise<unknown>) => {
        const start = performance.now();
        await epoch();
        return (performance.now() - start) / steps;
      };
      const fromTensors = () => perStep(() => model.fit(x, y, options));
      await fromTensors();
      const halfStep = (await fromTensors()) / 2;
      async function* late(): AsyncGenerator<Batch> {
        for (let from = 0; from < batchSize * steps; from += batchSize) {
          await sleep(halfStep);
          yield { x: x.slice([from], [batchSize]), targets: y.slice([from], [batchSize]) };
        }
      }
      const data = Dataset.fromTensors(x, y);
      const mapped = data.batch(batchSize).map(each => each);
      const silent = { verbose: 0 } as const;
      const epochs: { readonly [source: string]: () => Promise<unknown> } = {
        tensors: () => model.fit(x, y, options),
        'a dataset': () => model.fit(data, { ...silent, batchSize }),
        'tensors, shuffled': () => model.fit(x, y, { ...options, shuffle: true }),
        'a dataset, shuffled': () => model.fit(data.shuffle(), { ...silent, batchSize }),
        'a dataset, mapped': () => model.fit(mapped, silent),
        'a source of half a step': () => model.fit(late, { ...silent, batchSize }),
      };
      const times: { [source: string]: number[] } = {};
      for (let round = 0; round < rounds; round++) {
        for (const [source, epoch] of Object.entries(epochs)) {
          times[source] = [...(times[source] ?? []), await perStep(epoch)];
        }
      }
      for (const [source, each] of Object.entries(times)) {
        const milliseconds = median(each);
        yield {
          name: `${title} from ${source}`,
          backend: model.backend.name,
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
