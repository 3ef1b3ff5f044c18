/** Activations: far from 0, in the forms in which they can be given, and what the comparison with Keras leaves out. */
import t from 'tap';
import {
  type ActivationLike,
  activation,
  activations,
  type BackendName,
  compileFunction,
  decodeModel,
  dense,
  encodeModel,
  gelu,
  grad,
  hardSilu,
  type Layer,
  type Ops,
  prelu,
  relu,
  Sequential,
  silu,
  softmax,
  tensor,
  type Value,
} from '../../lib/index.ts';
import { checkedActivation } from '../../lib/layers/activation-option.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

/** What an activation makes of numbers, and its slopes there. */
async function along(
  given: ActivationLike,
  numbers: readonly number[],
  backend: BackendName,
): Promise<{ y: number[]; slopes: number[] }> {
  const x = tensor([...numbers], [numbers.length, 1] as [number, 1]);
  const apply = (ops: Ops, value: Value): Value => checkedActivation(given).activate(ops, value);
  const f = compileFunction(apply, { backend });
  const slope = compileFunction(
    grad((ops, value) => ops.sum(apply(ops, value))),
    { backend },
  );
  const [y, slopes] = [[...(await f(x)).data], [...(await slope(x)).data]];
  f.dispose();
  slope.dispose();
  return { y, slopes };
}

