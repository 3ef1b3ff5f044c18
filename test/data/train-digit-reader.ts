/**
 * Makes digit-reader.safetensors, the small network that the drawn digits are tested with: trained on MNIST's training images
 * alone, with seed 1. `npx tsx test/data/train-digit-reader.ts`, two minutes.
 */
import {
  adam,
  augmentation,
  conv2d,
  dense,
  flatten,
  LambdaCallback,
  maxPooling2d,
  randomRotation,
  randomShear,
  randomTranslation,
  randomZoom,
  rescaling,
  Sequential,
} from 'inkling';
import { mnist, saveModel } from 'inkling/node';

const epochs = 8;
const peak = 0.004;
const rising = 0.25;
const fillMode = 'constant';
const conv = (filters: number) => conv2d({ filters, kernelSize: 3, activation: 'relu', kernelInitializer: 'heNormal' });

const { train, test } = await mnist();
const model = new Sequential({ inputShape: [28, 28, 1], seed: 1 })
  .add(
    augmentation([
      randomRotation({ factor: 0.03, fillMode }),
      randomShear({ xFactor: 0.2, fillMode }),
      randomZoom({ heightFactor: 0.12, widthFactor: 0.12, fillMode }),
      randomTranslation({ heightFactor: 0.06, widthFactor: 0.06, fillMode }),
    ]),
  )
  .add(rescaling(1 / 255))
  .add(conv(16))
  .add(maxPooling2d(2))
  .add(conv(32))
  .add(maxPooling2d(2))
  .add(conv(32))
  .add(flatten())
  .add(dense({ units: 64, activation: 'relu', kernelInitializer: 'heNormal' }))
  .add(dense({ units: 10, activation: 'softmax' }));
const optimizer = adam({ learningRate: peak, beta1: 0.8, beta2: 0.95 });
model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
let step = 0;
await model.fit(train.images, train.labels, {
  batchSize: 64,
  epochs,
  callbacks: [
    new LambdaCallback({
      onTrainBatchBegin(_, { stepsPerEpoch = 1 }) {
        const done = step++ / (stepsPerEpoch * epochs);
        optimizer.learningRate = peak * Math.min(done / rising, (1 - done) / (1 - rising));
      },
    }),
  ],
});
console.log(await model.evaluate(test.images, test.labels, { batchSize: 200 }));
await saveModel(model, new URL('digit-reader.safetensors', import.meta.url).pathname);
