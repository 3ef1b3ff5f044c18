/** Calls that the plan fuses give what they give one by one, forward and backward, on every backend. */
import fc from 'fast-check';
import t from 'tap';
import { type Conv2dPoolGeometry, fusionNames } from '../../kernels/contract.ts';
import type { Backend } from '../../lib/backend/backend.ts';
import { loopsBackend } from '../../lib/backend/loops.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { emitGradients } from '../../lib/plan/gradients.ts';
import { Graph } from '../../lib/plan/graph.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { sizeOf } from '../../lib/shape/shape.ts';
import { runGraph } from '../run-graph.ts';
import { pooledConvolution } from './cases.ts';

interface Run {
  readonly kernels: readonly string[];
  readonly outputs: { readonly [name: string]: readonly number[] };
}

/** A pooled convolution with its gradients, with or without fusions. */
async function run(
  backend: Backend,
  { conv, pool }: Conv2dPoolGeometry,
  isFirst: boolean,
  isSplit: boolean,
): Promise<Run> {
  const graph = new Graph();
  const ops = new Ops(graph, { training: true });
  const [x, w, b] = [
    graph.input('x', [conv.n, conv.h, conv.w, conv.c]),
    graph.input('w', [conv.r, conv.s, conv.c / conv.groups, conv.k]),
    graph.input('b', [conv.k]),
  ];
  const z = graph.emit('conv2dForward', { y: [conv.n, conv.p, conv.q, conv.k] }, { x, w }, conv).y;
  const relu = ops.relu(ops.bias(z, b));
  const y = graph.emit('maxPool2dForward', { y: [pool.n, pool.p, pool.q, pool.c] }, { x: relu }, pool).y;
  const weights = graph.input('weights', y.shape);
  const wanted = isFirst ? [w, b] : [x, w, b];
  const gradients = emitGradients(graph, ops.sum(ops.multiply(y, weights)), wanted);
  const named = Object.fromEntries(wanted.map(value => [`d${value.name}`, gradients.get(value)!]));
  const numbers = (size: number, i: number) =>
    Float32Array.from({ length: size }, (_, j) => Math.sin(1.7 * j + 3 * i + 0.1 * j * j));
  const given = Object.fromEntries([x, w, b, weights].map(({ name, shape }, i) => [name, numbers(sizeOf(shape), i)]));
  const fusions = isSplit ? [] : fusionNames;
  const { plan, outputs } = await runGraph(backend, graph, { y, ...named }, given, { fusions });
  return {
    kernels: plan.calls.map(({ kernel }) => kernel),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, [...values]])),
  };
}

function compare(fused: Run, apart: Run): void {
  for (const [name, values] of Object.entries(apart.outputs)) {
    const scale = Math.max(1e-3, ...values.map(Math.abs));
    for (const [i, value] of values.entries()) {
      const got = fused.outputs[name]![i]!;
      if (!(Math.abs(got - value) <= 1e-5 * scale)) throw new Error(`${name}[${i}] is ${got}, expected ${value}`);
    }
  }
}

for (const backend of [loopsBackend, simdBackend]) {
  for (const isFirst of [true, false]) {
    t.test(
      `${backend.name}: a pooled convolution ${isFirst ? 'that is the first layer' : 'behind others'}`,
      async t => {
        const check = async (geometry: Conv2dPoolGeometry) =>
          compare(await run(backend, geometry, isFirst, false), await run(backend, geometry, isFirst, true));
        await t.resolves(fc.assert(fc.asyncProperty(pooledConvolution, check), { seed: 20261121, numRuns: 80 }));
        const options = { r: 3, s: 3, strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, padTop: 1, padLeft: 1 };
        const size = { n: 5, h: 11, w: 13, p: 11, q: 13 };
        for (const [c, k, groups] of [
          [1, 30, 1],
          [3, 8, 1],
          [16, 24, 1],
          [16, 24, 2],
          [12, 24, 12],
        ] as const) {
          const halved = { n: 5, h: 11, w: 13, c: k, p: 5, q: 6, r: 2, s: 2, strideH: 2, strideW: 2 };
          const pool = { ...halved, dilationH: 1, dilationW: 1, padTop: 0, padLeft: 0 };
          await t.resolves(
            check({ conv: { ...size, ...options, c, k, groups }, pool, remembers: true }),
            `${c} to ${k} channels in ${groups} groups`,
          );
        }
      },
    );
  }
}

t.test('what is fused, and what is not', async t => {
  const pool = { n: 1, h: 4, w: 4, c: 2, p: 2, q: 2, r: 2, s: 2, strideH: 2, strideW: 2 };
  const common = { dilationH: 1, dilationW: 1, padTop: 0, padLeft: 0 };
  const conv = { n: 1, h: 6, w: 6, c: 1, k: 2, groups: 1, p: 4, q: 4, r: 3, s: 3, strideH: 1, strideW: 1, ...common };
  const kernels = async (isFirst: boolean, isSplit: boolean) =>
    (await run(loopsBackend, { conv, pool: { ...pool, ...common }, remembers: true }, isFirst, isSplit)).kernels.filter(
      kernel => /conv|bias|relu|pool/i.test(kernel),
    );
  t.same(await kernels(true, false), ['conv2dBiasReluMaxPool2d', 'conv2dMaxPool2dBackwardFilter']);
  t.same(await kernels(false, false), [
    ...['conv2dBiasReluMaxPool2d', 'maxPool2dWhereBackward'],
    ...['biasBackward', 'conv2dBackwardInput', 'conv2dBackwardFilter'],
  ]);
  t.same(await kernels(true, true), [
    ...['conv2dForward', 'biasForward', 'reluForward', 'maxPool2dForward'],
    ...['maxPool2dBackward', 'reluBackward', 'biasBackward', 'conv2dBackwardFilter'],
  ]);
});
