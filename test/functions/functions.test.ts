/** Functions of values, compiled, and their gradients: against PyTorch, and against central differences. */
import t, { type Test } from 'tap';
import {
  compileFunction,
  grad,
  type Ops,
  randomNormal,
  randomUniform,
  type Shape,
  type Tensor,
  tensor,
  type Value,
  type ValueFunction,
  zeros,
} from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';
import { readGolden } from '../golden/golden.ts';
import { uniform } from '../golden/inputs.ts';

interface Golden {
  readonly madeBy: string;
  readonly functions: {
    readonly [name: string]: {
      readonly shapes: readonly Shape[];
      readonly offset: number;
      readonly value: readonly number[];
      readonly gradients: readonly (readonly number[])[];
      readonly second: readonly number[];
    };
  };
}
const golden = readGolden<Golden>('functions-torch.json');

/** The functions of functions_torch.py. */
const functions: { readonly [name: string]: ValueFunction } = {
  polynomial: (ops, x) => ops.sum(ops.subtract(ops.multiply(ops.multiply(x!, x!), x!), ops.multiply(2, x!))),
  softplus: (ops, x, y) => ops.sum(ops.log(ops.add(1, ops.exp(ops.multiply(x!, y!))))),
  bilinear: (ops, x, w) => {
    const y = ops.matmul(x!, w!);
    return ops.mean(ops.sqrt(ops.add(ops.multiply(y, y), 1)));
  },
  ratio: (ops, x) => ops.sum(ops.divide(ops.exp(x!), ops.add(1, ops.multiply(x!, x!)))),
  distance: (ops, x, y) => {
    const difference = ops.subtract(x!, y!);
    return ops.sum(ops.sqrt(ops.add(ops.sum(ops.multiply(difference, difference), [1]), 0.125)));
  },
};

function agree(t: Test, got: Tensor, expected: readonly number[], what: string): void {
  const scale = Math.max(1e-3, ...expected.map(Math.abs));
  const apart = Math.max(...expected.map((value, i) => Math.abs(value - got.data[i]!)));
  t.equal(got.size, expected.length, what);
  t.ok(apart <= 2e-6 * scale, `${what}: ${apart} apart of ${scale}`);
}

t.test(`values, gradients and gradients of gradients: ${golden.madeBy}`, async t => {
  for (const backend of ['loops', 'simd'] as const) {
    for (const [name, f] of Object.entries(functions)) {
      const { shapes, offset, value, gradients, second } = golden.functions[name]!;
      const inputs = shapes.map((shape, i) => tensor(uniform(`functions/${name}/${i}`, { shape, offset }), shape));
      agree(t, await compileFunction(f, { backend })(...inputs), value, name);
      for (const [argument, expected] of gradients.entries()) {
        const got = await compileFunction(grad(f, { argument }), { backend })(...inputs);
        t.same(got.shape, shapes[argument]);
        agree(t, got, expected, `${name}, gradient ${argument}`);
      }
      const first = grad(f);
      const halfSquare: ValueFunction = (ops, ...values) => {
        const slope = first(ops, ...values);
        return ops.multiply(ops.sum(ops.multiply(slope, slope)), 0.5);
      };
      agree(t, await compileFunction(grad(halfSquare), { backend })(...inputs), second, `${name}, second`);
    }
  }
});

t.test('gradients through structural operations are those of central differences', async t => {
  const f = (ops: Ops, x: Value<[2, 6, 6, 1]>, w: Value<[3, 3, 1, 2]>) => {
    const y = ops.conv2d(x, w, { strides: [1, 1], dilation: [1, 1], padding: 'same' });
    const pooled = ops.maxPool2d(ops.tanh(y), { window: [2, 2], strides: [2, 2], dilation: [1, 1], padding: 'valid' });
    const rows = ops.softmax(ops.reshape(pooled, [2, 18]));
    return ops.sum(ops.sqrt(ops.add(ops.multiply(rows, rows), 0.5)));
  };
  const x = randomNormal([2, 6, 6, 1], { seed: 1 });
  const w = randomNormal([3, 3, 1, 2], { seed: 2 });
  const value = compileFunction(f);
  const slopes = await compileFunction(grad(f, { argument: 1 }))(x, w);
  t.same(slopes.shape, [3, 3, 1, 2]);
  const h = 1 / 256;
  for (let i = 0; i < w.size; i++) {
    const at = async (offset: number) => {
      const moved = w.add(0);
      moved.data[i]! += offset;
      return (await value(x, moved)).item();
    };
    const expected = ((await at(h)) - (await at(-h))) / (2 * h);
    t.ok(Math.abs(slopes.data[i]! - expected) < 3e-3, `element ${i}: ${slopes.data[i]}, expected ${expected}`);
  }
});

