/** Layers, losses and metrics of the user's own, by the operations that they are given. */
import t from 'tap';
import {
  dense,
  initializers,
  type Layer,
  type Loss,
  type Metric,
  meanMetric,
  type Optimizer,
  randomNormal,
  randomUniform,
  Sequential,
  ShapeError,
  sgd,
  type Tensor,
  tensor,
} from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

/** [4, 6] -> [3, 5], through every operation that no layer of Inkling's uses. */
function knot(): Layer {
  return {
    className: 'Knot',
    config: {},
    outputShape([rows, columns]) {
      if (rows !== 4 || columns !== 6) throw new ShapeError(`expected [4, 6], got [${rows}, ${columns}]`);
      return [3, 5];
    },
    parameters: () => [
      { name: 'gain', shape: [6], initializer: initializers.randomUniform({ min: 0.5, max: 1.5 }) },
      { name: 'shift', shape: [4, 1], initializer: initializers.randomUniform({ min: 0.5, max: 1.5 }) },
    ],
    forward(ops, x, { gain, shift }) {
      const batch = x.shape[0]!;
      const scaled = ops.add(ops.multiply(ops.abs(x), gain!), shift!);
      const bent = ops.divide(ops.sqrt(scaled), ops.exp(ops.affine(scaled, -0.5, 0.25)));
      const turned = ops.transpose(ops.log(ops.affine(bent, 1, 1)), [0, 2, 1]);
      const centred = ops.subtract(turned, ops.reshape(ops.mean(turned, [2]), [batch, 6, 1]));
      const cut = ops.slice(centred, [0, 1, 0], [batch, 5, 3]);
      const back = ops.transpose(cut, [0, 2, 1]);
      const inner = ops.slice(back, [0, 1, 1], [batch, 1, 2]);
      return ops.multiply(
        back,
        ops.pad(inner, [
          [0, 0],
          [1, 1],
          [1, 2],
        ]),
      );
    },
  };
}

/** The mean of |output - target|^3. */
const cubic: Loss = {
  name: 'cubic',
  targets: 'numbers',
  forward(ops, output, targets) {
    const error = ops.abs(ops.subtract(output, targets));
    return ops.mean(ops.multiply(error, ops.multiply(error, error)), [output.shape.length - 1]);
  },
};

t.test('the gradient through them is that of central differences', async t => {
  const learningRate = 0.01;
  const model = new Sequential({ inputShape: [4, 6], seed: 3 }).add(knot());
  model.compile({ optimizer: sgd({ learningRate }), loss: cubic });
  const x = randomNormal([8, 4, 6], { seed: 1 });
  const y = randomNormal([8, 3, 5], { seed: 2 });
  const start = await model.getWeights();
  const lossAt = async (weights: readonly Tensor[]) => {
    await model.setWeights(weights);
    return (await model.evaluate(x, y))['loss']!;
  };
  await model.trainOnBatch(x, y);
  const moved = await model.getWeights();
  const h = 1 / 64;
  for (const [which, weight] of start.entries()) {
    for (let i = 0; i < weight.size; i++) {
      const at = (offset: number) =>
        start.map((each, j) => {
          const copy = each.add(0);
          if (j === which) copy.data[i]! += offset;
          return copy;
        });
      const expected = ((await lossAt(at(h))) - (await lossAt(at(-h)))) / (2 * h);
      const got = (weight.data[i]! - moved[which]!.data[i]!) / learningRate;
      t.ok(Math.abs(got - expected) < 2e-3, `weight ${which}, element ${i}: ${got}, expected ${expected}`);
    }
  }
});

t.test('a metric that does not give numbers for each example is refused before anything is trained', async t => {
  const wrong: Metric = meanMetric('wrong', (ops, output) => ops.mean(output, 0));
  const model = new Sequential([dense({ units: 2, inputShape: [3] })], { seed: 1 });
  const before = await model.getWeights();
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: [wrong] });
  t.equal(
    await rejectionOf(model.fit(randomNormal([4, 3]), randomNormal([4, 2]), { verbose: 0 })),
    'ShapeError: metric wrong: forward gives [2] for an output of [4, 2]; it must keep the batch axis in front: [4, ...]',
  );
  t.same(await model.getWeights(), before);
});

