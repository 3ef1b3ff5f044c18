/** Trains a model for as many milliseconds as each line of its input says, and answers with the images per second. */
import { createInterface } from 'node:readline';
import { mnist } from 'inkling/node';
import { digitModel, type ModelName } from '../digit-models.ts';

const [name = 'D', batchSize = '128'] = process.argv.slice(2);
const batch = Number(batchSize);
const { train } = await mnist();
const x = train.images.slice([0, 0, 0, 0], [batch, 28, 28, 1]);
const y = train.labels.slice([0], [batch]);
const model = digitModel(name as ModelName);

async function imagesPerSecond(milliseconds: number): Promise<number> {
  const start = performance.now();
  let images = 0;
  while (performance.now() - start < milliseconds) {
    await model.trainOnBatch(x, y);
    images += batch;
  }
  return images / ((performance.now() - start) / 1e3);
}

for await (const line of createInterface({ input: process.stdin })) console.log(await imagesPerSecond(Number(line)));