t.test('a function gives one value or several, for any shapes', async t => {
  const both = compileFunction((ops: Ops, a: Value, b: Value) => [ops.add(a, b), ops.matmul(a, b)] as const);
  for (const size of [1, 2, 3, 40, 2, 1]) {
    const [a, b] = [randomUniform([size, size], { seed: 1 }), randomUniform([size, size], { seed: 2 })];
    const [sum, product] = await both(a, b);
    t.equal(sum.subtract(a.add(b)).abs().max().item(), 0);
    t.ok(product.subtract(a.matmul(b)).abs().max().item() < 1e-5);
  }
  const same = compileFunction((_: Ops, x: Value) => x);
  t.same((await same(tensor([1, 2]))).toArray(), [1, 2]);
  const view = compileFunction((ops: Ops, x: Value<[4]>) => ops.reshape(x, [2, 2]));
  t.same((await view(tensor([1, 2, 3, 4], [4]))).toArray(), [
    [1, 2],
    [3, 4],
  ]);
  const classes = compileFunction((ops: Ops, x: Value) => ops.oneHot(x, 3));
  t.same((await classes(tensor([2, 0], [2], 'int32'))).toArray(), [
    [0, 0, 1],
    [1, 0, 0],
  ]);
  const flags = compileFunction((ops: Ops, x: Value) => ops.multiply(x, 2));
  t.same((await flags(tensor([true, false]))).toArray(), [2, 0], 'booleans are 0 and 1');
});

t.test('grad takes what its function makes of its input alone', async t => {
  const x = tensor([3], []);
  const outer = compileFunction((ops: Ops, v: Value<[]>) => {
    const square = ops.multiply(v, v);
    return grad((inner: Ops, u: Value<[]>) => inner.multiply(u, square))(ops, v);
  });
  t.equal((await outer(x)).item(), 9, 'what it closes over stands still');
  const constant = compileFunction(grad((ops: Ops, _: Value<[2]>) => ops.sum(ops.fill([3], 1))));
  t.same((await constant(zeros([2]))).toArray(), [0, 0], 'and 0 where it makes nothing of it');
});

t.test('what cannot be', async t => {
  const sum = compileFunction((ops: Ops, x: Value) => ops.sum(x));
  const faults: [() => Promise<unknown>, string][] = [
    [() => sum([1, 2] as never), 'OptionError: compileFunction: input 0 must be a tensor, got [1, 2]'],
    [
      () => compileFunction(() => 3 as never)(),
      'OptionError: compileFunction: the function must give a value or a list of values, got 3',
    ],
    [
      () => compileFunction(grad((_, x: Value) => x))(zeros([2])),
      'ShapeError: grad: the function gives [2], expected a single number; take its sum or mean',
    ],
    [
      () => compileFunction(grad((ops, x: Value) => ops.sum(x), { argument: 1 }))(zeros([2])),
      'OptionError: grad: argument must be an integer from 0 to 0, got 1',
    ],
    [
      () => compileFunction((ops: Ops, a: Value, b: Value) => ops.add(a, b))(zeros([2]), zeros([3])),
      'ShapeError: add: [2] and [3] do not go together: 2 against 3 elements along axis 0 of the result',
    ],
    [
      () =>
        compileFunction(grad((ops, x: Value) => ops.sum(grad((o, y: Value) => o.sum(o.relu(y)))(ops, x))))(zeros([2])),
      'InklingError: reluBackward has no gradient, and the loss depends on a parameter through it',
    ],
  ];
  for (const [fault, message] of faults) t.equal(await rejectionOf(Promise.resolve().then(fault)), message);
  t.equal(
    errorOf(() => compileFunction(3 as never)),
    'OptionError: compileFunction: expected a function (ops, x) => ..., got 3',
  );
  t.equal(
    errorOf(() => grad(undefined as never)),
    'OptionError: grad: expected a function (ops, x) => ..., got undefined',
  );
  t.equal((await sum(zeros([2]))).item(), 0, 'a fault leaves the others as they are');
  sum.dispose();
  t.equal(await rejectionOf(sum(zeros([2]))), 'StateError: compileFunction: the function is disposed: make a new one');
});