const far = [50, 1e4, 1e19, 3e38];
/** Where an activation goes: its values at -50, -10^4, -10^19 and -3 10^38, then at 50, ...; and its slope on each side. */
const limits: { readonly [name: string]: readonly [values: readonly number[], left: number, right: number] } = {
  relu: [[0, 0, 0, 0, ...far], 0, 1],
  relu6: [[0, 0, 0, 0, 6, 6, 6, 6], 0, 0],
  leakyRelu: [[-10, -2e3, -2e18, -6e37, ...far], 0.2, 1],
  elu: [[-1, -1, -1, -1, ...far], 0, 1],
  selu: [[...new Array(4).fill(-1.7580993408473766), ...far.map(x => x * 1.0507009873554805)], 0, 1.0507009873554805],
  celu: [[-1, -1, -1, -1, ...far], 0, 1],
  gelu: [[0, 0, 0, 0, ...far], 0, 1],
  silu: [[-50 * Math.exp(-50), 0, 0, 0, ...far], 0, 1],
  mish: [[-50 * Math.exp(-50), 0, 0, 0, ...far], 0, 1],
  softplus: [[Math.exp(-50), 0, 0, 0, ...far], 0, 1],
  logSigmoid: [[...far.map(x => -x), -Math.exp(-50), 0, 0, 0], 1, 0],
  squareplus: [[1 / 50 - 1 / 50 ** 3, 1e-4, 1e-19, 0, 50 + 1 / 50 - 1 / 50 ** 3, 1e4, 1e19, 3e38], 0, 1],
  sigmoid: [[Math.exp(-50), 0, 0, 0, 1, 1, 1, 1], 0, 0],
  tanh: [[-1, -1, -1, -1, 1, 1, 1, 1], 0, 0],
  softsign: [[-50 / 51, -1e4 / 10001, -1, -1, 50 / 51, 1e4 / 10001, 1, 1], 0, 0],
  hardSigmoid: [[0, 0, 0, 0, 1, 1, 1, 1], 0, 0],
  hardSilu: [[0, 0, 0, 0, ...far], 0, 1],
  hardTanh: [[-1, -1, -1, -1, 1, 1, 1, 1], 0, 0],
  sparseSigmoid: [[0, 0, 0, 0, 1, 1, 1, 1], 0, 0],
  sparsePlus: [[0, 0, 0, 0, ...far], 0, 1],
  hardShrink: [[...far.map(x => -x), ...far], 1, 1],
  softShrink: [[-49.5, -9999.5, -1e19, -3e38, 49.5, 9999.5, 1e19, 3e38], 1, 1],
  tanhShrink: [[-49, -9999, -1e19, -3e38, 49, 9999, 1e19, 3e38], 1, 1],
};

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend}: far from 0 nothing overflows`, async t => {
    const approximate = { name: 'gelu', approximate: true };
    const all = [...Object.entries(limits), [JSON.stringify(approximate), limits['gelu']!] as const];
    for (const [name, [values, left, right]] of all) {
      const given = name.startsWith('{') ? approximate : (name as ActivationLike);
      const { y, slopes } = await along(given, [...far.map(x => -x), ...far], backend);
      for (const [i, expected] of values.entries()) {
        t.ok(Math.abs(y[i]! - expected) <= 2e-6 * Math.abs(expected) + 1e-30, `${name}: ${y[i]}, not ${expected}`);
        const slope = i < 4 ? left : right;
        t.ok(Math.abs(slopes[i]! - slope) < 1e-3, `${name}: the slope is ${slopes[i]}, not ${slope}`);
      }
    }
  });

  t.test(`${backend}: NaN stays NaN`, async t => {
    for (const name of [...Object.keys(limits), 'exponential', 'linear'] as ActivationLike[]) {
      const { y } = await along(name, [Number.NaN, 1, Number.NaN, Number.NaN, 2], backend);
      t.same(y.map(Number.isNaN), [true, false, true, true, false], JSON.stringify(name));
    }
  });

  t.test(`${backend}: sparsemax is the nearest point of the simplex`, async t => {
    const rows = [
      [0.1, 0.2, 0.15, 0.3, 0.05],
      [2, 1.9, -3, 1.7, 0],
      [5, 1, 1, 1, 1],
      [1, 1, 1, 0.2, -4],
      [1000.25, 1000, -1000, 999.75, 0],
    ];
    const f = compileFunction((ops, x) => activations.sparsemax().activate(ops as Ops, x), { backend });
    const got = (await f(tensor(rows))).toArray() as number[][];
    for (const [i, row] of rows.entries()) {
      const expected = nearestOfSimplex(row);
      t.ok(
        expected.every((each, j) => Math.abs(each - got[i]![j]!) < 1e-5),
        `${JSON.stringify(got[i])}, not ${JSON.stringify(expected)}`,
      );
    }
    f.dispose();
  });

  t.test(`${backend}: the gradient of sparsemax is the difference that it makes`, async t => {
    const rows = [
      [0.3, 0.9, -0.2, 0.55],
      [2, 0.1, 1.8, 1.9],
    ];
    const weights = [1, -2, 0.5, 3];
    const weighted = (ops: Ops, x: Value): Value =>
      ops.sum(
        ops.multiply(activations.sparsemax().activate(ops, x), ops.stack(weights.map(each => ops.fill([], each)))),
      );
    const [f, slope] = [compileFunction(weighted, { backend }), compileFunction(grad(weighted), { backend })];
    const at = async (given: readonly number[][]): Promise<number> => (await f(tensor(given))).data[0]!;
    const got = (await slope(tensor(rows))).toArray() as number[][];
    for (const [i, row] of rows.entries()) {
      for (const j of row.keys()) {
        const moved = (by: number) => rows.map((each, k) => each.map((x, l) => (k === i && l === j ? x + by : x)));
        const difference = ((await at(moved(0.01))) - (await at(moved(-0.01)))) / 0.02;
        t.ok(Math.abs(got[i]![j]! - difference) < 1e-4, `[${i}, ${j}]: ${got[i]![j]}, not ${difference}`);
      }
    }
    f.dispose();
    slope.dispose();
  });
}

/** max(x - level, 0), the level being found by halving: the sum falls with it. */
function nearestOfSimplex(row: readonly number[]): number[] {
  const at = (level: number) => row.map(x => Math.max(x - level, 0));
  let [low, high] = [Math.min(...row) - 1, Math.max(...row)];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    const sum = at(middle).reduce((total, each) => total + each, 0);
    if (sum > 1) low = middle;
    else high = middle;
  }
  return at(high);
}

t.test('an activation is given by its name, its config, as an object or as a function', async t => {
  const x = tensor([[-2, -1, 0.5, 3]]);
  const slope = (layer: Layer) => new Sequential({ inputShape: [4] }).add(layer) as Sequential;
  const expected = [[-0.5, -0.25, 0.5, 3]];
  const ways: ActivationLike[] = [
    { name: 'leakyRelu', negativeSlope: 0.25 },
    { name: 'relu', negativeSlope: 0.25 },
    activations.leakyRelu({ negativeSlope: 0.25 }),
    (ops, x) => ops.leakyRelu(x, 0.25),
    { name: 'quarter', activate: (ops, x) => ops.maximum(x, ops.multiply(x, 0.25)) },
  ];
  for (const way of ways) t.same((await slope(activation(way)).predict(x)).toArray(), expected);
  const model = new Sequential({ inputShape: [4], seed: 1 }).add(
    dense(2, { activation: { name: 'leakyRelu', negativeSlope: 0.25 } }),
  );
  const copy = await decodeModel(await encodeModel(model));
  t.same((await copy.predict(x)).data, (await model.predict(x)).data);
  t.same(copy.layers[0]!.config!['activation'], { name: 'leakyRelu', negativeSlope: 0.25 });
});

t.test('a config has the name alone where all options are the defaults', async t => {
  const configs: [Layer, unknown][] = [
    [activation('swish'), { activation: 'silu' }],
    [activation({ name: 'leakyRelu', negativeSlope: 0.2 }), { activation: 'leakyRelu' }],
    [silu(), { activation: 'silu' }],
    [hardSilu({ name: 'h' }), { activation: 'hardSilu' }],
    [gelu(), { activation: 'gelu' }],
    [gelu({ approximate: true }), { activation: { name: 'gelu', approximate: true } }],
    [activation((ops, x) => ops.exp(x)), undefined],
    [relu({ maxValue: 6 }), { maxValue: 6, negativeSlope: 0, threshold: 0 }],
  ];
  for (const [layer, config] of configs) t.same(layer.config, config);
});

t.test('what cannot be saved says so', async t => {
  const model = new Sequential({ inputShape: [2] }).add(dense(1, { activation: (ops, x) => ops.exp(x) }));
  t.equal(
    await rejectionOf(encodeModel(model)),
    'OptionError: layer "dense" cannot be saved: it has no config, or one of its options is a function or an object without a config; name what the library has, or give the object a name and a config',
  );
});

t.test('options out of range, and shapes that do not fit', async t => {
  const names =
    'linear, relu, leakyRelu, relu6, elu, selu, celu, gelu, silu, swish, mish, sigmoid, tanh, softmax, logSoftmax, logSigmoid, softplus, softsign, exponential, hardSigmoid, hardSilu, hardSwish, hardTanh, hardShrink, softShrink, tanhShrink, threshold, squareplus, sparsePlus, sparseSigmoid, sparsemax';
  const loose = (given: unknown) => activation(given as ActivationLike);
  const add = (layer: Layer) => new Sequential({ inputShape: [2, 3] as number[] }).add(layer);
  const faults: [() => unknown, string][] = [
    [() => loose(3), `OptionError: expected an activation: its name, a config or an object, got 3; known: ${names}`],
    [() => loose('gellu'), `OptionError: unknown activation "gellu": did you mean "gelu"? Known: ${names}`],
    [
      () => loose({ name: 'elu', alfa: 1 }),
      'OptionError: unknown option of elu "alfa": did you mean "alpha"? Known: alpha',
    ],
    [() => loose({ name: 'relu', maxValue: -1 }), 'OptionError: relu: maxValue must be at least 0, got -1'],
    [() => loose({ name: 'relu', threshold: '1' }), 'OptionError: relu: threshold must be a finite number, got "1"'],
    [() => loose({ name: 'celu', alpha: 0 }), 'OptionError: celu: alpha must be greater than 0, got 0'],
    [() => loose({ name: 'squareplus', b: 0 }), 'OptionError: squareplus: b must be greater than 0, got 0'],
    [
      () => loose({ name: 'threshold', threshold: 1 }),
      'OptionError: threshold: defaultValue must be a finite number, got undefined',
    ],
    [() => loose({ name: 'gelu', approximate: 1 }), 'OptionError: gelu: approximate must be true or false, got 1'],
    [() => loose({ name: 'sparsemax', axis: [1, 2] }), 'OptionError: sparsemax: axis must be a single one, got [1, 2]'],
    [
      () => softmax({ axis: 0 }),
      'OptionError: softmax: axis 0 is that of the batch; expected axes of one input, from 1 on or -1',
    ],
    [
      () => add(softmax({ axis: 3 })),
      'ShapeError: softmax "softmax": axis 3 does not exist in inputs of [2, 3]: expected 1 to 2, or -1 to -2',
    ],
    [
      () => add(softmax({ axis: [1, -2] })),
      'ShapeError: softmax "softmax": the axes [1, -2] name one twice in inputs of [2, 3]',
    ],
    [
      () => add(prelu({ sharedAxes: 3 })),
      'ShapeError: prelu "p_re_lu": sharedAxes has 3 for inputs of [2, 3]: expected axes from 1 to 2',
    ],
    [() => prelu({ sharedAxes: [0] }), 'OptionError: prelu: sharedAxes must be integers of 1 or more, got [0]'],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), message);
});
