/** Prints resident megabytes, one JSON line each, while something is repeated: `sizes`, `using` or `dropped`, by the built package. */
import { alexnet, conv2d, dense, flatten, maxPooling2d, randomUniform, Sequential, tensor } from 'inkling';

const [kind = 'sizes', count = '2000'] = process.argv.slice(2);
const repetitions = Number(count);
const print = (done: number) => console.log(JSON.stringify({ done, megabytes: process.memoryUsage().rss / 1e6 }));

/** Predictions with 200 sizes of batches: rising, falling, and mixed. */
async function sizes(): Promise<void> {
  const model = alexnet({ width: 1 / 4, seed: 1 });
  const images = randomUniform([200, 28, 28, 1], { seed: 1 });
  const orders = [(i: number) => i, (i: number) => 199 - i, (i: number) => (i * 77) % 200];
  for (let i = 0; i < repetitions; i++) {
    if (i % 200 === 0) print(i);
    const size = 1 + orders[Math.floor(i / 200) % orders.length]!(i % 200);
    await model.predict(images.slice([0], [size]), { batchSize: 200 });
  }
}

/** Models that are made, trained for a step and left, as a search for good options does. */
async function models(isDisposed: boolean): Promise<void> {
  const images = randomUniform([8, 28, 28, 1], { seed: 1 });
  const labels = tensor(Int32Array.from([0, 1, 2, 3, 4, 5, 6, 7]));
  for (let i = 0; i < repetitions; i++) {
    if (i % 250 === 0) print(i);
    const model = new Sequential({ inputShape: [28, 28, 1], seed: i })
      .add(conv2d({ filters: 32, kernelSize: 3, activation: 'relu', kernelInitializer: 'zeros' }))
      .add(maxPooling2d(2))
      .add(flatten())
      .add(dense({ units: 128, activation: 'relu', kernelInitializer: 'zeros' }))
      .add(dense({ units: 10, activation: 'softmax', kernelInitializer: 'zeros' }));
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    await model.trainOnBatch(images, labels);
    if (isDisposed) model.dispose();
  }
}

if (kind === 'sizes') await sizes();
else await models(kind === 'using');
print(repetitions);
