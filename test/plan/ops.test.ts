/** The vocabulary of operations: what each gives on both backends, and what it refuses. Kernels are tested by themselves. */
import t, { type Test } from 'tap';
import type { Backend } from '../../lib/backend/backend.ts';
import { loopsBackend } from '../../lib/backend/loops.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { InklingError, OptionError, ShapeError, StateError } from '../../lib/errors.ts';
import { emitGradients } from '../../lib/plan/gradients.ts';
import { Graph, type Value } from '../../lib/plan/graph.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { makePlan } from '../../lib/plan/plan.ts';
import { runGraph, testVariable } from '../run-graph.ts';

const backends = [loopsBackend, simdBackend];
const random = [1, 2, 3, 4];

interface Given {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
type Values = { readonly [name: string]: Value };

/** What operations make of numbers. */
async function compute(
  backend: Backend,
  given: { readonly [name: string]: Given },
  emit: (ops: Ops, x: Values) => Value,
) {
  const graph = new Graph();
  const source = graph.input('random', [4], 'int32');
  const inputs = Object.entries(given).map(([name, { shape }]) => [name, testVariable(graph, name, shape)] as const);
  const y = emit(new Ops(graph, { training: true, random: source }), Object.fromEntries(inputs));
  const numbers = Object.fromEntries(Object.entries(given).map(([name, { values }]) => [name, values]));
  const { outputs } = await runGraph(backend, graph, { y }, { ...numbers, random });
  return { shape: y.shape, values: [...outputs['y']!] };
}

const table: Given = { shape: [2, 3], values: [1, -2, 3, -4, 5, -6] };
const row: Given = { shape: [3], values: [2, 4, 8] };

/** Each: what is emitted, the shape, and the values, computed by hand. */
const results: readonly [string, (ops: Ops, x: Values) => Value, readonly number[], readonly number[]][] = [
  ['number on the right', (ops, { x }) => ops.subtract(x!, 1), [2, 3], [0, -3, 2, -5, 4, -7]],
  ['number on the left', (ops, { x }) => ops.subtract(1, x!), [2, 3], [0, 3, -2, 5, -4, 7]],
  ['divide a number', (ops, { b }) => ops.divide(16, b!), [3], [8, 4, 2]],
  ['maximum of a number', (ops, { x }) => ops.maximum(x!, 0), [2, 3], [1, 0, 3, 0, 5, 0]],
  ['power', (ops, { x }) => ops.pow(x!, 2), [2, 3], [1, 4, 9, 16, 25, 36]],
  ['odd power', (ops, { x }) => ops.pow(x!, 3), [2, 3], [1, -8, 27, -64, 125, -216]],
  ['comparison', (ops, { x, b }) => ops.less(x!, b!), [2, 3], [1, 1, 1, 1, 0, 1]],
  ['where', (ops, { x, b }) => ops.where(ops.greater(x!, 0), x!, b!), [2, 3], [1, 4, 3, 2, 5, 8]],
  ['reshape', (ops, { x }) => ops.reshape(x!, [3, -1]), [3, 2], table.values],
  ['transpose', (ops, { x }) => ops.transpose(x!), [3, 2], [1, -4, -2, 5, 3, -6]],
  ['slice', (ops, { x }) => ops.slice(x!, [0, -2], [-1, 1]), [2, 1], [-2, 5]],
  ['pad', (ops, { b }) => ops.pad(b!, [[1, 2]], 7), [6], [7, 2, 4, 8, 7, 7]],
  ['expandDims', (ops, { b }) => ops.expandDims(b!, -1), [3, 1], row.values],
  ['squeeze', (ops, { b }) => ops.squeeze(ops.reshape(b!, [1, 3, 1])), [3], row.values],
  ['broadcastTo', (ops, { b }) => ops.broadcastTo(b!, [2, 3]), [2, 3], [2, 4, 8, 2, 4, 8]],
  ['concat', (ops, { x }) => ops.concat([x!, x!], 1), [2, 6], [1, -2, 3, 1, -2, 3, -4, 5, -6, -4, 5, -6]],
  ['split', (ops, { x }) => ops.split(x!, [1, 2], 1)[1]!, [2, 2], [-2, 3, 5, -6]],
  ['stack', (ops, { b }) => ops.stack([b!, b!], -1), [3, 2], [2, 2, 4, 4, 8, 8]],
  [
    'gather',
    (ops, { x, b }) => ops.gather(x!, ops.cast(ops.divide(b!, 4), 'int32'), -1),
    [2, 3],
    [1, -2, 3, -4, 5, -6],
  ],
  ['oneHot', (ops, { x }) => ops.oneHot(ops.argmax(x!, 1), 3), [2, 3], [0, 0, 1, 0, 1, 0]],
  ['sum', (ops, { x }) => ops.sum(x!, -1, true), [2, 1], [2, -5]],
  ['mean', (ops, { x }) => ops.mean(x!, [0]), [3], [-1.5, 1.5, -1.5]],
  ['max', (ops, { x }) => ops.max(x!), [], [5]],
  ['min', (ops, { x }) => ops.min(x!, 0), [3], [-4, -2, -6]],
  ['argmin', (ops, { x }) => ops.argmin(x!), [], [5]],
  ['matmul of a vector', (ops, { x, b }) => ops.matmul(x!, b!), [2], [18, -36]],
  [
    'matmul of three axes',
    (ops, { x, b }) => ops.matmul(ops.reshape(x!, [2, 1, 3]), ops.reshape(b!, [3, 1])),
    [2, 1, 1],
    [18, -36],
  ],
  ['clip', (ops, { x }) => ops.clip(x!, -3, 4), [2, 3], [1, -2, 3, -3, 4, -3]],
];

for (const backend of backends) {
  t.test(`${backend.name}: values and shapes`, async t => {
    for (const [name, emit, shape, values] of results) {
      const got = await compute(backend, { x: table, b: row }, emit);
      t.same(got.shape, shape, `${name}: shape`);
      const near =
        got.values.length === values.length &&
        got.values.every((y, i) => Math.abs(y - values[i]!) <= 3e-7 * Math.abs(values[i]!));
      t.ok(near, `${name}: ${got.values}`);
    }
  });

  t.test(`${backend.name}: NaN is the first place of argmax, and the largest element`, async t => {
    const x: Given = { shape: [4], values: [3, Number.NaN, 9, Number.NaN] };
    t.same((await compute(backend, { x }, (ops, { x }) => ops.argmax(x!))).values, [1]);
    t.same((await compute(backend, { x }, (ops, { x }) => ops.argmin(x!, 0))).values, [1]);
    t.same((await compute(backend, { x }, (ops, { x }) => ops.max(x!))).values, [Number.NaN]);
    t.same((await compute(backend, { x }, (ops, { x }) => ops.maximum(0, x!))).values, [3, Number.NaN, 9, Number.NaN]);
  });

  t.test(`${backend.name}: an index that names no place gives zeros and gets no gradient`, async t => {
    const graph = new Graph();
    const ops = new Ops(graph, { training: true });
    const x = testVariable(graph, 'x', [3, 2]);
    const indices = graph.input('indices', [4], 'int32');
    const y = ops.gather(x, indices);
    const dx = emitGradients(graph, ops.sum(ops.multiply(y, graph.input('weights', y.shape))), [x]).get(x)!;
    const weights = [1, 2, 3, 4, 5, 6, 7, 8];
    const { outputs } = await runGraph(
      backend,
      graph,
      { y, dx },
      { x: [1, 2, 3, 4, 5, 6], indices: [2, 3, -1, 2], weights },
    );
    t.same([...outputs['y']!], [5, 6, 0, 0, 0, 0, 5, 6]);
    t.same([...outputs['dx']!], [0, 0, 0, 0, 8, 10]);
  });

  t.test(`${backend.name}: equal operands and equal maxima share the gradient as in TensorFlow`, async t => {
    const gradientOf = async (emit: (ops: Ops, a: Value, b: Value) => Value) => {
      const graph = new Graph();
      const ops = new Ops(graph, { training: true });
      const [a, b] = [testVariable(graph, 'a', [3]), testVariable(graph, 'b', [3])];
      const gradients = emitGradients(graph, ops.sum(emit(ops, a, b)), [a, b]);
      const { outputs } = await runGraph(
        backend,
        graph,
        { da: gradients.get(a)!, db: gradients.get(b)! },
        { a: [1, 5, 5], b: [1, 5, 9] },
      );
      return [[...outputs['da']!], [...outputs['db']!]];
    };
    t.same(await gradientOf((ops, a, b) => ops.maximum(a, b)), [
      [1, 1, 0],
      [0, 0, 1],
    ]);
    t.same(await gradientOf((ops, a, b) => ops.minimum(a, b)), [
      [1, 1, 1],
      [0, 0, 0],
    ]);
    t.same(await gradientOf((ops, a, b) => ops.add(ops.max(a), ops.min(b))), [
      [0, 0.5, 0.5],
      [1, 0, 0],
    ]);
    t.same(await gradientOf((ops, a, b) => ops.multiply(ops.stopGradient(a), ops.add(a, b))), [
      [1, 5, 5],
      [1, 5, 5],
    ]);
    t.same(await gradientOf((ops, a, b) => ops.add(a, ops.multiply(b, ops.sign(b)))), [
      [1, 1, 1],
      [1, 1, 1],
    ]);
  });

  t.test(`${backend.name}: bytes are cast and scaled in one pass`, async t => {
    const graph = new Graph();
    const ops = new Ops(graph, { training: false });
    const x = graph.input('x', [37], 'uint8');
    const y = ops.affine(ops.cast(x, 'float32'), 1 / 255, -0.5);
    const bytes = Array.from({ length: 37 }, (_, i) => (i * 7) % 256);
    const { outputs, plan } = await runGraph(backend, graph, { y }, { x: bytes });
    t.same(
      plan.calls.map(({ kernel }) => kernel),
      ['castFromUint8Affine'],
    );
    t.ok(outputs['y']!.every((value, i) => Math.abs(value - (bytes[i]! / 255 - 0.5)) < 1e-7));
    const unfused = await runGraph(backend, graph, { y }, { x: bytes }, { fusions: [] });
    t.same(
      unfused.plan.calls.map(({ kernel }) => kernel),
      ['castFromUint8', 'affineForward'],
    );
    t.ok(outputs['y']!.every((value, i) => Math.abs(value - unfused.outputs['y']![i]!) < 1e-7));
  });

  t.test(`${backend.name}: assign writes a variable, and what is emitted later reads it`, async t => {
    const graph = new Graph();
    const ops = new Ops(graph, { training: true });
    const mean = testVariable(graph, 'mean', [2]);
    const before = ops.affine(mean, 1);
    ops.assign(mean, ops.add(ops.multiply(mean, 0.5), graph.input('x', [2])));
    const { outputs, variables } = await runGraph(
      backend,
      graph,
      { before, after: ops.affine(mean, 1) },
      { mean: [2, 4], x: [10, 20] },
    );
    t.same([...outputs['before']!], [2, 4]);
    t.same([...outputs['after']!], [11, 22]);
    t.same([...variables['mean']!], [11, 22]);
  });
}

t.test('random numbers: the same on both backends, uniform ones to the bit', async t => {
  const size = 10_001;
  const draw = (backend: Backend, emit: (ops: Ops) => Value) => compute(backend, {}, emit);
  const [uniform, onSimd] = await Promise.all(backends.map(backend => draw(backend, ops => ops.randomUniform([size]))));
  t.same(uniform, onSimd);
  const [normal, normalOnSimd] = await Promise.all(
    backends.map(backend => draw(backend, ops => ops.randomNormal([size]))),
  );
  const off = Math.max(...normal!.values.map((value, i) => Math.abs(value - normalOnSimd!.values[i]!)));
  t.ok(off < 1e-6, `off by ${off}`);
  const moment = (power: number) => normal!.values.reduce((sum, value) => sum + value ** power, 0) / size;
  t.ok(Math.abs(moment(1)) < 0.03, `mean ${moment(1)}`);
  t.ok(Math.abs(moment(2) - 1) < 0.04, `variance ${moment(2)}`);
  t.ok(Math.abs(moment(4) - 3) < 0.3, `fourth moment ${moment(4)}`);
});

t.test('what the operations refuse', async t => {
  const graph = new Graph();
  const ops = new Ops(graph, { training: false });
  const [x, labels] = [graph.input('x', [2, 3]), graph.input('labels', [2], 'int32')];
  const images = graph.input('images', [1, 4, 4, 1]);
  const refuse = (t: Test, emit: () => unknown, kind: new (message: string) => InklingError, message: string) =>
    t.throws(emit, new kind(message));
  refuse(
    t,
    () => ops.add(x, graph.input('z', [2])),
    ShapeError,
    'add: [2, 3] and [2] do not go together: 3 against 2 elements along axis 1 of the result',
  );
  refuse(t, () => ops.exp(labels), OptionError, 'exp: x is int32, expected float32; use ops.cast before');
  refuse(
    t,
    () => ops.meanSquaredError(x, labels),
    ShapeError,
    'meanSquaredError: x [2, 3] and targets [2] must have the same shape',
  );
  refuse(t, () => ops.matmul(x, x), ShapeError, 'matmul: the inner axes differ: [2, 3] x [2, 3] (3 against 2)');
  refuse(
    t,
    () => ops.matmul(x, ops.reshape(x, [1, 2, 3])),
    ShapeError,
    'matmul: [2, 3] x [1, 2, 3]: b must be a matrix or a vector; split it into matrices',
  );
  refuse(t, () => ops.reshape(x, [4, -1]), ShapeError, 'reshape: [2, 3] with 6 elements cannot become [4, -1]');
  refuse(t, () => ops.sum(x, [0, -2]), ShapeError, 'sum: the axes [0, 0] name one twice');
  refuse(t, () => ops.split(x, 2, 1), ShapeError, 'split: axis 1 of [2, 3] cannot be divided into 2 equal parts');
  refuse(t, () => ops.concat([]), OptionError, 'concat: expected at least one value, got an empty list');
  refuse(
    t,
    () => ops.assign(x, x),
    OptionError,
    'assign: "x" is no variable; only what a layer or a training declares is kept',
  );
  refuse(
    t,
    () => ops.randomNormal([2]),
    StateError,
    'randomNormal: this graph has no source of randomness; only training has one',
  );
  const padding = { top: 3, bottom: 0, left: 0, right: 0 };
  const options = { window: [2, 2], strides: [2, 2], dilation: [1, 1], padding } as const;
  refuse(
    t,
    () => ops.maxPool2d(images, options),
    ShapeError,
    'maxPool2d: the window of output row 0 lies in the padding alone, outside of the 4 rows of the input; use less padding',
  );
});

t.test('a plan keeps nothing of what only a stopped gradient would need', async t => {
  const graph = new Graph();
  const ops = new Ops(graph, { training: true });
  const w = testVariable(graph, 'w', [2]);
  const y = ops.sum(ops.stopGradient(ops.exp(w)));
  t.throws(
    () => emitGradients(graph, y, [w]),
    new InklingError('the loss does not depend on the parameter w: use it in forward, or declare it trainable: false'),
  );
  t.same(
    makePlan(graph, { inputs: {}, outputs: { y }, fusions: new Set() }).calls.map(({ kernel }) => kernel),
    ['expForward', 'sumForward'],
  );
});
