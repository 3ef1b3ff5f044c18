import t from 'tap';
import {
  type ActivationName,
  conv2d,
  DataError,
  dense,
  flatten,
  LambdaCallback,
  type Layer,
  type LossName,
  type MetricName,
  maxPooling2d,
  type OptimizerName,
  OptionError,
  reshape,
  Sequential,
  type Shape,
  ShapeError,
  StateError,
  tensor,
  zeros,
} from '../../lib/index.ts';
import { losses } from '../../lib/losses/registry.ts';
import { metrics } from '../../lib/metrics/registry.ts';
import { optimizers } from '../../lib/optimizers/registry.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

/** Four 2x2 images and their labels, for a model of two classes. */
const images = tensor([
  [
    [[0], [1]],
    [[2], [3]],
  ],
  [
    [[1], [1]],
    [[0], [0]],
  ],
  [
    [[5], [4]],
    [[3], [2]],
  ],
  [
    [[0], [0]],
    [[0], [1]],
  ],
]);
const labels = [0, 1, 1, 0];

function smallModel(): Sequential {
  return new Sequential([flatten({ inputShape: [2, 2, 1] }), dense({ units: 2, activation: 'softmax' })], { seed: 3 });
}

function compiled(): Sequential {
  const model = smallModel();
  model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

t.test('a network whose layers do not fit names the layer, the sizes and the way out', async t => {
  const add =
    (...layers: Layer[]) =>
    () =>
      new Sequential(layers);
  const faults: [() => unknown, new (message: string) => Error, string][] = [
    [
      add(conv2d({ filters: 4, kernelSize: 3, inputShape: [5, 5, 1] }), conv2d({ filters: 4, kernelSize: 5 })),
      ShapeError,
      `conv2d "conv2d_1": a 5x5 kernel does not fit into 3x3 (padding 'valid'); use padding 'same' or a smaller kernelSize`,
    ],
    [
      add(maxPooling2d({ poolSize: [2, 7], inputShape: [6, 6, 1], name: 'pool' })),
      ShapeError,
      `maxPooling2d "pool": a 2x7 pool does not fit into 6x6 (padding 'valid'); use padding 'same' or a smaller poolSize`,
    ],
    [
      add(
        conv2d({ filters: 1, kernelSize: 9, padding: { top: 1, bottom: 1, left: 0, right: 0 }, inputShape: [4, 4, 1] }),
      ),
      ShapeError,
      'conv2d "conv2d": a 9x9 kernel does not fit into 4x4 (padding [1, 1, 0, 0]); use more padding or a smaller kernelSize',
    ],
    [
      add(flatten({ inputShape: [4, 4, 1] }), conv2d({ filters: 1, kernelSize: 1 })),
      ShapeError,
      'conv2d "conv2d": expected an input of [height, width, channels], got [16]',
    ],
    [
      add(reshape({ targetShape: [3, -1], inputShape: [4, 4] })),
      ShapeError,
      'reshape "reshape": [4, 4] with 16 elements cannot be divided into [3, -1]',
    ],
    [
      add(reshape({ targetShape: [3, 5], inputShape: [4, 4] })),
      ShapeError,
      'reshape "reshape": [4, 4] with 16 elements does not have the 15 elements of [3, 5]',
    ],
    [
      add(dense(3)),
      OptionError,
      'Sequential: the first layer needs inputShape, the shape of one input without the batch axis, such as [28, 28, 1]',
    ],
    [
      add(dense({ units: 3, inputShape: [4] }), dense({ units: 3, inputShape: [4] })),
      ShapeError,
      'dense "dense_1": inputShape [4] contradicts the output of the layer before, [3]; leave inputShape out',
    ],
    [
      add(dense({ units: 3, inputShape: [4], name: 'a' }), dense({ units: 3, name: 'a' })),
      OptionError,
      'dense "a": another layer has this name already; names must be unique within a model',
    ],
    [
      () => new Sequential({ inputShape: [0, 2] }),
      OptionError,
      'Sequential: inputShape must be a list of positive integers, got [0,2]',
    ],
    [() => new Sequential({ seed: -1 }), OptionError, 'Sequential: seed must be a safe integer of 0 or more, got -1'],
    [() => new Sequential().summary(), StateError, 'model "sequential" has no layers: add some first'],
  ];
  for (const [fault, type, message] of faults) {
    t.equal(errorOf(fault), `${type.name}: ${message}`);
  }
});

t.test('options out of range are named', async t => {
  const faults: [() => unknown, string][] = [
    [() => conv2d({ filters: 0 as number, kernelSize: 3 }), 'conv2d: filters must be a positive integer, got 0'],
    [() => conv2d({ filters: 1.5 as number, kernelSize: 3 }), 'conv2d: filters must be a positive integer, got 1.5'],
    [
      () => conv2d({ filters: 1, kernelSize: [3, 0] as [number, number] }),
      'conv2d: kernelSize must be a positive integer, got 0',
    ],
    [
      () => conv2d({ filters: 1, kernelSize: 3, strides: -1 as number }),
      'conv2d: strides must be a positive integer, got -1',
    ],
    [
      () => conv2d({ filters: 1, kernelSize: 3, padding: { top: -1, bottom: 0, left: 0, right: 0 } }),
      'conv2d: padding.top must be an integer of 0 or more, got -1',
    ],
    [
      () => conv2d({ filters: 1, kernelSize: 3, padding: 'some' as 'same' }),
      'unknown padding of conv2d "some": did you mean "same"? Known: valid, same',
    ],
    [
      () => dense({ units: 1, activation: 'rellu' as ActivationName }),
      'unknown activation "rellu": did you mean "relu"? Known: linear, relu, leakyRelu, relu6, elu, selu, celu, gelu, silu, swish, mish, sigmoid, tanh, softmax, logSoftmax, logSigmoid, softplus, softsign, exponential, hardSigmoid, hardSilu, hardSwish, hardTanh, hardShrink, softShrink, tanhShrink, threshold, squareplus, sparsePlus, sparseSigmoid, sparsemax',
    ],
    [
      () => reshape({ targetShape: [-1, -1] as Shape }),
      'reshape: targetShape must hold positive integers and at most one -1, got [-1, -1]',
    ],
    [
      () => smallModel().compile({ optimizer: 'adma' as OptimizerName, loss: 'meanSquaredError' }),
      `unknown optimizer "adma": did you mean "adam"? Known: ${Object.keys(optimizers).join(', ')}`,
    ],
    [
      () => smallModel().compile({ optimizer: 'sgd', loss: 'categoricalCrossEntropy' as LossName }),
      `unknown loss "categoricalCrossEntropy": did you mean "categoricalCrossentropy"? Known: ${Object.keys(losses).join(', ')}`,
    ],
    [
      () => smallModel().compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['acuracy' as MetricName] }),
      `unknown metric "acuracy": did you mean "accuracy"? Known: ${Object.keys(metrics).join(', ')}`,
    ],
  ];
  for (const [fault, message] of faults) {
    t.equal(errorOf(fault), `OptionError: ${message}`);
  }
});

