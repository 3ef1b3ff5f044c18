/** Models as trees: nested models, composite layers, shared and frozen ones, and where they are found. */
import t, { type Test } from 'tap';
import {
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePooling2d,
  initializers,
  type Layer,
  maxPooling2d,
  randomNormal,
  relu,
  type SameShape,
  Sequential,
  sequential,
  sgd,
  type Tensor,
  zeros,
} from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';
import { pathsOf, residual } from './blocks.ts';

/** A model of shared, nested and composite layers. */
const tree = () =>
  new Sequential({ inputShape: [8, 8, 1], seed: 5 })
    .add(sequential(conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 1] }), maxPooling2d(2)))
    .add(residual(4))
    .add(residual(4))
    .add(sequential(flatten({ inputShape: [3, 3, 4] }), dense({ units: 3, name: 'logits' })));

const far = (a: Tensor, b: Tensor): number => a.subtract(b).abs().max().item();
const close = (t: Test, a: Tensor, b: Tensor, what: string) => t.ok(far(a, b) < 1e-5, `${what}: ${far(a, b)} apart`);

t.test('every layer has a path, and its parameters are below it', async t => {
  const model = tree();
  t.same(pathsOf(model), [
    'sequential',
    'sequential/conv2d',
    'sequential/max_pooling2d',
    'residual',
    'residual/conv2d',
    'residual/second',
    'residual_1',
    'residual_1/conv2d',
    'residual_1/second',
    'sequential_1',
    'sequential_1/flatten',
    'sequential_1/logits',
  ]);
  t.same(
    model.getLayer('residual_1/conv2d').parameters.map(({ path, shape }) => [path, shape]),
    [
      ['residual_1/conv2d/kernel', [3, 3, 4, 4]],
      ['residual_1/conv2d/bias', [4]],
    ],
  );
  t.equal((await model.getWeights()).length, 12);
  t.equal(model.countParams(), 9 * 4 + 4 + 4 * (9 * 16 + 4) + 36 * 3 + 3);
});

t.test('getLayer takes a path, or a name that there is once', async t => {
  const model = tree();
  t.equal(model.getLayer('logits').path, 'sequential_1/logits');
  t.equal(model.getLayer('residual').children.length, 2);
  t.equal(
    errorOf(() => model.getLayer('second')),
    'OptionError: there are 2 layers with the name "second": residual/second, residual_1/second; give the path of one',
  );
  const known = pathsOf(model).join(', ');
  t.equal(
    errorOf(() => model.getLayer('residual/secnd')),
    `OptionError: unknown layer "residual/secnd": did you mean "residual/second"? Known: ${known}`,
  );
});

t.test('a nested model computes what the flat one does', async t => {
  const flat = new Sequential(
    [
      conv2d({ filters: 4, kernelSize: 3, activation: 'relu', inputShape: [8, 8, 1] }),
      flatten(),
      dense({ units: 6, activation: 'tanh' }),
      dense(2),
    ],
    { seed: 1 },
  );
  const inside = sequential(flatten({ inputShape: [6, 6, 4] }), dense(6, { activation: 'tanh' }));
  const nested = new Sequential({ inputShape: [8, 8, 1], seed: 2 })
    .add(sequential(conv2d({ filters: 4, kernelSize: 3, activation: 'relu', inputShape: [8, 8, 1] }), inside))
    .add(dense(2));
  await nested.setWeights(await flat.getWeights());
  const x = randomNormal([5, 8, 8, 1], { seed: 3 });
  const y = randomNormal([5, 2], { seed: 4 });
  t.equal(far(await nested.predict(x), await flat.predict(x)), 0);
  for (const model of [flat, nested]) {
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    await model.fit(x, y, { epochs: 3, verbose: 0, seed: 5 });
  }
  const [a, b] = [await nested.getWeights(), await flat.getWeights()];
  for (const [i, weight] of a.entries()) t.equal(far(weight, b[i]!), 0, `weight ${i} after training`);
});

