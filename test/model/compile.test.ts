/** What `compile` is given, and what was asked for before it. */
import t from 'tap';
import {
  adam,
  type CompileOptions,
  dense,
  type Loss,
  type Metric,
  type Optimizer,
  randomNormal,
  Sequential,
  sgd,
  zeros,
} from '../../lib/index.ts';
import { losses } from '../../lib/losses/registry.ts';
import { metrics } from '../../lib/metrics/registry.ts';
import { optimizers } from '../../lib/optimizers/registry.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

const model = (units = 2) =>
  new Sequential([dense({ units, activation: 'softmax', inputShape: [3] })], { seed: 3 }) as Sequential;
const settings = { optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] } as const;
const x = randomNormal([8, 3], { seed: 1 });
const labels = [0, 1, 1, 0, 1, 0, 0, 1];

t.test('what is no option is refused, and what was compiled before stays', async t => {
  const compiled = model();
  compiled.compile(settings);
  const before = await compiled.evaluate(x, labels);
  const [lossNames, metricNames, optimizerNames] = [losses, metrics, optimizers].map(table =>
    Object.keys(table).join(', '),
  );
  const named = (name: string): Metric => ({ name, sums: () => ({}), result: () => 0 });
  const faults: [unknown, string][] = [
    [undefined, 'compile: expected { optimizer, loss }, got undefined'],
    ['adam', 'compile: expected { optimizer, loss }, got "adam"'],
    [
      { optimizer: 'sgd' },
      `compile: loss must be a name (${lossNames}) or an object { name, targets, forward }, got undefined`,
    ],
    [
      { optimizer: 'sgd', loss: () => 0 },
      `compile: loss must be a name (${lossNames}) or an object { name, targets, forward }, got a function`,
    ],
    [
      { loss: 'mse' },
      `compile: optimizer must be a name (${optimizerNames}) or what a function such as adam() gives, got undefined`,
    ],
    [
      { optimizer: adam, loss: 'mse' },
      `compile: optimizer must be a name (${optimizerNames}) or what a function such as adam() gives, got a function`,
    ],
    [
      { optimizer: 'sgd', loss: 'mse', metrics: 'accuracy' },
      `compile: metrics must be a list such as ['accuracy'], got "accuracy"`,
    ],
    [
      { optimizer: 'sgd', loss: 'mse', weightedMetrics: {} },
      `compile: weightedMetrics must be a list such as ['accuracy'], got {}`,
    ],
    [
      { optimizer: 'sgd', loss: 'mse', metrics: [null] },
      `compile: a metric must be a name (${metricNames}) or an object { name, sums, result }, got null`,
    ],
    [
      { optimizer: 'sgd', loss: 'mse', metrics: [named('loss')] },
      'compile: a metric must not be named "loss", the name of the loss',
    ],
    [
      { optimizer: 'sgd', loss: 'mse', metrics: ['mae', named('mae')] },
      'compile: there are two metrics named "mae"; give one another name',
    ],
    [
      { optimizer: 'sgd', loss: 'mse', metrics: ['mae'], weightedMetrics: ['mae'] },
      'compile: there are two metrics named "mae"; give one another name',
    ],
  ];
  for (const [options, message] of faults) {
    t.equal(
      errorOf(() => compiled.compile(options as CompileOptions)),
      `OptionError: ${message}`,
    );
  }
  t.same(await compiled.evaluate(x, labels), before, 'the model is compiled as it was');
});

t.test('callbacks, options and signals that are none', async t => {
  const compiled = model().compile(settings);
  const faults: [Promise<unknown>, string][] = [
    [compiled.fit(x, labels, { callbacks: {} as never }), 'fit: callbacks must be a list of callbacks, got {}'],
    [
      compiled.fit(x, labels, { callbacks: [() => {}] as never }),
      'fit: a callback is an object such as new EarlyStopping(), got a function',
    ],
    [compiled.fit(x, labels, null as never), 'fit: options must be an object, got null'],
    [compiled.fit(x, labels, { shuffle: 'no' as never }), 'fit: shuffle must be true or false, got "no"'],
    [compiled.fit(x, labels, { epochs: '3' as never }), 'fit: epochs must be a positive integer, got "3"'],
    [compiled.fit(x, labels, { verbose: 3 as never }), 'fit: verbose must be "auto", 0, 1 or 2, got 3'],
    [compiled.fit(x, labels, { signal: 1 as never }), 'fit: signal must be an AbortSignal, got 1'],
    [compiled.fit(x, undefined as never), 'fit: expected inputs and targets, or a batch source, got no targets'],
    [
      compiled.evaluate(x, undefined as never),
      'evaluate: expected inputs and targets, or a batch source, got no targets',
    ],
    [compiled.predict(x, 4 as never), 'predict: options must be an object, got 4'],
    [compiled.predict(x, { coalesce: 1 as never }), 'predict: coalesce must be true or false, got 1'],
    [
      compiled.fit(x, labels, { validationData: 3 as never }),
      'fit: validationData must be [inputs, targets] or a batch source, got 3',
    ],
  ];
  for (const [rejected, message] of faults) t.equal(await rejectionOf(rejected), `OptionError: ${message}`);
  t.equal(compiled.steps, 0);
});

