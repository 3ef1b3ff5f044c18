/** Losses, weights of examples, the stage between gradients and updates, and R2: what Keras 3 computes. */
import t, { type Test } from 'tap';
import {
  type ActivationName,
  adam,
  binaryCrossentropy,
  categoricalCrossentropy,
  dense,
  type Logs,
  type Loss,
  type MetricName,
  meanAbsoluteError,
  meanMetric,
  meanSquaredError,
  type Optimizer,
  Sequential,
  sgd,
  sparseCategoricalCrossentropy,
  type Tensor,
  tensor,
} from '../../lib/index.ts';
import { readGolden, relativeError } from './golden.ts';
import { labels, softTargets, uniform } from './inputs.ts';

interface Weights {
  readonly weights: readonly (readonly number[])[];
}
interface Fitted extends Weights {
  readonly history: { readonly [log: string]: readonly number[] };
}

const golden = readGolden<{
  madeBy: string;
  losses: readonly ({ loss: string; options: object; activation: ActivationName; value: number } & Weights)[];
  stages: readonly ({
    optimizer: 'sgd' | 'adam';
    options: { readonly [option: string]: number | boolean };
    losses: readonly number[];
    iterations: number;
    final: readonly (readonly number[])[];
  } & Weights)[];
  weighting: readonly ({ way: string; evaluate: { [log: string]: number } } & Fitted)[];
  oneUnit: readonly ({ loss: 'binaryCrossentropy' | 'meanSquaredError'; weighted: boolean } & Fitted)[];
  metrics: readonly { readonly metric: MetricName; readonly plain: number; readonly weighted: number }[];
}>('training-keras.json');

const tolerance = 2e-5;

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

t.test(`${golden.madeBy}: losses and a step from them`, async t => {
  const factories: { readonly [name: string]: (options: object) => Loss } = {
    sparseCategoricalCrossentropy,
    categoricalCrossentropy,
    binaryCrossentropy,
    meanSquaredError,
    meanAbsoluteError,
  };
  const targets: { readonly [name: string]: Tensor } = {
    sparseCategoricalCrossentropy: tensor(labels('loss/y', 5, 4)),
    categoricalCrossentropy: tensor(softTargets('loss/y', 5, 4), [5, 4]),
    binaryCrossentropy: tensor(labels('loss/y', 20, 2), [5, 4]),
    meanSquaredError: drawn('loss/y', [5, 4], 2),
    meanAbsoluteError: drawn('loss/y', [5, 4], 2),
  };
  for (const { loss, options, activation, value, weights } of golden.losses) {
    const what = `${loss} ${JSON.stringify(options)}`;
    const model = await network('loss', 3, [4, activation]);
    model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: factories[loss]!(options) });
    const logs = await model.trainOnBatch(drawn('loss/x', [5, 3], 4), targets[loss]!);
    closeLogs(t, logs, { loss: value }, what);
    await closeWeights(t, model, weights, what);
  }
});

const camel = { clipvalue: 'clipValue', clipnorm: 'clipNorm', global_clipnorm: 'globalClipNorm' } as const;
const camelCase = (name: string): string =>
  camel[name as keyof typeof camel] ?? name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

t.test(`${golden.madeBy}: ten steps with clipping, accumulation and averages`, async t => {
  const [x, y] = [drawn('stage/x', [60, 4], 4), tensor(labels('stage/y', 60, 3))];
  const make: { readonly [name: string]: (options: object) => Optimizer } = {
    sgd: options => sgd({ learningRate: 0.3, momentum: 0.9, ...options }),
    adam: options => adam({ learningRate: 0.02, ...options }),
  };
  for (const { optimizer, options, losses, weights, final } of golden.stages) {
    const own = Object.fromEntries(Object.entries(options).map(([name, value]) => [camelCase(name), value]));
    const what = `${optimizer} ${JSON.stringify(own)}`;
    const settings = { optimizer: make[optimizer]!(own), loss: 'sparseCategoricalCrossentropy' } as const;
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
      optimizer: make[optimizer]!(own),
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

t.test(`${golden.madeBy}: metrics that are no mean of batches, over 4, 4 and 2 rows`, async t => {
  const targets = drawn('r2/targets', [10, 3], 4, 1);
  const predictions = targets.add(drawn('r2/errors', [10, 3], 2));
  const sampleWeight = drawn('weighting/weights', [10], 2, 1.25);
  const identity = new Sequential({ inputShape: [3] }).add({
    className: 'Identity',
    config: {},
    outputShape: input => input,
    forward: (ops, x) => ops.affine(x, 1),
  });
  const settings = { optimizer: 'sgd', loss: 'meanSquaredError' } as const;
  for (const { metric, plain, weighted } of golden.metrics) {
    identity.compile({ ...settings, metrics: [metric] });
    closeLogs(t, await identity.evaluate(predictions, targets, { batchSize: 4 }), { [metric]: plain }, metric);
    identity.compile({ ...settings, weightedMetrics: [metric] });
    const logs = await identity.evaluate(predictions, targets, { batchSize: 4, sampleWeight });
    closeLogs(t, logs, { [metric]: weighted }, `${metric}, weighted`);
  }
});