t.test('a layer in two places shares its parameters, and learns from both', async t => {
  const shared = dense(3, { useBias: false });
  const model = new Sequential({ inputShape: [3], seed: 1 }).add(shared).add(relu()).add(shared);
  t.same(pathsOf(model), ['dense', 're_lu', 'dense_1']);
  t.equal(model.countParams(), 9);
  const x = randomNormal([4, 3], { seed: 1 });
  const [w] = await model.getWeights();
  close(t, await model.predict(x), x.matmul(w!).maximum(0).matmul(w!), 'its output');

  model.compile({ optimizer: sgd({ learningRate: 1 }), loss: 'meanSquaredError' });
  const y = zeros([4, 3]);
  await model.trainOnBatch(x, y);
  const moved = (await model.getWeights())[0]!;
  const h = 1 / 128;
  for (let i = 0; i < 9; i++) {
    const lossAt = async (offset: number) => {
      const at = w!.add(0);
      at.data[i]! += offset;
      const output = x.matmul(at).maximum(0).matmul(at);
      return output.square().mean().item();
    };
    const slope = ((await lossAt(h)) - (await lossAt(-h))) / (2 * h);
    t.ok(Math.abs(w!.data[i]! - moved.data[i]! - slope) < 2e-3, `element ${i}`);
  }
});

t.test('a shared layer needs the same parameters in both places', async t => {
  const shared = dense(4);
  t.equal(
    errorOf(() => new Sequential({ inputShape: [3] }).add(shared).add(shared)),
    'ShapeError: dense "dense_1": shares its parameters with "dense", which has kernel[3, 4], bias[4] for inputs of [3], but inputs of [4] need kernel[4, 4], bias[4]; make a layer of its own for each',
  );
});

t.test('two parameters of one layer with one name are refused', async t => {
  const twice: Layer = {
    className: 'Twice',
    inputShape: [2],
    parameters: input => [
      { name: 'w', shape: input, initializer: initializers.ones() },
      { name: 'w', shape: input, initializer: initializers.zeros() },
    ],
    forward: (ops, x, { w }) => ops.multiply(x, w!),
  };
  t.equal(
    errorOf(() => new Sequential([twice])),
    'OptionError: twice "twice": two parameters have the name "w"; give each its own',
  );
});

t.test('frozen layers do not learn, from the next step on, and composites freeze what is below', async t => {
  const model = tree();
  const unaware = model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  const x = randomNormal([6, 8, 8, 1], { seed: 3 });
  const y = randomNormal([6, 3], { seed: 4 });
  const changed = async (step: () => Promise<unknown>) => {
    const before = await model.getWeights();
    await step();
    const after = await model.getWeights();
    return before.map((weight, i) => far(weight, after[i]!) > 0);
  };
  const step = () => unaware.trainOnBatch(x, y);
  t.ok((await changed(step)).every(Boolean), 'all learn');
  model.getLayer('residual').trainable = false;
  model.getLayer('logits').trainable = false;
  t.same(
    await changed(step),
    [true, true, false, false, false, false, true, true, true, true, false, false],
    'kernels and biases below them stay',
  );
  t.equal(model.getLayer('residual/second').trainable, false);
  let text = '';
  model.summary(printed => {
    text = printed;
  });
  t.match(text, /Non-trainable params: 407 /);
  model.getLayer('residual/second').trainable = true;
  model.getLayer('logits').trainable = true;
  t.same(
    await changed(step),
    [true, true, false, false, true, true, true, true, true, true, true, true],
    'and learn again',
  );
  const frozen = new Sequential({ inputShape: [3] }).add(dense(2, { trainable: false })).add(dense(2));
  t.same(
    frozen.layers.map(({ trainable }) => trainable),
    [false, true],
  );
  t.equal(
    errorOf(() => {
      model.getLayer('logits').trainable = 0 as never;
    }),
    'OptionError: layer "sequential_1/logits": trainable must be true or false, got 0',
  );
});

