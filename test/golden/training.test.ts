/** Optimizers, weights of examples, and the stage between gradients and updates: what Keras 3 computes. */
import t, { type Test } from 'tap';
import {
  type ActivationName,
  dense,
  type Logs,
  meanMetric,
  type Optimizer,
  Sequential,
  sgd,
  type Tensor,
  tensor,
} from '../../lib/index.ts';
import { optimizers } from '../../lib/optimizers/registry.ts';
import { readGolden, relativeError } from './golden.ts';
import { labels, uniform } from './inputs.ts';

interface Weights {
  readonly weights: readonly (readonly number[])[];
}
interface Fitted extends Weights {
  readonly history: { readonly [log: string]: readonly number[] };
}

const golden = readGolden<{
  madeBy: string;
  stages: readonly ({
    optimizer: string;
    options: { readonly [option: string]: number | boolean };
    losses: readonly number[];
    iterations: number;
    final: readonly (readonly number[])[];
  } & Weights)[];
  weighting: readonly ({ way: string; evaluate: { [log: string]: number } } & Fitted)[];
  oneUnit: readonly ({ loss: 'binaryCrossentropy' | 'meanSquaredError'; weighted: boolean } & Fitted)[];
}>('training-keras.json');

const tolerance = 2e-5;

/** The factory of that name, which is the camel case of Keras's. */
function factory<F>(table: { readonly [name: string]: F }, name: string): F {
  const found = table[name];
  if (found === undefined) throw new Error(`there is no ${name} among ${Object.keys(table).join(', ')}`);
  return found;
}

/** As training_keras.py builds and draws it. */
async function network(tag: string, features: number, ...stack: readonly (readonly [number, ActivationName])[]) {
  const model = new Sequential({ inputShape: [features], seed: 1 });
  for (const [units, activation] of stack) model.add(dense({ units, activation }));
  const drawn = model.layers.flatMap(({ parameters }, i) =>
    parameters.map(({ name, shape }) =>
      tensor(uniform(`${tag}/${name} ${i}`, { shape, scale: name === 'kernel' ? 2 : 0.5 }), shape),
    ),
  );
  await model.setWeights(drawn);
  return model as Sequential;
}

const drawn = (tag: string, shape: readonly number[], scale: number, offset = 0): Tensor =>
  tensor(uniform(tag, { shape, scale, offset }), shape);

async function closeWeights(test: Test, model: Sequential, expected: readonly (readonly number[])[], what: string) {
  for (const [i, weight] of (await model.getWeights()).entries()) {
    const error = relativeError(weight.data, expected[i]!);
    test.ok(error < tolerance, `${what}: weight ${i} is ${error} off`);
  }
}

function closeLogs(test: Test, logs: Logs, expected: { readonly [log: string]: number }, what: string) {
  for (const [name, value] of Object.entries(expected)) {
    const error = Math.abs(logs[name]! - value) / Math.max(Math.abs(value), 1e-3);
    test.ok(error < tolerance, `${what}: ${name} is ${logs[name]}, expected ${value}`);
  }
}

t.test(`${golden.madeBy}: ten steps of optimizers, with clipping, accumulation and averages`, async t => {
  const [x, y] = [drawn('stage/x', [60, 4], 4), tensor(labels('stage/y', 60, 3))];
  for (const { optimizer, options, losses, weights, final } of golden.stages) {
    const what = `${optimizer} ${JSON.stringify(options)}`;
    const make = factory<(options: object) => Optimizer>(optimizers, optimizer);
    const settings = { optimizer: make(options), loss: 'sparseCategoricalCrossentropy' } as const;
    const model = (await network('stage', 4, [5, 'tanh'], [3, 'softmax'])).compile(settings);
    const followed: number[] = [];
    for (let step = 0; step < 10; step++) {
      followed.push((await model.trainOnBatch(x.slice([6 * step], [6]), y.slice([6 * step], [6]))).loss);
    }
    const error = relativeError(followed, losses);
    t.ok(error < tolerance, `${what}: the losses are ${error} off`);
    await closeWeights(t, model, weights, what);
    const fitted = (await network('stage', 4, [5, 'tanh'], [3, 'softmax'])).compile({
      ...settings,
      optimizer: make(options),
    });
    await fitted.fit(x, y, { batchSize: 6, shuffle: false, verbose: 0 });
    await closeWeights(t, fitted, final, `${what}, at the end of fit`);
  }
});

t.test(`${golden.madeBy}: weights of examples and of classes, over batches of 4, 4 and 2`, async t => {
  const [x, y] = [drawn('weighting/x', [10, 3], 2), tensor(labels('weighting/y', 10, 4))];
  const sampleWeight = drawn('weighting/weights', [10], 2, 1.25);
  const validationData = [x.slice([0], [7]).multiply(0.5), y.slice([0], [7]), sampleWeight.slice([3], [7])] as const;
  const ways: { readonly [way: string]: object } = {
    none: {},
    sampleWeight: { sampleWeight },
    classWeight: { classWeight: { 0: 1, 1: 5, 3: 0.25 } },
  };
  for (const { way, history, weights, evaluate } of golden.weighting) {
    const model = await network('weighting', 3, [4, 'softmax']);
    const weightedAccuracy = meanMetric('weightedAccuracy', (ops, output, dense) =>
      ops.categoricalAccuracy(output, dense),
    );
    model.compile({
      optimizer: sgd({ learningRate: 0.5 }),
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
      weightedMetrics: [weightedAccuracy],
    });
    const options = { batchSize: 4, epochs: 2, shuffle: false, verbose: 0, validationData, ...ways[way] } as const;
    const fitted = (await model.fit(x, y, options)).history;
    for (const [name, values] of Object.entries(history)) {
      const error = relativeError(fitted[name]!, values);
      t.ok(error < tolerance, `${way}: ${name} is ${fitted[name]}, expected ${values}`);
    }
    await closeWeights(t, model, weights, way);
    closeLogs(t, await model.evaluate(x, y, { batchSize: 4, sampleWeight }), evaluate, `${way}, evaluate`);
  }
});

t.test(`${golden.madeBy}: targets [N] for one unit`, async t => {
  const x = drawn('unit/x', [10, 3], 2);
  for (const { loss, weighted, history, weights } of golden.oneUnit) {
    const binary = loss === 'binaryCrossentropy';
    const model = await network('unit', 3, [1, binary ? 'sigmoid' : 'linear']);
    model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss, metrics: [binary ? 'accuracy' : 'mae'] });
    const y = binary ? tensor(labels('unit/y', 10, 2)).cast('uint8') : drawn('unit/values', [10], 4);
    const classWeight = weighted ? { classWeight: { 0: 0.5, 1: 3 } } : {};
    const options = { batchSize: 4, epochs: 2, shuffle: false, verbose: 0, ...classWeight } as const;
    const fitted = (await model.fit(x, y, options)).history;
    for (const [name, values] of Object.entries(history)) {
      const error = relativeError(fitted[name]!, values);
      t.ok(error < tolerance, `${loss}: ${name} is ${fitted[name]}, expected ${values}`);
    }
    await closeWeights(t, model, weights, loss);
  }
});
