/** Composites, graphs and shared layers against Keras: values, gradients, files, on both backends. */
import t from 'tap';
import {
  add,
  average,
  type BackendName,
  branches,
  concatenate,
  conv2d,
  decodeModel,
  dense,
  dot,
  encodeModel,
  flatten,
  globalAveragePooling2d,
  graph,
  type JoinName,
  type Layer,
  type Loss,
  maximum,
  maxPooling2d,
  minimum,
  relu,
  reshape,
  residual,
  Sequential,
  type Shape,
  sgd,
  subtract,
  tensor,
} from '../../lib/index.ts';
import { readGolden, relativeError } from './golden.ts';
import { sizeOf, uniform } from './inputs.ts';

const { madeBy, cases } = readGolden<{
  readonly madeBy: string;
  readonly cases: readonly {
    readonly name: string;
    readonly shape: Shape;
    readonly output: Shape;
    readonly count: number;
    readonly y: readonly number[];
    readonly dx: readonly number[];
    /** Gradients, by the names of layer and parameter. */
    readonly parameters: { readonly [key: string]: readonly number[] };
  }[];
}>('composites-keras.json');

type Activation = 'relu' | 'linear' | 'sigmoid' | 'tanh';
const conv = (filters: number, kernelSize: number, name: string, activation: Activation = 'linear', strides = 1) =>
  conv2d({ filters, kernelSize, padding: 'same', activation, strides, name });

const joined = (join: JoinName, axis?: number) =>
  branches([conv(3, 3, 'a'), conv(3, 1, 'b', 'sigmoid')], axis === undefined ? { join } : { join, axis });

const dotted = (options: Parameters<typeof dot>[0]) =>
  branches(
    [
      [conv(2, 3, 'a'), reshape([16, 2])],
      [conv(4, 1, 'b'), reshape([16, 4])],
    ],
    { join: dot(options) },
  );

/** The networks of composites_keras.py. */
const networks: { readonly [name: string]: () => readonly Layer[] } = {
  residual: () => [residual([conv(3, 3, 'first', 'relu'), conv(3, 3, 'second')], { activation: 'relu' })],
  projection: () => {
    const shortcut = conv(4, 1, 'shortcut', 'linear', 2);
    return [residual([conv(4, 3, 'first', 'relu', 2), conv(4, 3, 'second')], { shortcut, activation: 'relu' })];
  },
  squeeze: () => {
    const excitation = [
      globalAveragePooling2d({ keepDims: true }),
      dense(2, { activation: 'relu', name: 'squeeze' }),
      dense(3, { activation: 'sigmoid', name: 'excite' }),
    ];
    return [residual(excitation, { join: 'multiply' })];
  },
  inception: () => [
    branches([
      conv(2, 1, 'size1', 'relu'),
      [conv(2, 1, 'reduce3', 'relu'), conv(2, 3, 'size3', 'relu')],
      [conv(2, 1, 'reduce5', 'relu'), conv(1, 5, 'size5', 'relu')],
      [maxPooling2d({ poolSize: 3, strides: 1, padding: 'same' }), conv(1, 1, 'pooled', 'relu')],
    ]),
  ],
  'dense block': () =>
    [0, 1].map(i =>
      residual([conv(4, 1, `bottleneck${i}`, 'relu'), conv(2, 3, `growth${i}`)], { join: 'concatenate' }),
    ),
  add: () => [joined('add')],
  subtract: () => [joined('subtract')],
  multiply: () => [joined('multiply')],
  average: () => [joined('average')],
  maximum: () => [joined('maximum')],
  minimum: () => [joined('minimum')],
  'concatenate rows': () => [joined('concatenate', 1)],
  dot: () => [dotted(1)],
  'dot of unit vectors': () => [dotted({ axes: [1, 1], normalize: true })],
  cosine: () => [
    flatten(),
    branches([dense(5, { name: 'a' }), dense(5, { name: 'b' })], { join: dot({ axes: -1, normalize: true }) }),
  ],
  graph: () => {
    const shared = conv(3, 3, 'shared', 'tanh');
    const layer = graph([4, 4, 3], (x, apply) => {
      const a = apply(shared, x);
      const b = apply(shared, a);
      const c = apply(globalAveragePooling2d(), b);
      const d = apply(add(), [a, b, c]);
      const e = apply(maximum(), [apply(subtract(), [d, x]), apply(minimum(), [a, x])]);
      return apply(concatenate(1), [e, apply(average(), [x, c]), d]);
    });
    return [layer];
  },
  shared: () => {
    const layer = dense(3, { name: 'shared', activation: 'tanh' });
    return [layer, layer, relu(), layer];
  },
};

/** The sum of weights times the output: its gradient is that which composites_keras.py takes. */
const weightedSum: Loss<'numbers'> = {
  name: 'weightedSum',
  targets: 'numbers',
  forward: (ops, output, weights) => ops.sum(ops.multiply(output, weights), [output.shape.length - 1]),
};

/** The layer's and the parameter's own name. */
const keyOf = (path: string): string => path.split('/').slice(-2).join('/');

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend} and ${madeBy}`, async t => {
    for (const { name, shape, output, count, y, dx, parameters } of cases) {
      const model: Sequential = new Sequential({ inputShape: shape, backend });
      for (const layer of networks[name]!()) model.add(layer);
      t.same([model.outputShape, model.countParams()], [output, count], name);
      const paths = Object.keys((await model.getState()).tensors);
      t.same(paths.map(keyOf).sort(), Object.keys(parameters).sort(), `${name}: its parameters`);
      const shapes = (await model.getWeights()).map(weight => weight.shape);
      const drawn = paths.map((path, i) =>
        tensor(uniform(`composites/${name}/${keyOf(path)}`, { shape: shapes[i]! }), shapes[i]!),
      );
      await model.setWeights(drawn);
      const x = tensor(uniform(`composites/${name}/x`, { shape: [2, ...shape], scale: 4 }), [2, ...shape]);
      for (const each of [model, await decodeModel(await encodeModel(model))]) {
        const error = relativeError((await each.predict(x)).data, y);
        t.ok(error < 3e-6, `${name}: the output is ${error} off`);
      }
      const targets = tensor(uniform(`composites/${name}/weights`, { shape: [2, sizeOf(output)], scale: 2 }), [
        2,
        ...output,
      ]);
      const { input } = await model.gradients(x, { of: { loss: weightedSum, targets } });
      const error = relativeError(input.data, dx);
      t.ok(error < 3e-6, `${name}: the gradient of the input is ${error} off`);
      // The loss is the mean over the rows: a rate of their number takes the gradient of the sum off the parameters.
      const rows = sizeOf([2, ...output.slice(0, -1)]);
      model.compile({ optimizer: sgd({ learningRate: rows }), loss: weightedSum });
      await model.trainOnBatch(x, targets);
      for (const [i, after] of (await model.getWeights()).entries()) {
        const off = relativeError(drawn[i]!.subtract(after).data, parameters[keyOf(paths[i]!)]!);
        t.ok(off < 1e-5, `${name}: the gradient of ${paths[i]} is ${off} off`);
      }
    }
  });
}