/** Batch statistics while it trains, moving ones else, as a batch normalization has: x - mean. */
const centred = (): SameShape => ({
  className: 'Centred',
  parameters: input => [
    { name: 'shift', shape: input, initializer: initializers.zeros() },
    { name: 'mean', shape: input, initializer: initializers.zeros(), trainable: false },
  ],
  forward(ops, x, { shift, mean }) {
    if (!ops.training) return ops.add(ops.subtract(x, mean!), shift!);
    const batchMean = ops.mean(x, 0);
    ops.assign(mean!, ops.add(ops.multiply(mean!, 0.75), ops.multiply(ops.stopGradient(batchMean), 0.25)));
    return ops.add(ops.subtract(x, batchMean), shift!);
  },
});

t.test('a layer keeps statistics that forward writes; frozen, it uses them and leaves them as they are', async t => {
  const layer = centred();
  const model = new Sequential({ inputShape: [3], seed: 1 }).add(layer).add(dropout(0.5)).add(dense(2));
  const compiled = model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'meanSquaredError' });
  const x = randomNormal([8, 3], { seed: 1 }).add(2);
  const y = randomNormal([8, 2], { seed: 2 });
  const statistics = async () => (await model.getWeights())[1]!;
  await compiled.trainOnBatch(x, y);
  close(t, await statistics(), x.mean(0).multiply(0.25), 'after a step');
  await compiled.trainOnBatch(x, y);
  const moved = x.mean(0).multiply(0.25 + 0.75 * 0.25);
  close(t, await statistics(), moved, 'after two');
  await compiled.evaluate(x, y);
  close(t, await statistics(), moved, 'evaluation moves nothing');
  const [shift] = await model.getWeights();
  t.ok(far(shift!, zeros([3])) > 0, 'its parameter learns');
  const { centred: centre } = await model.activations(x, ['centred']);
  close(t, centre, x.subtract(moved).add(shift!), 'what it gives in prediction');

  model.getLayer('centred').trainable = false;
  await compiled.trainOnBatch(x, y);
  const after = await model.getWeights();
  t.equal(far(after[0]!, shift!), 0, 'frozen, its parameter stays');
  t.equal(far(after[1]!, moved.add(0)) < 1e-6, true, 'and its statistics too');
  const plan = model.plan('train', 8);
  t.notOk(
    plan.calls.some(({ kernel }) => kernel === 'assign'),
    'nothing is written',
  );
  t.ok(
    plan.calls.some(({ kernel }) => kernel === 'dropoutForward'),
    'dropout goes on',
  );
});

/** Branches of 1x1, 3x3 and 5x5 and of pooling, joined along the channels: an inception block. */
function inception(): Layer {
  const branches = [1, 3, 5].map(size => conv2d(2, size, { padding: 'same', activation: 'relu', name: `size${size}` }));
  const pool = maxPooling2d({ poolSize: 3, strides: 1, padding: 'same' });
  const projection = conv2d(1, 1, { name: 'projection' });
  return {
    className: 'Inception',
    config: {},
    forward(ops, x) {
      const joined = [...branches.map(branch => ops.apply(branch, x)), ops.apply(projection, ops.apply(pool, x))];
      return ops.concat(joined, 3);
    },
  };
}

