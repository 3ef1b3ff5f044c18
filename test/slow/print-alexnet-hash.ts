/** Prints the weight hash of a quarter-width AlexNet after fifty training steps with dropout, by the built package. */
import { alexnet, tensor } from 'inkling';
import { weightHash } from '../model/digit-training.ts';

const batch = 32;
const pixels = Uint8Array.from({ length: batch * 784 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 24) & 0xff);
const images = tensor(pixels, [batch, 28, 28, 1]);
const labels = tensor(Uint8Array.from({ length: batch }, (_, i) => i % 10));
const model = alexnet({ width: 1 / 4, seed: 3 });
model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
for (let step = 0; step < 50; step++) {
  await model.trainOnBatch(images, labels);
  if (step === 4) console.error('five steps');
}
console.log(weightHash(await model.getWeights()));