t.test('a step that is not awaited before compile is that of the loss it was asked with', async t => {
  const [awaited, hurried] = [model(), model()];
  for (const each of [awaited, hurried]) each.compile(settings);
  const expected = await awaited.trainOnBatch(x, labels);
  const step = hurried.trainOnBatch(x, labels);
  hurried.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  t.same(await step, expected);
  t.same(await hurried.getWeights(), await awaited.getWeights());
  t.equal(hurried.steps, 0, 'the new training has not begun');
  t.ok((await hurried.trainOnBatch(x, zeros([8, 2]))).loss >= 0);
});

t.test('a learning rate that is none is refused where it is set', async t => {
  for (const [name, make] of Object.entries(optimizers)) {
    const optimizer: Optimizer = make();
    const least = name === 'ftrl' ? 'above 0' : 'of 0 or more';
    const before = optimizer.learningRate;
    for (const rate of [Number.NaN, -1, Number.POSITIVE_INFINITY, '0.1' as never]) {
      t.equal(
        errorOf(() => {
          optimizer.learningRate = rate;
        }),
        `OptionError: ${name}: learningRate must be a finite number ${least}, got ${typeof rate === 'string' ? '"0.1"' : rate}`,
      );
    }
    t.equal(optimizer.learningRate, before);
    optimizer.learningRate = 0.5;
    t.equal(optimizer.learningRate, 0.5);
  }
});

t.test('class numbers for one unit: the way that the hint shows leads to a training', async t => {
  const one = new Sequential([dense({ units: 1, activation: 'sigmoid', inputShape: [3] })], { seed: 1 });
  t.equal(
    errorOf(() => one.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' })),
    "OptionError: loss sparseCategoricalCrossentropy: an output of [1] has a single class; use binaryCrossentropy with an activation of 'sigmoid' and targets 0 and 1, or a unit for each class",
  );
  one.compile({ optimizer: sgd({ learningRate: 1 }), loss: 'bce', metrics: ['acc'] });
  const separable = x.slice([0, 0], [8, 1]).greater(0).reshape([8]);
  const { history } = await one.fit(x, separable.cast('uint8'), { epochs: 60, verbose: 0 });
  t.ok(history['acc']!.at(-1)! > 0.9, `${history['acc']!.at(-1)}`);
});

t.test('a loss that adds a term to a cross-entropy of softmax outputs trains', async t => {
  /** Cross-entropy and the confidence penalty of Pereyra et al. 2017: the probabilities are used in two ways. */
  const penalized: Loss<'classes'> = {
    name: 'penalized',
    targets: 'classes',
    forward(ops, output, targets) {
      const entropy = ops.crossEntropy(output, targets);
      const squares = ops.sum(ops.multiply(output, output), [output.shape.length - 1]);
      return ops.add(entropy, ops.affine(squares, 0.1));
    },
  };
  const start = model();
  const rate = 0.5;
  start.compile({ optimizer: sgd({ learningRate: rate }), loss: penalized });
  const weights = await start.getWeights();
  const logs = await start.trainOnBatch(x, labels);
  const moved = await start.getWeights();
  await start.setWeights(weights);
  t.ok(Math.abs(logs.loss - (await start.evaluate(x, labels)).loss) < 1e-6);
  const h = 1 / 128;
  for (const [which, weight] of weights.entries()) {
    for (let i = 0; i < weight.size; i++) {
      const lossAt = async (offset: number) => {
        const shifted = weights.map(each => each.add(0));
        shifted[which]!.data[i]! += offset;
        await start.setWeights(shifted);
        return (await start.evaluate(x, labels)).loss;
      };
      const expected = ((await lossAt(h)) - (await lossAt(-h))) / (2 * h);
      const got = (weight.data[i]! - moved[which]!.data[i]!) / rate;
      t.ok(Math.abs(got - expected) < 1e-3, `weight ${which}, element ${i}: ${got}, expected ${expected}`);
    }
  }
});