t.test('data that does not fit is refused before anything is trained', async t => {
  const model = compiled();
  const before = await model.getWeights();
  const nan = tensor([0, 1, 2, Number.NaN, ...new Array<number>(12).fill(0)], [4, 2, 2, 1]);
  const x = images;
  const faults: [() => Promise<unknown>, new (message: string) => Error, string][] = [
    [
      () => model.fit(zeros([4, 3, 3, 1]), labels),
      ShapeError,
      "fit: inputs of shape [4, 3, 3, 1] do not fit the model's input [2, 2, 1]: expected [N, 2, 2, 1]",
    ],
    [
      () => model.fit(zeros([4, 2, 2]), labels),
      ShapeError,
      "fit: inputs of shape [4, 2, 2] do not fit the model's input [2, 2, 1]: expected [N, 2, 2, 1]; reshape them to [4, 2, 2, 1]",
    ],
    [
      () => model.fit(nan, labels),
      DataError,
      'fit: inputs must be finite numbers, but the one at [0, 1, 1, 0] is NaN; clean the data first',
    ],
    [
      () => model.fit(zeros([0, 2, 2, 1]), zeros([0])),
      DataError,
      'fit: the dataset is empty: inputs of shape [0, 2, 2, 1]',
    ],
    [
      () => model.fit(x, [0, 1, 2, 1]),
      DataError,
      'fit: the target at [2] is 2: the model has 2 classes, so targets must be integers from 0 to 1',
    ],
    [
      () => model.evaluate(x, [0, 1, -1, 1]),
      DataError,
      'evaluate: the target at [2] is -1: the model has 2 classes, so targets must be integers from 0 to 1',
    ],
    [
      () => model.fit(x, [0, 1, 1]),
      ShapeError,
      'fit: 4 inputs and targets of shape [3]: there must be one target for each input',
    ],
    [
      () => model.fit(x, zeros([4, 2])),
      ShapeError,
      "fit: targets of shape [4, 2] do not fit the model's output [2]: expected class numbers of shape [N]; one-hot targets go with loss categoricalCrossentropy",
    ],
    [() => model.fit(x, labels, { batchSize: 0 }), OptionError, 'fit: batchSize must be a positive integer, got 0'],
    [() => model.fit(x, labels, { epochs: 1.5 }), OptionError, 'fit: epochs must be a positive integer, got 1.5'],
    [() => model.predict(x, { batchSize: -4 }), OptionError, 'predict: batchSize must be a positive integer, got -4'],
    [
      () => model.fit(x, labels, { validationSplit: 1 }),
      OptionError,
      'fit: validationSplit must be at least 0 and less than 1, got 1',
    ],
    [
      () => model.fit(x, labels, { validationSplit: 0.1, validationData: [x, labels] }),
      OptionError,
      'fit: give either validationSplit or validationData, not both',
    ],
    [
      () => model.fit(x.slice([0], [1]), [1], { validationSplit: 0.5 }),
      DataError,
      'fit: validationSplit 0.5 of 1 examples leaves 0 to train and 1 to validate; both need at least one',
    ],
    [
      () => model.fit(x, labels, { validationData: [x, [7, 0, 0, 0]] }),
      DataError,
      'fit: validationData: the target at [0] is 7: the model has 2 classes, so targets must be integers from 0 to 1',
    ],
  ];
  for (const [fault, type, message] of faults) {
    t.equal(await rejectionOf(fault()), `${type.name}: ${message}`);
  }
  t.same(await model.getWeights(), before, 'the weights are as they were');
  t.equal(model.steps, 0);
  await model.fit(x, labels, { verbose: 0 });
  t.equal(model.steps, 1, 'and the model can train');
});

