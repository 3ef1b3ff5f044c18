import {
  conv2d,
  dense,
  flatten,
  LambdaCallback,
  type Layer,
  maxPooling2d,
  ones,
  randomNormal,
  rescaling,
  Sequential,
  sgd,
  type Tensor,
  tensor,
  zeros,
} from 'inkling';
import t from 'tap';
import { expectedHashes, trainDigits, weightHash } from './digit-training.ts';

t.test('the same seed gives the same bits, and another seed others', async t => {
  for (const backend of ['loops', 'simd'] as const) {
    const hash = async (seed: number) => weightHash(await (await trainDigits(seed, backend)).getWeights());
    t.equal(await hash(7), expectedHashes[backend]);
    t.equal(await hash(7), expectedHashes[backend]);
    t.not(await hash(8), expectedHashes[backend]);
  }
});

t.test('it learns: the digits are told apart', async t => {
  const { history } = await trainDigits(7, 'simd');
  const losses = history!.history['loss']!;
  t.ok(losses.at(-1)! < 0.5 * losses[0]!, `the loss falls from ${losses[0]} to ${losses.at(-1)}`);
});

/** y = 2 x + 1, which a dense layer can learn exactly. */
const x = tensor([[-1], [0], [1], [2]]);
const y = tensor([[-1], [1], [3], [5]]);

t.test('gradient descent on a line, by hand', async t => {
  const model = new Sequential([dense({ units: 1, inputShape: [1], kernelInitializer: 'zeros' })]);
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'meanSquaredError', metrics: ['meanAbsoluteError'] });
  const logs = await model.trainOnBatch(x, y);
  t.equal(logs['loss'], (1 + 1 + 9 + 25) / 4);
  t.equal(logs['meanAbsoluteError'], (1 + 1 + 3 + 5) / 4);
  // d loss / d kernel = -2 mean(x y) = -7, d loss / d bias = -2 mean(y) = -4.
  const [kernel, bias] = await model.getWeights();
  t.same(kernel!.toArray(), [[Math.fround(0.7)]]);
  t.same(bias!.toArray(), [Math.fround(0.4)]);
  await model.fit(x, y, { epochs: 200, batchSize: 4, verbose: 0 });
  t.ok(Math.abs((await model.getWeights())[0]!.item() - 2) < 1e-4);
  const prediction = await model.predict([[10]]);
  t.ok(Math.abs(prediction.item() - 21) < 1e-3);
});

t.test('memory is taken once: steps allocate nothing in the arena', async t => {
  const model = new Sequential([
    conv2d({ filters: 4, kernelSize: 3, activation: 'relu', inputShape: [8, 8, 1] }),
    maxPooling2d(2),
    flatten(),
    dense({ units: 3, activation: 'softmax' }),
  ]);
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  const images = randomNormal([20, 8, 8, 1], { seed: 1 });
  const labels = Array.from({ length: 20 }, (_, i) => i % 3);
  const options = { batchSize: 8, verbose: 0, validationSplit: 0.2 } as const;
  await model.fit(images, labels, options);
  const { allocations, bytes } = model.memory;
  await model.fit(images, labels, { ...options, epochs: 500 });
  t.equal(model.steps, 501 * 2);
  t.equal(model.memory.allocations, allocations, 'no allocation in 1,000 steps');
  t.equal(model.memory.bytes, bytes);
});

t.test('a custom layer made of operations trains without a line of backward code', async t => {
  const scaleAndShift: Layer = {
    className: 'ScaleAndShift',
    inputShape: [3],
    config: {},
    outputShape: input => input,
    parameters: input => [
      { name: 'scale', shape: input, initializer: { name: 'ones', config: {}, fill: out => void out.fill(1) } },
      { name: 'shift', shape: input, initializer: { name: 'zeros', config: {}, fill: out => void out.fill(0) } },
    ],
    forward: (ops, input, { scale, shift }) => ops.add(ops.multiply(input, scale!), shift!),
  };
  const model = new Sequential([scaleAndShift]);
  model.compile({ optimizer: sgd({ learningRate: 0.3 }), loss: 'meanSquaredError' });
  const inputs = randomNormal([64, 3], { seed: 2 });
  const targets = inputs.multiply(tensor([2, -1, 0.5])).add(tensor([1, 0, -3]));
  await model.fit(inputs, targets, { epochs: 200, batchSize: 64, verbose: 0 });
  const [scale, shift] = await model.getWeights();
  t.ok(
    scale!
      .subtract(tensor([2, -1, 0.5]))
      .abs()
      .max()
      .item() < 1e-3,
  );
  t.ok(
    shift!
      .subtract(tensor([1, 0, -3]))
      .abs()
      .max()
      .item() < 1e-3,
  );
});