t.test('branches: an inception block computes and trains as its branches do', async t => {
  const model = new Sequential({ inputShape: [6, 6, 2], seed: 4 }).add(inception()).add(globalAveragePooling2d());
  t.same(
    model.layers[0]!.children.map(({ name, outputShape }) => [name, outputShape]),
    [
      ['size1', [6, 6, 2]],
      ['size3', [6, 6, 2]],
      ['size5', [6, 6, 2]],
      ['max_pooling2d', [6, 6, 2]],
      ['projection', [6, 6, 1]],
    ],
  );
  t.same(model.outputShape, [7]);
  const x = randomNormal([3, 6, 6, 2], { seed: 5 });
  const weights = await model.getWeights();
  const whole = await model.activations(x, ['inception', 'size3']);
  const branch = new Sequential({ inputShape: [6, 6, 2] }).add(conv2d(2, 3, { padding: 'same', activation: 'relu' }));
  await branch.setWeights(weights.slice(2, 4));
  close(t, whole.size3, await branch.predict(x), 'one branch');
  close(t, whole.inception.slice([0, 0, 0, 2], [3, 6, 6, 2]), whole.size3, 'and its channels');

  const learningRate = 1 / 64;
  const compiled = model.compile({ optimizer: sgd({ learningRate }), loss: 'meanSquaredError' });
  const y = randomNormal([3, 7], { seed: 6 });
  const lossAt = async (at: readonly Tensor[]) => {
    await model.setWeights(at);
    return (await compiled.evaluate(x, y))['loss']!;
  };
  await compiled.trainOnBatch(x, y);
  const moved = await model.getWeights();
  const h = 1 / 128;
  for (const [which, weight] of weights.entries()) {
    const at = (offset: number) =>
      weights.map((each, j) => {
        const copy = each.add(0);
        if (j === which) copy.data[0]! += offset;
        return copy;
      });
    const slope = ((await lossAt(at(h))) - (await lossAt(at(-h)))) / (2 * h);
    const got = (weight.data[0]! - moved[which]!.data[0]!) / learningRate;
    t.ok(Math.abs(got - slope) < 2e-3, `weight ${which}: ${got}, expected ${slope}`);
  }
});

t.test('summary shows the tree as Keras does', async t => {
  const block = sequential(conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 3] }), relu());
  const inside = new Sequential([conv2d({ filters: 2, kernelSize: 1, inputShape: [6, 6, 4], name: 'conv2d_1' })], {
    name: 'inside',
  });
  const model = new Sequential({ inputShape: [8, 8, 3] })
    .add(new Sequential([...block.layers.map(({ layer }) => layer)], { name: 'block1' }))
    .add(new Sequential([inside, flatten()], { name: 'block2' }))
    .add(dense(3));
  model.getLayer('block1').trainable = false;
  let text = '';
  model.summary(printed => {
    text = printed;
  });
  // The cells that Keras 3.15 prints with expand_nested.
  const cells = text.split('\n').filter(line => line.startsWith('│'));
  t.same(
    cells.map(line =>
      line
        .slice(2, -2)
        .split('│')
        .map((cell, i) => (i === 0 ? cell.trimEnd() : cell.trim())),
    ),
    [
      ['block1 (Sequential)', '(None, 6, 6, 4)', '112'],
      ['   └ conv2d (Conv2D)', '(None, 6, 6, 4)', '112'],
      ['   └ re_lu (ReLU)', '(None, 6, 6, 4)', '0'],
      ['block2 (Sequential)', '(None, 72)', '10'],
      ['   └ inside (Sequential)', '(None, 6, 6, 2)', '10'],
      ['      └ conv2d_1 (Conv2D)', '(None, 6, 6, 2)', '10'],
      ['   └ flatten (Flatten)', '(None, 72)', '0'],
      ['dense (Dense)', '(None, 3)', '219'],
    ],
  );
  t.ok(
    text.endsWith(
      [
        ' Total params: 341 (1.33 KB)',
        ' Trainable params: 229 (916.00 B)',
        ' Non-trainable params: 112 (448.00 B)',
      ].join('\n'),
    ),
  );
});

t.test('a layer that only sometimes applies another, or makes layers while it emits', async t => {
  const noise = dropout(0.5);
  const model = new Sequential({ inputShape: [4], seed: 1 }).add({
    forward: (ops, x) => (ops.training ? ops.apply(noise, x) : x),
  });
  t.same(pathsOf(model), ['lambda', 'lambda/dropout']);
  const x = randomNormal([3, 4], { seed: 1 });
  t.equal(far(await model.predict(x), x), 0, 'no dropout in prediction');
  const making = new Sequential({ inputShape: [4] }).add((ops, x) => ops.apply(dense(2), x));
  t.equal(
    await rejectionOf(making.predict(zeros([1, 4]))),
    'OptionError: layer "lambda": forward applies a layer that it did not apply when the model was built; make its layers outside of forward',
  );
});
