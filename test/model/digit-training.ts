import { createHash } from 'node:crypto';
import {
  adam,
  type BackendName,
  conv2d,
  dense,
  dropout,
  flatten,
  maxPooling2d,
  Sequential,
  type Tensor,
  tensor,
} from 'inkling';

/**
 * A training run that touches convolution, pooling, dropout, shuffling, Adam and a smaller last batch, on images made
 * from a formula, so that any machine and any engine can repeat it.
 */
export async function trainDigits(seed: number, backend: BackendName): Promise<Sequential> {
  const count = 150;
  const pixels = Uint8Array.from({ length: count * 14 * 14 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 24) & 0xff);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  for (const [i, label] of labels.entries()) pixels.fill(255, i * 196 + label * 14, i * 196 + label * 14 + 28);
  const model = new Sequential(
    [
      conv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu', inputShape: [14, 14, 1] }),
      maxPooling2d(2),
      conv2d({ filters: 12, kernelSize: 3, activation: 'tanh' }),
      flatten(),
      dense({ units: 32, activation: 'sigmoid' }),
      dropout(0.25),
      dense({ units: 10, activation: 'softmax' }),
    ],
    { seed, backend },
  );
  model.compile({
    optimizer: adam({ learningRate: 0.01 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const images = tensor(pixels, [count, 14, 14, 1]).cast('float32').divide(255);
  await model.fit(images, tensor(labels), { batchSize: 16, epochs: 5, verbose: 0 });
  return model;
}

/** SHA-256 over the bytes of all weights. */
export function weightHash(weights: readonly Tensor[]): string {
  const hash = createHash('sha256');
  for (const { data } of weights) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}

/** What trainDigits(7) gives on every engine, by backend. It changes only where the arithmetic of a kernel does. */
export const expectedHashes: { readonly [B in BackendName]: string } = {
  loops: '2b3d70560d68c5b7363df865e022c3cd30afc8f0f4248e0df3c5593ad36dae75',
  simd: 'cdca1021f8d2aeadf867df28def33107a8f6c0c73ec73310b60268f8a600abc9',
};