t.test('calls at the wrong time', async t => {
  const model = smallModel();
  const message = 'model "sequential" is not compiled: call compile({ optimizer, loss }) first';
  t.equal(await rejectionOf(model.fit(images, labels)), `StateError: fit: ${message}`);
  t.equal(await rejectionOf(model.evaluate(images, labels)), `StateError: evaluate: ${message}`);
  t.equal(await rejectionOf(model.trainOnBatch(images, labels)), `StateError: trainOnBatch: ${message}`);
  t.equal(
    errorOf(() => compiled().add(dense(2))),
    'StateError: model "sequential" has weights already: add all layers before compile, fit or getWeights',
  );

  const training = compiled();
  const running = training.fit(images, labels, { epochs: 3, verbose: 0 });
  const busy = 'model "sequential" is training: await the running fit() first';
  t.equal(await rejectionOf(training.fit(images, labels)), `StateError: fit: ${busy}`);
  t.equal(await rejectionOf(training.trainOnBatch(images, labels)), `StateError: trainOnBatch: ${busy}`);
  t.equal(
    errorOf(() => training.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })),
    `StateError: compile: ${busy}`,
  );
  await running;
  t.equal(training.steps, 3, 'the first fit is not disturbed');
});

t.test('a callback that fails ends the run and leaves the model usable', async t => {
  const model = compiled();
  const failing = new LambdaCallback({
    onEpochEnd() {
      throw new Error('disk full');
    },
  });
  t.equal(await rejectionOf(model.fit(images, labels, { verbose: 0, callbacks: [failing] })), 'Error: disk full');
  await model.fit(images, labels, { verbose: 0 });
  t.equal(model.steps, 2);
});

t.test('setWeights changes nothing unless all fits', async t => {
  const model = smallModel();
  const before = await model.getWeights();
  t.equal(
    await rejectionOf(model.setWeights([zeros([4, 2])])),
    'ShapeError: setWeights: expected 2 tensors (dense/kernel, dense/bias), got 1',
  );
  t.equal(
    await rejectionOf(model.setWeights([zeros([4, 2]), zeros([3])])),
    'ShapeError: setWeights: dense/bias has the shape [2], got [3]',
  );
  t.same(await model.getWeights(), before);
});
