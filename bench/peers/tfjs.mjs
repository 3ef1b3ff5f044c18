/**
 * TensorFlow.js: inference on its WASM backend, which cannot train a convolution; or training on its plain CPU backend,
 * which takes minutes: one small pass. Arguments: those of job.mjs, and `wasm` or `cpu`.
 */
import { join } from 'node:path';
import { folder, images, job, load, medianOfPredictions, milliseconds, say } from './job.mjs';

const backend = process.argv[4];
const tf = load('@tensorflow/tfjs');
if (backend === 'wasm') {
  const wasm = load('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${join(folder, 'node_modules/@tensorflow/tfjs-backend-wasm/dist')}/`);
  wasm.setThreadsCount(job.threads);
}
await tf.setBackend(backend);

const layers = {
  Conv2D: config => tf.layers.conv2d(config),
  MaxPooling2D: config => tf.layers.maxPooling2d(config),
  Flatten: () => tf.layers.flatten(),
  Dense: config => tf.layers.dense(config),
  Dropout: config => tf.layers.dropout(config),
};

function newModel() {
  const model = tf.sequential();
  for (const [i, { className, config, inputShape }] of job.layers.entries()) {
    // Its initializers have other names; speed does not depend on them.
    const { kernelInitializer: _, biasInitializer: __, ...options } = config;
    model.add(layers[className]({ ...options, ...(i === 0 ? { inputShape } : {}) }));
  }
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

if (backend === 'wasm') {
  for (const batch of job.infer.batchSizes) {
    const model = newModel();
    const x = tf.tensor4d(images(batch), [batch, 28, 28, 1]);
    const predict = async () => {
      const y = model.predict(x);
      await y.data();
      y.dispose();
    };
    say('tfjs-wasm', 'infer', batch, await medianOfPredictions(predict), { parameters: model.countParams() });
  }
} else {
  for (const batch of job.train.batchSizes) {
    const model = newModel();
    const x = tf.tensor4d(images(batch), [batch, 28, 28, 1]);
    const y = tf.tensor1d(
      Array.from({ length: batch }, (_, i) => i % 10),
      'float32',
    );
    const time = await milliseconds(() => model.trainOnBatch(x, y));
    say('tfjs-cpu', 'train', batch, time, { parameters: model.countParams() });
  }
}