t.test("a layer's own ShapeError gets the layer's name", async t => {
  t.equal(
    errorOf(() => new Sequential({ inputShape: [3, 3] }).add(knot())),
    'ShapeError: knot "knot": expected [4, 6], got [3, 3]',
  );
});

t.test('losses and metrics over a batch, by hand', async t => {
  const rows = 6;
  const x = randomUniform([rows, 3], { min: 0.1, max: 0.9, seed: 4 });
  const y = randomUniform([rows, 3], { seed: 5 }).greater(0.5).cast('float32');
  const pairs = Array.from(x.data, (p, i) => [p, y.data[i]!] as const);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  /** The identity: what it predicts is the input. */
  const identity = new Sequential({ inputShape: [3], seed: 1 }).add({
    className: 'Identity',
    config: {},
    outputShape: input => input,
    forward: (ops, value) => ops.affine(value, 1),
  });
  const table = {
    meanSquaredError: mean(pairs.map(([p, q]) => (p - q) ** 2)),
    binaryCrossentropy: mean(pairs.map(([p, q]) => -q * Math.log(p) - (1 - q) * Math.log(1 - p))),
  } as const;
  for (const [loss, expected] of Object.entries(table) as [keyof typeof table, number][]) {
    identity.compile({ optimizer: 'sgd', loss, metrics: ['meanAbsoluteError', 'binaryAccuracy', 'meanSquaredError'] });
    const logs = await identity.evaluate(x, y, { batchSize: 4 });
    const close = (name: string, value: number) =>
      t.ok(Math.abs(logs[name]! - value) < 1e-6, `${loss}: ${name} is ${logs[name]}, expected ${value}`);
    close('loss', expected);
    close('meanAbsoluteError', mean(pairs.map(([p, q]) => Math.abs(p - q))));
    close('binaryAccuracy', mean(pairs.map(([p, q]) => (p > 0.5 === q > 0.5 ? 1 : 0))));
    close('meanSquaredError', table.meanSquaredError);
  }
});

t.test('an optimizer whose slot starts at another number than 0', async t => {
  const doubling: Optimizer = {
    name: 'doubling',
    learningRate: 0.5,
    config: {},
    slots: { factor: 0.25, steps: 0 },
    hyper: ['rate'],
    hyperparameters() {
      return { rate: this.learningRate };
    },
    update(ops, { w, dw, slots: { factor, steps }, hyper }) {
      ops.assign(w, ops.subtract(w, ops.multiply(ops.multiply(hyper, factor!), dw)));
      ops.assign(factor!, ops.multiply(factor!, 2));
      ops.assign(steps!, ops.add(steps!, 1));
    },
  };
  const model = new Sequential([dense({ units: 1, useBias: false, kernelInitializer: 'zeros', inputShape: [1] })]);
  const settings = { optimizer: doubling, loss: 'meanSquaredError' } as const;
  model.compile(settings);
  const numbers = async () => {
    const { tensors } = await model.getState();
    return ['dense/kernel', 'dense/kernel:factor', 'dense/kernel:steps'].map(name => tensors[name]!.data[0]);
  };
  t.same(await numbers(), [0, 0.25, 0]);
  // The gradient of (w - 1)^2 is -2 at 0 and -1.5 at 0.25.
  await model.trainOnBatch(tensor([[1]]), tensor([[1]]));
  t.same(await numbers(), [0.25, 0.5, 1]);
  await model.trainOnBatch(tensor([[1]]), tensor([[1]]));
  t.same(await numbers(), [0.625, 1, 2]);
  model.compile(settings);
  t.same(await numbers(), [0.625, 0.25, 0]);
});
