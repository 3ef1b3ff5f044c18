/** The primitives of Ops against Keras: values and gradients, with ties, zeros and negative numbers, on both backends. */
import t from 'tap';
import { loopsBackend } from '../../lib/backend/loops.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { emitGradients } from '../../lib/plan/gradients.ts';
import { Graph, type Value } from '../../lib/plan/graph.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { runGraph, testVariable } from '../run-graph.ts';
import { readGolden, relativeError } from './golden.ts';

interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Primitives {
  readonly madeBy: string;
  readonly cases: readonly {
    readonly name: string;
    readonly inputs: { readonly [name: string]: Numbers };
    readonly y: Numbers;
    readonly gradients: { readonly [name: string]: readonly number[] };
  }[];
}
type Emit = (ops: Ops, a: Value, b: Value, indices: Value) => Value;

const emitted: { readonly [name: string]: Emit } = {
  maximum: (ops, a, b) => ops.maximum(a, b),
  'maximum of a row': (ops, a, b) => ops.maximum(a, b),
  minimum: (ops, a, b) => ops.minimum(a, b),
  pow: (ops, a, b) => ops.pow(a, b),
  'pow of negatives': (ops, a, b) => ops.pow(a, b),
  equal: (ops, a, b) => ops.equal(a, b),
  notEqual: (ops, a, b) => ops.notEqual(a, b),
  less: (ops, a, b) => ops.less(a, b),
  lessEqual: (ops, a, b) => ops.lessEqual(a, b),
  greater: (ops, a, b) => ops.greater(a, b),
  greaterEqual: (ops, a, b) => ops.greaterEqual(a, b),
  where: (ops, a, b) => ops.where(ops.greater(a, b), a, ops.square(b)),
  clip: (ops, a) => ops.clip(a, -2, 3),
  square: (ops, a) => ops.square(a),
  negate: (ops, a) => ops.negate(a),
  log1p: (ops, a) => ops.log1p(a),
  erf: (ops, a) => ops.erf(a),
  sign: (ops, a) => ops.sign(a),
  floor: (ops, a) => ops.floor(a),
  max: (ops, a) => ops.max(a, 1),
  'max of all': (ops, a) => ops.max(a),
  'min kept': (ops, a) => ops.min(a, 0, true),
  argmax: (ops, a) => ops.argmax(a, 1),
  argmin: (ops, a) => ops.argmin(a, 0),
  concat: (ops, a, b) => ops.concat([a, b, a], 1),
  stack: (ops, a, b) => ops.stack([a, b], 1),
  split: (ops, a) => ops.split(a, 2, 1)[1]!,
  gather: (ops, a, _, indices) => ops.gather(a, indices),
  'gather columns': (ops, a, _, indices) => ops.gather(a, indices, 1),
  slice: (ops, a) => ops.slice(a, [1, 0], [2, 3]),
  pad: (ops, a) =>
    ops.pad(
      a,
      [
        [1, 0],
        [0, 2],
      ],
      7,
    ),
};

const { madeBy, cases } = readGolden<Primitives>('primitives-keras.json');

for (const backend of [loopsBackend, simdBackend]) {
  t.test(`${backend.name} and ${madeBy}`, async t => {
    t.same(cases.map(({ name }) => name).sort(), Object.keys(emitted).sort());
    for (const { name, inputs, y: expected, gradients } of cases) {
      const graph = new Graph();
      const ops = new Ops(graph, { training: true });
      const operands = Object.entries(inputs).map(
        ([key, { shape }]) => [key, testVariable(graph, key, shape)] as const,
      );
      const indices = graph.input('indices', [3], 'int32');
      const { a, b } = Object.fromEntries(operands);
      const y = emitted[name]!(ops, a!, b ?? a!, indices);
      const wanted = operands.filter(([key]) => key in gradients);
      const loss = wanted.length === 0 ? y : ops.sum(ops.multiply(y, graph.input('weights', y.shape)));
      const values =
        wanted.length === 0
          ? new Map()
          : emitGradients(
              graph,
              loss,
              wanted.map(([, value]) => value),
            );
      const given = Object.fromEntries(Object.entries(inputs).map(([key, each]) => [key, each.values]));
      const weights = expected.values.map((_, i) => i + 1);
      const named = Object.fromEntries(wanted.map(([key, value]) => [`d${key}`, values.get(value)!]));
      const { outputs } = await runGraph(backend, graph, { y, ...named }, { ...given, indices: [2, 0, 2], weights });
      t.same(y.shape, expected.shape, `${name}: shape`);
      const off = relativeError(outputs['y']!, expected.values);
      t.ok(off < 2e-6, `${name} is off by ${off}`);
      for (const [key] of wanted) {
        const offGradient = relativeError(outputs[`d${key}`]!, gradients[key]!);
        t.ok(offGradient < 2e-6, `${name}: d${key} is off by ${offGradient}`);
      }
    }
  });
}
