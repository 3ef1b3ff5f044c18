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
  Sequential,
  sequential,
  sgd,
  type Tensor,
  zeros,
} from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

/** x + convolution(relu(convolution(x))), as in a residual network. */
function residual(filters: number): Layer {
  const first = conv2d(filters, 3, { padding: 'same', activation: 'relu' });
  const second = conv2d(filters, 3, { padding: 'same', name: 'second' });
  return {
    className: 'Residual',
    config: { filters },
    outputShape: input => input,
    forward: (ops, x) => ops.relu(ops.add(ops.apply(second, ops.apply(first, x)), x)),
  };
}

/** A model of shared, nested and composite layers. */
const tree = () =>
  new Sequential({ inputShape: [8, 8, 1], seed: 5 })
    .add(sequential(conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 1] }), maxPooling2d(2)))
    .add(residual(4))
    .add(residual(4))
    .add(sequential(flatten({ inputShape: [3, 3, 4] }), dense({ units: 3, name: 'logits' })));

const pathsOf = (model: Sequential): string[] => {
  const below = (layers: Sequential['layers']): string[] =>
    layers.flatMap(({ path, children }) => [path, ...below(children)]);
  return below(model.layers);
};
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
      model.getLayer('logits').trainable = 0 as unknown as boolean;
    }),
    'OptionError: layer "sequential_1/logits": trainable must be true or false, got 0',
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

t.test('what is no layer is refused', async t => {
  const wrong: [unknown, string][] = [
    [undefined, 'undefined'],
    [3, '3'],
    [null, 'null'],
    ['dense', 'dense'],
    [{}, '{}'],
    [{ className: 'Nothing' }, '{"className":"Nothing"}'],
  ];
  const expected =
    'OptionError: expected a layer: what a function such as dense() gives, an object with a method forward, or a function (ops, x) => ...; got ';
  for (const [given, shown] of wrong) {
    t.equal(
      errorOf(() => new Sequential({ inputShape: [3] }).add(given as Layer)),
      expected + shown,
    );
  }
  t.equal(
    errorOf(() => new Sequential([undefined as unknown as Layer])),
    `${expected}undefined`,
  );
  t.equal(
    errorOf(() => new Sequential({ inputShape: [3] }).add({ forward: () => 3 as never })),
    'OptionError: lambda "lambda": forward must return a value, got 3',
  );
  t.equal(
    errorOf(() => new Sequential({ inputShape: [3] }).add((ops, x) => ops.reshape(x, [1, 6]))),
    'ShapeError: lambda "lambda": forward gives [1, 6] for a batch of [2, 3]; it must keep the batch axis in front',
  );
  t.equal(
    errorOf(() => new Sequential(null as unknown as [])),
    'OptionError: Sequential: expected a list of layers, or an object with options, got null',
  );
  t.equal(
    errorOf(() => new Sequential({ inputShapes: [3] } as object)),
    'OptionError: unknown option of Sequential "inputShapes": did you mean "inputShape"? Known: name, seed, backend, inputShape',
  );
  t.equal(new Sequential(undefined).name, 'sequential');
});

t.test('a layer that does not fit leaves the model as it was', async t => {
  const model = new Sequential({ inputShape: [8, 8, 2] }).add(residual(2));
  t.equal(
    errorOf(() => model.add(residual(3))),
    'ShapeError: residual "residual_1": add: [2, 8, 8, 3] and [2, 8, 8, 2] do not go together: 3 against 2 elements along axis 3 of the result',
  );
  model.add(globalAveragePooling2d());
  t.same(pathsOf(model), ['residual', 'residual/conv2d', 'residual/second', 'global_average_pooling2d']);
});

t.test('a nested model is refused once it has weights, which would be lost', async t => {
  const inner = sequential(dense({ units: 2, inputShape: [3] }));
  await inner.getWeights();
  t.equal(
    errorOf(() => new Sequential({ inputShape: [3] }).add(inner)),
    'StateError: model "sequential" has weights, which another model cannot take along: nest it before compile, fit or getWeights, and copy its weights by setWeights',
  );
});

t.test('`using` and dispose free a model, and nothing can be done with it then', async t => {
  const model = sequential(dense({ units: 2, inputShape: [3] }));
  const x = zeros([1, 3]);
  t.same((await model.predict(x)).shape, [1, 2]);
  model[Symbol.dispose]();
  const message = 'StateError: model "sequential" is disposed: make a new one';
  t.equal(await rejectionOf(model.predict(x)), message);
  t.equal(await rejectionOf(model.getWeights()), message);
  t.equal(
    errorOf(() => model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })),
    message,
  );
  t.equal(
    errorOf(() => model.add(relu())),
    message,
  );
  model.dispose();
});
