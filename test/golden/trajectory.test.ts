/** Thirty Adam steps on real digits from given weights: the losses of Keras 3. */
import t from 'tap';
import {
  alexnet,
  type BackendName,
  conv2d,
  dense,
  flatten,
  maxPooling2d,
  rescaling,
  Sequential,
  tensor,
} from '../../lib/index.ts';
import { mnist } from '../../lib/node.ts';
import { readGolden, relativeError } from './golden.ts';
import { sizeOf, uniform } from './inputs.ts';

interface Trajectory {
  readonly shapes: readonly (readonly number[])[];
  readonly losses: readonly number[];
  readonly weights: readonly { readonly mean: number; readonly norm: number }[];
}

const { madeBy, models } = readGolden<{ madeBy: string; models: { [name: string]: Trajectory } }>('trajectory.json');
const batchSize = 32;
const tolerance = 1e-4;

const build: { readonly [name: string]: (backend: BackendName) => Sequential } = {
  digits: backend =>
    new Sequential({ inputShape: [28, 28, 1], backend })
      .add(rescaling(1 / 255))
      .add(conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }))
      .add(maxPooling2d(2))
      .add(flatten())
      .add(dense({ units: 128, activation: 'relu' }))
      .add(dense({ units: 10, activation: 'softmax' })),
  alexnet: backend => alexnet({ width: 1 / 16, dropout: 0, backend }),
};

/** As trajectory.py draws them. */
function startWeights(name: string, shapes: Trajectory['shapes']) {
  return shapes.map((shape, i) => {
    const [fanIn = 1, fanOut = 1] = shape.slice(-2);
    const window = sizeOf(shape.slice(0, -2));
    const scale = shape.length > 1 ? 2 * Math.sqrt(6 / (window * (fanIn + fanOut))) : 1 / 16;
    return tensor(uniform(`trajectory/${name}/${i}`, { shape, scale }), shape);
  });
}

for (const backend of ['loops', 'simd'] as const) {
  t.test(`${madeBy}, ${backend}`, async t => {
    const { images, labels } = (await mnist()).train;
    for (const [name, { shapes, losses, weights }] of Object.entries(models)) {
      const model = build[name]!(backend);
      model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
      await model.setWeights(startWeights(name, shapes));
      const followed: number[] = [];
      for (let from = 0; followed.length < losses.length; from += batchSize) {
        const logs = await model.trainOnBatch(images.slice([from], [batchSize]), labels.slice([from], [batchSize]));
        followed.push(logs['loss']!);
      }
      const apart = Math.max(...losses.map((loss, step) => Math.abs(followed[step]! - loss) / loss));
      t.ok(apart < tolerance, `${name}: the losses are ${apart} apart`);
      for (const [i, weight] of (await model.getWeights()).entries()) {
        const norm = Math.sqrt(weight.data.reduce((sum, value) => sum + value * value, 0));
        const error = relativeError([norm], [weights[i]!.norm]);
        t.ok(error < tolerance, `${name}: the norm of weight ${i} after the last step is off by ${error}`);
      }
    }
  });
}
