/**
 * Writes version-1.safetensors and version-1.json: a model file of version 1, and what its model said to bytes. Only an
 * Inkling that writes version 1 can make them; this was run in a checkout of commit dfac7f0, after `npm run build`:
 * `node version-1.mjs path/to/dist/lib/index.js`.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const { conv2d, dense, encodeModel, flatten, Sequential, tensor } = await import(resolve(process.argv[2]));
const model = new Sequential({ name: 'old', seed: 7, inputShape: [4, 4, 1] })
  .add(conv2d({ filters: 2, kernelSize: 3, activation: 'relu' }))
  .add(flatten())
  .add(dense({ units: 3, activation: 'softmax' }));
const pixels = Uint8Array.from({ length: 2 * 16 }, (_, i) => (i * 53) % 256);
const images = tensor(pixels, [2, 4, 4, 1]);
const bytes = (await model.predict(images)).toArray();
const floats = (await model.predict(images.cast('float32').divide(255))).toArray();
writeFileSync(new URL('version-1.safetensors', import.meta.url), encodeModel(model));
writeFileSync(
  new URL('version-1.json', import.meta.url),
  `${JSON.stringify({ pixels: [...pixels], bytes, floats })}\n`,
);
