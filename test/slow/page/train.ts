/** Trains the first replaced network on MNIST images, in a page as in Node. */
import { conv2d, dense, flatten, maxPooling2d, rescaling, Sequential, type Tensor, tensor } from 'inkling';

export const imageCount = 1280;

export async function train(pixels: Uint8Array, labels: Uint8Array): Promise<Sequential> {
  const model = new Sequential({ inputShape: [28, 28, 1], seed: 1 })
    .add(rescaling(1 / 255))
    .add(conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }))
    .add(maxPooling2d(2))
    .add(flatten())
    .add(dense({ units: 128, activation: 'relu' }))
    .add(dense({ units: 10, activation: 'softmax' }));
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  await model.fit(tensor(pixels, [imageCount, 28, 28, 1]), tensor(labels, [imageCount]), {
    batchSize: 128,
    epochs: 2,
    verbose: 0,
  });
  return model;
}

/** SHA-256 over the bytes of all weights, by what Node and browsers both have. */
export async function hashOf(weights: readonly Tensor[]): Promise<string> {
  const parts = weights.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const bytes = await new Blob(parts.map(part => part.slice())).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('');
}