t.test('a layer whose forward contradicts its outputShape is named', async t => {
  const wrong: Layer = {
    className: 'Wrong',
    inputShape: [3],
    config: {},
    outputShape: () => [4],
    forward: (_, input) => input,
  };
  t.throws(() => new Sequential([wrong]), {
    message: 'wrong "wrong": forward gives [3] for one input, but outputShape declares [4]',
  });
});

t.test('predict and evaluate do not depend on the batch size', async t => {
  const model = await trainDigits(7, 'simd');
  const images = randomNormal([37, 14, 14, 1], { seed: 3 });
  const labels = Array.from({ length: 37 }, (_, i) => i % 10);
  const whole = await model.predict(images, { batchSize: 37 });
  t.same((await model.predict(images, { batchSize: 5 })).data, whole.data);
  t.ok(whole.sum(1).subtract(1).abs().max().item() < 1e-6, 'the rows are probabilities');
  const [small, large] = [await model.evaluate(images, labels, { batchSize: 5 }), await model.evaluate(images, labels)];
  t.ok(Math.abs(small['loss']! - large['loss']!) < 1e-6);
  t.equal(small['accuracy'], large['accuracy']);
});

t.test('integers are taken as they are: nothing is scaled', async t => {
  const model = new Sequential([dense({ units: 1, useBias: false, kernelInitializer: 'ones', inputShape: [2] })]);
  const bytes = tensor(Uint8Array.of(255, 0, 51, 51), [2, 2]);
  for (const dtype of ['uint8', 'int32', 'float32'] as const) {
    t.same((await model.predict(bytes.cast(dtype))).toArray(), [[255], [102]], dtype);
  }
  const trained = new Sequential([dense({ units: 1, kernelInitializer: 'zeros', inputShape: [1] })]);
  trained.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const targets = tensor(Uint8Array.of(100, 200), [2, 1]);
  t.equal((await trained.evaluate([[0], [0]], targets)).loss, (100 ** 2 + 200 ** 2) / 2, 'bytes as targets neither');
});

t.test('fit on uint8 images that nothing scales says so once', async t => {
  const warned: string[] = [];
  const { warn } = console;
  console.warn = (text: string) => void warned.push(text);
  t.teardown(() => {
    console.warn = warn;
  });
  const bytes = tensor(new Uint8Array(2 * 4 * 4), [2, 4, 4, 1]);
  const fit = async (model: Sequential, x: Tensor) => {
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    for (let i = 0; i < 2; i++) await model.fit(x, zeros([2, 1]), { verbose: 0 });
  };
  const raw = () => new Sequential({ inputShape: [4, 4, 1], name: 'digits' }).add(flatten()).add(dense(1));
  await fit(raw(), bytes.cast('float32'));
  await fit(
    new Sequential({ inputShape: [4, 4, 1] })
      .add(rescaling(1 / 255))
      .add(flatten())
      .add(dense(1)),
    bytes,
  );
  t.same(warned, []);
  await fit(raw(), bytes);
  t.same(warned, [
    'model "digits": fit is given uint8 images, and no layer scales them: pixels are 0 to 255; add rescaling(1 / 255) as the first layer',
  ]);
});

t.test('the event loop gets its turn while a model trains', async t => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  const model = new Sequential([dense({ units: 400, inputShape: [400] }), dense(400), dense(1)]);
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  const enough = new LambdaCallback({
    onTrainBatchEnd: (_batch, _logs, run) => {
      if (ticks >= 3) run.stop();
    },
  });
  await model.fit(ones([320, 400]), zeros([320, 1]), { epochs: 300, verbose: 0, callbacks: [enough] });
  clearInterval(timer);
  t.ok(ticks >= 3, `${ticks} ticks`);
});

