import fc from 'fast-check';
import t from 'tap';
import type { KernelName } from '../../kernels/contract.ts';
import type { Backend } from '../../lib/backend/backend.ts';
import { emitGradients } from '../../lib/plan/gradients.ts';
import { Graph, signatureOf, type Value } from '../../lib/plan/graph.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { runGraph, testVariable } from '../run-graph.ts';
import { kernelCases, type Operand } from './cases.ts';
import { type DefinedKernel, type Numbers, reference } from './reference.ts';

type Arrays = { readonly [name: string]: Numbers };
interface AnyCase {
  readonly geometry: object;
  readonly inputs: { readonly [name: string]: Operand };
  readonly outputs: { readonly [name: string]: Numbers };
  readonly state?: Arrays;
}
type AnyReference = (inputs: Arrays, geometry: object, state: Arrays) => Arrays;
type AnyEmit = (
  kernel: KernelName,
  outputs: object,
  inputs: object,
  geometry: object,
) => { readonly [name: string]: Value };

const forwardTolerance = 1e-5;
const gradientTolerance = 1e-4;
const runs = { seed: 20261121, numRuns: 60 };

/** Runs the one suite that every backend must pass: each kernel against its definition, each gradient against differences. */
export function conformance(backend: Backend): void {
  for (const kernel of Object.keys(reference) as DefinedKernel[]) {
    const cases = kernelCases[kernel] as fc.Arbitrary<AnyCase>;
    const check = (each: (drawn: AnyCase) => Promise<void>) => fc.assert(fc.asyncProperty(cases, each), runs);
    t.test(`${backend.name} ${kernel}`, async t => {
      await t.resolves(
        check(drawn => checkForward(backend, kernel, drawn, false)),
        'agrees with its definition',
      );
      if (signatureOf(kernel).inPlace !== undefined) {
        await t.resolves(
          check(drawn => checkForward(backend, kernel, drawn, true)),
          'also in place of its input',
        );
      }
      if (kernel.endsWith('Forward')) {
        await t.resolves(
          check(drawn => checkGradient(backend, kernel, drawn)),
          'agrees with central differences',
        );
      }
    });
  }
}

/** The operands of a case: float32 ones are parameters, so that gradients reach them. */
function operandsOf(graph: Graph, kernel: KernelName, { inputs }: AnyCase): { [name: string]: Value } {
  const types = signatureOf(kernel).inputs;
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => [
      name,
      types[name] === 'float32' ? testVariable(graph, name, shape) : graph.input(name, shape, types[name]!),
    ]),
  );
}

const valuesOf = ({ inputs }: AnyCase): Arrays =>
  Object.fromEntries(Object.entries(inputs).map(([name, { values }]) => [name, values]));
const sizeOf = (shape: Numbers): number => shape.reduce((product, axis) => product * axis, 1);

/** The definition of a kernel whose name is known only at run time. */
const define = (kernel: DefinedKernel): AnyReference =>
  (reference as { readonly [name: string]: unknown })[kernel] as AnyReference;

/** Emits a kernel whose name is known only at run time; the case has the operands that its contract wants. */
function emit(
  graph: Graph,
  kernel: KernelName,
  { outputs, geometry }: AnyCase,
  inputs: object,
): { readonly [name: string]: Value } {
  return (graph.emit as AnyEmit).call(graph, kernel, outputs, inputs, geometry);
}

interface Result {
  readonly outputs: Arrays;
  /** What the variables hold after the run. */
  readonly after: Arrays;
}

/** Runs a graph, and tells what comes out and what the variables hold afterwards. */
async function run(
  backend: Backend,
  graph: Graph,
  outputs: { readonly [name: string]: Value },
  given: Arrays,
): Promise<Result> {
  // Twice, the second time on the scratch memory that the first has left behind; only updates would count twice.
  const times = Object.keys(outputs).length > 0 ? 2 : 1;
  const ran = await runGraph(backend, graph, outputs, given, { times });
  const arrays = (numbers: { readonly [name: string]: Iterable<number> }): Arrays =>
    Object.fromEntries(Object.entries(numbers).map(([name, each]) => [name, [...each]]));
  return { outputs: arrays(ran.outputs), after: arrays(ran.variables) };
}

