/** Drawn graphs give the same with all fusions and with none: views, reshapes, several readers, biases of any length. */
import fc from 'fast-check';
import t from 'tap';
import { fusionNames } from '../../kernels/contract.ts';
import { loopsBackend } from '../../lib/backend/loops.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { fuseLosses } from '../../lib/plan/fusion.ts';
import { emitGradients } from '../../lib/plan/gradients.ts';
import { Graph, originOf, type Value } from '../../lib/plan/graph.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { type Shape, sizeOf } from '../../lib/shape/shape.ts';
import { runGraph, testVariable } from '../run-graph.ts';

type Backend = typeof loopsBackend;

/** One operation behind another; `of` chooses among the values so far, the last ones most of the time. */
interface Step {
  readonly kind: number;
  readonly of: number;
  readonly size: number;
}

interface Drawn {
  readonly steps: readonly Step[];
  /** Whether a value between is asked for as well. */
  readonly isKept: boolean;
  readonly loss: number;
}

const drawnGraph: fc.Arbitrary<Drawn> = fc.record({
  steps: fc.array(fc.record({ kind: fc.nat(9), of: fc.nat(5), size: fc.nat(7) }), { minLength: 3, maxLength: 10 }),
  isKept: fc.boolean(),
  loss: fc.nat(5),
});

/** Factors of a size, to draw shapes with. */
const divisors = (size: number): number[] =>
  Array.from({ length: size }, (_, i) => i + 1).filter(each => size % each === 0);

class Drawing {
  readonly graph = new Graph();
  readonly ops = new Ops(this.graph, { training: true });
  readonly x = this.graph.input('x', [2, 8, 8, 2]);
  readonly values: Value[] = [this.x];
  readonly #parameters: Value[] = [];

  parameter(shape: Shape): Value {
    const value = testVariable(this.graph, `w${this.#parameters.length}`, shape);
    this.#parameters.push(value);
    return value;
  }

  add({ kind, of, size }: Step): void {
    const from = this.values.at(of < 4 ? -1 : -1 - (of % this.values.length))!;
    this.values.push(this.#made(kind, from, size));
  }

  #made(kind: number, from: Value, size: number): Value {
    const { ops } = this;
    const [n = 1, h = 1, w = 1, c = 1] = from.shape;
    const window = { strides: [1, 1], dilation: [1, 1], padding: 'same' } as const;
    const isImage = from.shape.length === 4;
    if (kind <= 1 && isImage) return ops.conv2d(from, this.parameter([3, 3, c, 1 + (size % 4)]), window);
    if (kind <= 4) {
      const bias = this.parameter([from.shape.at(-1)!]);
      // Computed behind the convolution, so that a fused call in its place could not read it.
      return ops.bias(from, kind === 4 ? ops.affine(bias, 2) : bias);
    }
    if (kind <= 6) return ops.relu(from);
    if (kind === 7 && isImage && h > 1 && w > 1)
      return ops.maxPool2d(from, { ...window, window: [2, 2], strides: [2, 2] });
    if (kind === 8) {
      const rest = sizeOf(from.shape) / n;
      const last = divisors(rest)[size % divisors(rest).length]!;
      const rows = divisors(rest / last).at(-2) ?? 1;
      return ops.reshape(from, size < 4 ? [n, rest / last, last] : [n, rows, rest / last / rows, last]);
    }
    return size % 2 === 0 ? ops.softmax(from) : ops.sigmoid(from);
  }

  /** A number that depends on the last value, in one of the ways of losses. */
  loss(kind: number): Value {
    const { ops, graph } = this;
    const last = this.values.at(-1)!;
    const activated = kind % 2 === 0 ? ops.softmax(last) : ops.sigmoid(last);
    const flat = ops.reshape(activated, [last.shape[0]!, sizeOf(last.shape.slice(1))]);
    const output = kind === 2 || kind === 3 ? flat : activated;
    const targets = graph.input('targets', output.shape);
    const rows = kind % 2 === 0 ? ops.crossEntropy(output, targets) : ops.binaryCrossEntropy(output, targets);
    const entropy = ops.mean(rows);
    return kind < 4 ? entropy : ops.add(entropy, ops.mean(ops.multiply(activated, activated)));
  }

  get parameters(): readonly Value[] {
    return this.#parameters;
  }
}

async function results(backend: Backend, drawn: Drawn, isFused: boolean): Promise<{ [name: string]: number[] }> {
  const drawing = new Drawing();
  for (const step of drawn.steps) drawing.add(step);
  const { graph, values } = drawing;
  const loss = drawing.loss(drawn.loss);
  if (isFused) fuseLosses(graph, loss);
  const used = drawing.parameters.filter(value => reaches(graph, value, loss));
  const gradients = emitGradients(graph, loss, used);
  const between = drawn.isKept ? { between: values[Math.floor(values.length / 2)]! } : {};
  const outputs = {
    loss,
    ...Object.fromEntries(used.map(value => [`d${value.name}`, gradients.get(value)!])),
    ...(drawn.isKept && originOf(between.between!).role === 'computed' ? between : {}),
  };
  const given = Object.fromEntries(
    graph.values
      .filter(({ role, viewOf }) => role !== 'computed' && viewOf === undefined)
      .map(({ name, shape }, i) => [
        name,
        Array.from({ length: sizeOf(shape) }, (_, j) => Math.sin(1 + i + 1.3 * j) / 2 + (name === 'targets' ? 0.5 : 0)),
      ]),
  );
  const ran = await runGraph(backend, graph, outputs, given, { fusions: isFused ? fusionNames : [] });
  return Object.fromEntries(Object.entries(ran.outputs).map(([name, each]) => [name, [...each]]));
}

function reaches(graph: Graph, from: Value, to: Value): boolean {
  const reached = new Set<Value>([from]);
  for (const call of graph.calls) {
    if (!Object.values(call.inputs).some(input => reached.has(originOf(input)))) continue;
    for (const output of Object.values(call.outputs)) reached.add(output);
  }
  return reached.has(originOf(to));
}

function check(fused: { [name: string]: number[] }, apart: { [name: string]: number[] }): void {
  for (const [name, expected] of Object.entries(apart)) {
    const scale = Math.max(1e-3, ...expected.map(Math.abs));
    for (const [i, value] of expected.entries()) {
      const got = fused[name]![i]!;
      if (!(Math.abs(got - value) <= 1e-4 * scale)) throw new Error(`${name}[${i}] is ${got}, unfused ${value}`);
    }
  }
}

for (const backend of [loopsBackend, simdBackend]) {
  t.test(`${backend.name}: 200 drawn graphs, fused and not`, async t => {
    const property = fc.asyncProperty(drawnGraph, async drawn =>
      check(await results(backend, drawn, true), await results(backend, drawn, false)),
    );
    await t.resolves(fc.assert(property, { seed: 8, numRuns: 200 }));
  });
}