t.test('a run can be repeated from its seed, and resumed', async t => {
  const images = randomNormal([30, 4], { seed: 4 });
  const labels = Array.from({ length: 30 }, (_, i) => i % 2);
  const fresh = () => {
    const model = new Sequential([dense({ units: 8, inputShape: [4] }), dense({ units: 2, activation: 'softmax' })], {
      seed: 5,
    });
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    return model;
  };
  const [straight, paused] = [fresh(), fresh()];
  await straight.fit(images, labels, { epochs: 4, batchSize: 7, verbose: 0 });
  await paused.fit(images, labels, { epochs: 2, batchSize: 7, verbose: 0 });
  await paused.fit(images, labels, { epochs: 4, initialEpoch: 2, batchSize: 7, verbose: 0 });
  t.equal(weightHash(await paused.getWeights()), weightHash(await straight.getWeights()));
});

t.test('stop ends the epoch after the batch that runs', async t => {
  const model = new Sequential([dense({ units: 1, inputShape: [1] })]);
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const stop = new LambdaCallback({
    onTrainBatchEnd: (batch, _, run) => {
      if (batch === 1) run.stop();
    },
  });
  const { epoch } = await model.fit(x, y, { epochs: 5, batchSize: 1, verbose: 0, callbacks: [stop] });
  t.equal(model.steps, 2);
  t.same(epoch, [0], 'the epoch is closed as usual');
});

t.test('a profile has every call of a step, and changes nothing of the model', async t => {
  const model = await trainDigits(7, 'simd');
  const before = weightHash(await model.getWeights());
  const rows = await model.profile(16);
  t.equal(rows.length, model.plan('train', 16).calls.length);
  t.ok(Math.abs(rows.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9, 'the shares add up to 1');
  t.match(
    rows.find(({ kernel }) => kernel === 'conv2dBiasReluMaxPool2d'),
    { label: 'conv2d', algorithm: 'few channels', bytes: 4 * (16 * 14 * 14 + 72 + 8 + 2 * 16 * 7 * 7 * 8) },
  );
  t.ok(rows.every(({ milliseconds, gflops }) => milliseconds >= 0 && gflops >= 0));
  t.equal(weightHash(await model.getWeights()), before);
});

t.test('compile while a prediction is under way: the prediction is that of the weights', async t => {
  for (const backend of ['loops', 'simd'] as const) {
    const model = new Sequential({ inputShape: [3], seed: 1, backend }).add(dense(4)).add(dense(2));
    const inputs = randomNormal([5, 3], { seed: 2 });
    const early = model.predict(inputs);
    await Promise.resolve();
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    const late = await model.predict(inputs);
    t.same((await early).data, late.data, backend);
    t.ok(late.abs().max().item() > 0);
  }
});

t.test('others get their turn within a step; what they change waits for its end', async t => {
  const conv = { filters: 16, kernelSize: 3, padding: 'same' } as const;
  const hidden = Array.from({ length: 11 }, () => conv2d(conv));
  const model = new Sequential([conv2d({ ...conv, inputShape: [32, 32, 16] }), ...hidden, flatten(), dense(2)]);
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const [x, y] = [randomNormal([64, 32, 32, 16], { seed: 1 }), randomNormal([64, 2], { seed: 2 })];
  await model.trainOnBatch(x, y);
  const before = await model.getWeights();
  let turns = 0;
  let isDone = false;
  let restored: Promise<void> | undefined;
  const step = model.trainOnBatch(x, y).then(logs => {
    isDone = true;
    return logs;
  });
  const interrupt = () => {
    if (isDone) return;
    turns++;
    restored ??= model.setWeights(before);
    setImmediate(interrupt);
  };
  setImmediate(interrupt);
  const logs = await step;
  t.ok(turns > 1, `${turns} turns`);
  await restored;
  t.same(await model.getWeights(), before);
  t.same(await model.trainOnBatch(x, y), logs, 'the interrupted step went its way on the weights it began with');
});

t.test('what is asked for goes on as it was asked, whatever is compiled behind it', async t => {
  const network = () => new Sequential([dense({ units: 3, activation: 'softmax', inputShape: [4] })], { seed: 5 });
  const x = randomNormal([6, 4], { seed: 1 });
  const classes = tensor(Int32Array.from([0, 1, 2, 2, 1, 0]));
  const awaited = network().compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  const expected = await awaited.trainOnBatch(x, classes);
  const hasty = network().compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  const first = hasty.trainOnBatch(x, classes);
  const dense2 = hasty.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  t.same(await first, expected);
  t.same(await hasty.getWeights(), await awaited.getWeights());
  await dense2.trainOnBatch(x, randomNormal([6, 3], { seed: 2 }));
  t.equal(hasty.steps, 1);
});
