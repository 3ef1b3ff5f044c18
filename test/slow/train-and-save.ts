/**
 * Trains a quarter-width AlexNet with dropout, saves its state behind every second batch into the file that is named, and
 * goes on from that file where there is one. Prints `saved` each time, and at the end the hash of the weights.
 */
import { existsSync } from 'node:fs';
import { adam, alexnet, EarlyStopping, LambdaCallback, tensor } from 'inkling';
import { readStateFile, writeStateFile } from 'inkling/node';
import { weightHash } from '../model/digit-training.ts';

const path = process.argv[2]!;
const count = 88;
const pixels = Uint8Array.from({ length: count * 784 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 24) & 0xff);
const images = tensor(pixels, [count, 28, 28, 1]);
const labels = tensor(Uint8Array.from({ length: count }, (_, i) => i % 10));

const model = alexnet({ width: 1 / 4, seed: 3 });
model.compile({ optimizer: adam({ useEma: true, emaMomentum: 0.9 }), loss: 'sparseCategoricalCrossentropy' });
const isThere = existsSync(path);
if (isThere) await model.setState(await readStateFile(path));
const save = new LambdaCallback({
  async onTrainBatchEnd(batch, _logs, run) {
    if (batch % 2 !== 1) return;
    await writeStateFile(path, await run.model.getState());
    console.log('saved');
  },
});
const stopping = new EarlyStopping({ monitor: 'loss', patience: 30, restoreBestWeights: true });
await model.fit(images, labels, {
  batchSize: 16,
  epochs: 32,
  verbose: 0,
  callbacks: [stopping, save],
  resume: isThere,
});
console.log(weightHash(await model.getWeights()));