/** Throws unless all numbers agree, relative to the largest of them. */
function compare(what: string, got: Numbers, expected: Numbers, tolerance: number): void {
  const scale = Math.max(1e-3, ...expected.map(Math.abs));
  for (const [i, value] of expected.entries()) {
    if (Math.abs(got[i]! - value) <= tolerance * scale) continue;
    throw new Error(`${what}[${i}] is ${got[i]}, expected ${value} (largest ${scale})`);
  }
}

async function checkForward(backend: Backend, kernel: DefinedKernel, drawn: AnyCase, inPlace: boolean): Promise<void> {
  const graph = new Graph();
  const given = { ...valuesOf(drawn), ...drawn.state };
  const expected = define(kernel)(valuesOf(drawn), drawn.geometry, drawn.state ?? {});
  const inputs = operandsOf(graph, kernel, drawn);
  if (drawn.state !== undefined) {
    const outputs = Object.fromEntries(
      Object.entries(drawn.outputs).map(([name, shape]) => [name, testVariable(graph, name, shape)]),
    );
    graph.calls.push({ kernel, label: '', outputs, inputs, geometry: drawn.geometry });
    const { after } = await run(backend, graph, {}, given);
    for (const [name, values] of Object.entries(expected)) compare(name, after[name]!, values, forwardTolerance);
    return;
  }
  const over = signatureOf(kernel).inPlace;
  // A copy that dies with the call: the plan lets the output take over its memory.
  if (inPlace) inputs[over!] = new Ops(graph, { training: true }).affine(inputs[over!]!, 1);
  const { outputs, after } = await run(backend, graph, emit(graph, kernel, drawn, inputs), given);
  for (const [name, values] of Object.entries(expected)) compare(name, outputs[name]!, values, forwardTolerance);
  for (const [name, values] of Object.entries(after)) compare(`${name} after the run`, values, given[name]!, 0);
}

/** Labels of losses, conditions, rates and places have no gradient. */
const constants = ['rate', 'targets', 'condition', 'matrix', 'shift'];
const step = 1e-4;

/**
 * L = sum of weights times outputs. Its gradient by the table, on the backend, against central differences of the
 * definition, in float64: for single elements, and for all of an input at once.
 */
async function checkGradient(backend: Backend, kernel: DefinedKernel, drawn: AnyCase): Promise<void> {
  const graph = new Graph();
  const ops = new Ops(graph, { training: true });
  const inputs = operandsOf(graph, kernel, drawn);
  const [output, shape] = Object.entries(drawn.outputs)[0]!;
  const weights = range(sizeOf(shape)).map(i => Math.fround(0.5 + Math.abs(Math.sin(i + 1))));
  const value = emit(graph, kernel, drawn, inputs)[output]!;
  const loss = ops.sum(ops.multiply(value, graph.input('weights', shape)));
  const wanted = Object.keys(inputs).filter(name => inputs[name]!.dtype === 'float32' && !constants.includes(name));
  const gradients = emitGradients(
    graph,
    loss,
    wanted.map(name => inputs[name]!),
  );
  const given = valuesOf(drawn);
  const named = Object.fromEntries(wanted.map(name => [name, gradients.get(inputs[name]!)!]));
  const { outputs } = await run(backend, graph, named, { ...given, weights });

  const lossOf = (values: Arrays) => dot(weights, define(kernel)(values, drawn.geometry, {})[output]!);
  for (const name of wanted) {
    const gradient = outputs[name]!;
    const size = gradient.length;
    const directions = [
      ...[0, size - 1, Math.floor(size / 2), Math.floor(size / 3)].map(i => range(size).map(j => (i === j ? 1 : 0))),
      range(size).map(i => Math.cos(3 * i)),
    ];
    const differences = directions.map(direction => {
      const moved = (by: number) => ({ ...given, [name]: given[name]!.map((x, i) => x + by * direction[i]!) });
      return (lossOf(moved(step)) - lossOf(moved(-step))) / (2 * step);
    });
    const scale = Math.max(1e-2, ...gradient.map(Math.abs));
    for (const [i, direction] of directions.entries()) {
      const along = dot(direction, gradient);
      const length = Math.sqrt(dot(direction, direction));
      if (Math.abs(along - differences[i]!) <= gradientTolerance * scale * length) continue;
      throw new Error(`d${name} along direction ${i} is ${along}, the difference ${differences[i]} (largest ${scale})`);
    }
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const dot = (a: Numbers, b: Numbers): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
