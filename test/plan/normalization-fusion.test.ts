/** Normalizations fused with what stands behind them give what they give by themselves, forward and backward. */
import t from 'tap';
import { fusionNames } from '../../kernels/contract.ts';
import { loopsBackend } from '../../lib/backend/loops.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { emitGradients } from '../../lib/plan/gradients.ts';
import { Graph, type Value } from '../../lib/plan/graph.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { sizeOf } from '../../lib/shape/shape.ts';
import { runGraph, testVariable } from '../run-graph.ts';

/** What is built of x, of a second operand, and of what normalizes a value. */
type Build = (ops: Ops, x: Value, other: Value, normal: (x: Value) => Value) => Value;
interface Pattern {
  readonly build: Build;
  /** The kernels of normalization, sum and relu that are left. */
  readonly kernels: readonly string[];
}

const patterns: { readonly [name: string]: Pattern } = {
  'a relu': {
    build: (ops, x, _, normal) => ops.relu(normal(x)),
    kernels: ['normalizationRelu', 'normalizationReluBackward'],
  },
  'a relu of at most 1': {
    build: (ops, x, _, normal) => ops.relu(normal(x), { maxValue: 1 }),
    kernels: ['normalizationRelu', 'normalizationReluBackward'],
  },
  'a relu with a slope': {
    build: (ops, x, _, normal) => ops.relu(normal(x), { maxValue: 1, negativeSlope: 0.1 }),
    kernels: ['normalizationForward', 'normalizationBackward'],
  },
  'a sum': {
    build: (ops, x, other, normal) => ops.add(normal(x), other),
    kernels: ['normalizationAdd', 'normalizationBackward'],
  },
  'a sum and a relu': {
    build: (ops, x, other, normal) => ops.relu(ops.add(normal(x), other)),
    kernels: ['normalizationAddRelu', 'normalizationAddReluBackward'],
  },
  'the second operand of a sum and a relu': {
    build: (ops, x, other, normal) => ops.relu(ops.add(other, normal(x))),
    kernels: ['normalizationAddRelu', 'normalizationAddReluBackward'],
  },
  'a block with a shortcut': {
    build: (ops, x, _, normal) => ops.relu(ops.add(normal(ops.relu(normal(x))), x)),
    kernels: [
      ...['normalizationRelu', 'normalizationAddRelu'],
      ...['normalizationAddReluBackward', 'normalizationReluBackward', 'addForward'],
    ],
  },
  'two normalizations in a sum': {
    build: (ops, x, other, normal) => ops.relu(ops.add(normal(x), normal(other))),
    kernels: [
      ...['normalizationForward', 'normalizationAddRelu'],
      ...['normalizationAddReluBackward', 'normalizationBackward'],
    ],
  },
  'a sum with itself': {
    build: (ops, x, _, normal) => {
      const y = normal(x);
      return ops.relu(ops.add(y, y));
    },
    kernels: [
      'normalizationForward',
      'addForward',
      'reluForward',
      'reluBackward',
      'addForward',
      'normalizationBackward',
    ],
  },
  'a relu and another reader': {
    build: (ops, x, other, normal) => {
      const y = normal(x);
      return ops.add(ops.relu(y), ops.multiply(y, other));
    },
    kernels: [
      ...['normalizationForward', 'reluForward', 'addForward'],
      ...['reluBackward', 'addForward', 'normalizationBackward'],
    ],
  },
  'a sum that is repeated': {
    build: (ops, x, other, normal) => ops.relu(ops.add(normal(x), ops.slice(other, [0, 0, 0], [1, -1, -1]))),
    kernels: ['normalizationForward', 'addForward', 'reluForward', 'normalizationAddReluBackward'],
  },
};

async function run(backend: typeof loopsBackend, build: Build, columns: number, isFused: boolean) {
  const graph = new Graph();
  const ops = new Ops(graph, { training: true });
  const shape = [6, 11, columns];
  const variables: Value[] = [];
  const variable = (name: string, of: readonly number[]) => {
    variables.push(testVariable(graph, name, of));
    return variables.at(-1)!;
  };
  const [x, other] = [variable('x', shape), variable('other', shape)];
  let count = 0;
  const normal = (value: Value) => {
    const [gamma, beta] = [variable(`gamma${count}`, [columns]), variable(`beta${count}`, [columns])];
    const { output, mean } = ops.batchNormalization(value, { epsilon: 1e-3, gamma, beta });
    ops.assignMovingAverage(variable(`average${count++}`, [columns]), mean, 0.9);
    return output;
  };
  const y = build(ops, x, other, normal);
  const weights = graph.input('weights', y.shape);
  const trained = variables.filter(
    ({ name }) => !name.startsWith('average') && (name !== 'other' || reads(graph, other)),
  );
  const gradients = emitGradients(graph, ops.sum(ops.multiply(y, weights)), trained);
  const outputs = { y, ...Object.fromEntries(trained.map(value => [`d${value.name}`, gradients.get(value)!])) };
  const given = Object.fromEntries(
    [...variables, weights].map(({ name, shape }, i) => [
      name,
      Array.from({ length: sizeOf(shape) }, (_, j) => Math.sin(1 + i + 1.7 * j + 0.1 * j * j)),
    ]),
  );
  const ran = await runGraph(backend, graph, outputs, given, { fusions: isFused ? fusionNames : [] });
  const kernels = ran.plan.calls.map(({ kernel }) => kernel).filter(kernel => /^(norm|add|relu)/.test(kernel));
  return { kernels, numbers: { ...ran.outputs, ...ran.variables } };
}

const reads = (graph: Graph, value: Value): boolean =>
  graph.calls.some(({ inputs }) => Object.values(inputs).some(input => (input.viewOf ?? input) === value));

for (const backend of [loopsBackend, simdBackend]) {
  for (const [name, { build, kernels }] of Object.entries(patterns)) {
    t.test(`${backend.name}: a normalization and ${name}`, async t => {
      for (const columns of [1, 8, 19]) {
        const fused = await run(backend, build, columns, true);
        const apart = await run(backend, build, columns, false);
        t.same(fused.kernels, kernels);
        for (const [key, expected] of Object.entries(apart.numbers)) {
          const got = fused.numbers[key]!;
          const scale = Math.max(1e-3, ...Array.from(expected, Math.abs));
          const worst = Math.max(...Array.from(expected, (value, i) => Math.abs(got[i]! - value))) / scale;
          t.ok(worst <= 2e-6, `${key} with ${columns} columns: ${worst}`);
        }
      }
    });
  }
}
