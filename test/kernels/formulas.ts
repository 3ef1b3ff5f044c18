/**
 * What has a formula: for each of these kernels its definition in float64, written apart from the formula that it checks,
 * and the operands with which it is tested. Backward kernels are checked as gradients of these.
 */
import fc from 'fast-check';
import type { GeometryOf, KernelName, OutputName } from '../../kernels/contract.ts';
import type { formulaContract } from '../../kernels/generated/contract.ts';
import { type BroadcastGeometry, broadcastStrides } from '../../kernels/geometry.ts';
import { activationDefinitions as activation } from './activation-definitions.ts';
import {
  type Case,
  type Draw,
  drawn,
  type Numbers,
  type Operand,
  type Reference,
  range,
  sizeOf,
  sizes,
  tableShape,
} from './draw.ts';
import { erfByIntegral } from './erf.ts';
import { optimizerSteps } from './optimizer-steps.ts';

type FormulaKernel = Exclude<keyof typeof formulaContract, `${string}Backward`>;
interface Tested<K extends KernelName> {
  readonly define: Reference<K>;
  readonly cases: fc.Arbitrary<Case<K>>;
}
/** How the operands of a test are drawn. */
type Drawing = (draw: Draw, shape: Numbers) => Operand;

export const sum = (values: Numbers): number => values.reduce((total, value) => total + value, 0);
export const dot = (a: Numbers, b: Numbers): number => sum(a.map((value, i) => value * b[i]!));
/** All positions of a shape, outermost axis first. */
export const positions = (shape: Numbers): number[][] =>
  shape.reduce<number[][]>((all, size) => all.flatMap(head => range(size).map(i => [...head, i])), [[]]);
export const rowsOf = (x: Numbers, { rows, columns }: { rows: number; columns: number }): number[][] =>
  range(rows).map(row => x.slice(row * columns, (row + 1) * columns));

/** -2 to 2, but not near to 0, where some functions have a kink. */
const numbers: Drawing = (draw, shape) => draw.numbers(shape);
const between =
  (min: number, max: number): Drawing =>
  (draw, shape) =>
    draw.between(min, max, shape);
/** -1, -0.5, 0, 0.5 or 1. */
const halves: Drawing = (draw, shape) => {
  const drawnNumbers = draw.between(-2.5, 2.5, shape);
  return { shape, values: drawnNumbers.values.map(x => Math.round(x) / 2 + 0) };
};
/** -6 to 6, in steps that begin a quarter of one beside the kinks of what is piecewise. */
const wide: Drawing = (draw, shape) => {
  const drawnNumbers = draw.between(-6, 6, shape);
  return { shape, values: drawnNumbers.values.map(x => Math.fround(Math.round(5 * x) / 5 + 0.05)) };
};
const distributions: Drawing = (draw, shape) => draw.distributions(shape);

/** A function of single elements; the case is what the contract wants of the kernel. */
function unary<K extends FormulaKernel, O extends object = object>(
  each: (x: number, options: O) => number,
  draw: Drawing = numbers,
  options: fc.Arbitrary<O> = fc.constant({} as O),
): Tested<K> {
  return tested(
    ({ x }, geometry) => ({ y: x!.map(value => each(value, geometry as O)) }),
    drawn(fc.tuple(sizes, options), ([size, rest], d) => ({
      geometry: { size, ...rest },
      inputs: { x: draw(d, [size]) },
      outputs: { y: [size] },
    })),
  );
}

type Named = { readonly [name: string]: Numbers };

/** The tables below name each kernel, whose contract has these operands. */
function tested<K extends FormulaKernel>(
  define: (inputs: Named, geometry: object, state: Named) => Named,
  cases: fc.Arbitrary<object>,
): Tested<K> {
  const test: object = { define, cases };
  return test as Tested<K>;
}

/** A shape of up to four axes, and for each whether the first and the second operand are repeated along it. */
export const broadcastShape = fc.array(
  fc.record({ size: fc.integer({ min: 1, max: 5 }), a: fc.boolean(), b: fc.boolean() }),
  { maxLength: 4 },
);

function binary<K extends FormulaKernel>(
  each: (a: number, b: number) => number,
  drawA: Drawing = numbers,
  drawB: Drawing = between(0.5, 2),
): Tested<K> {
  return tested(
    ({ a, b }, geometry) => {
      const { shape, aStrides, bStrides } = geometry as BroadcastGeometry;
      return { y: positions(shape).map(place => each(a![dot(place, aStrides)]!, b![dot(place, bStrides)]!)) };
    },
    drawn(broadcastShape, (axes, draw) => {
      const shape = axes.map(({ size, a, b }) => (a && b ? 1 : size));
      const [a, b] = [axes.map(axis => (axis.a ? 1 : axis.size)), axes.map(axis => (axis.b ? 1 : axis.size))];
      const geometry = {
        size: sizeOf(shape),
        shape,
        aStrides: broadcastStrides(a, shape),
        bStrides: broadcastStrides(b, shape),
      };
      return { geometry, inputs: { a: drawA(draw, a), b: drawB(draw, b) }, outputs: { y: shape } };
    }),
  );
}

interface Table {
  readonly rows: number;
  readonly columns: number;
}

/** Row by row: `inputs` are drawn with the shape of the table, `perRow` outputs have a number for each row. */
function byRows<K extends FormulaKernel>(
  define: (inputs: { readonly [name: string]: number[][] }, table: Table) => { readonly [output: string]: Numbers },
  inputs: { readonly [name: string]: Drawing },
  outputs: { readonly [N in OutputName<K>]: 'matrix' | 'perRow' },
): Tested<K> {
  return tested(
    (given, geometry) => {
      const table = geometry as Table;
      const rows = Object.entries(given).map(([name, values]) => [name, rowsOf(values, table)] as const);
      return define(Object.fromEntries(rows), table);
    },
    drawn(tableShape, (table, d) => {
      const shape = [table.rows, table.columns];
      const drawnInputs = Object.entries(inputs).map(([name, draw]) => [name, draw(d, shape)] as const);
      const shapes = Object.entries(outputs).map(([name, extent]) => [
        name,
        extent === 'matrix' ? shape : [table.rows],
      ]);
      return { geometry: { ...table }, inputs: Object.fromEntries(drawnInputs), outputs: Object.fromEntries(shapes) };
    }),
  );
}

const reluNumbers = fc.record({
  alpha: fc.constantFrom(0, 0.25),
  maxValue: fc.constantFrom(2.6, Number.POSITIVE_INFINITY),
  threshold: fc.constantFrom(0, 0.7),
});
const slope = fc.record({ alpha: fc.constantFrom(0.1, 0.3, 1, 1.5) });

const softmax = (x: Numbers): number[] => x.map(value => 1 / sum(x.map(other => Math.exp(other - value))));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const clipped = (p: number): number => Math.min(Math.max(p, 1e-7), 1 - 1e-7);
const binaryEntropy = (p: number, t: number): number => -(t * Math.log(p) + (1 - t) * Math.log(1 - p));
const mean = (values: Numbers): number => sum(values) / values.length;
const firstLargest = (x: Numbers): number => x.indexOf(Math.max(...x));

/** Probabilities like those of a sigmoid, and targets that are distributions. */
const loss = { x: between(0.05, 0.95), targets: distributions };
const lossOnLogits = { logits: numbers, targets: distributions };
const accuracy = { x: between(0, 1), targets: between(0, 1) };
/** 0, 0.5 or 1. */
const fractions: Drawing = (draw, shape) => {
  const { values } = draw.between(-0.5, 2.5, shape);
  return { shape, values: values.map(x => Math.abs(Math.round(x)) / 2) };
};
const oneOutput = { loss: 'perRow' } as const;
const twoOutputs = { loss: 'perRow', probabilities: 'matrix' } as const;

const table: { readonly [K in FormulaKernel]: Tested<K> } = {
  // Activations
  reluForward: unary(x => Math.max(x, 0)),
  thresholdedReluForward: unary(activation.thresholdedRelu, wide, reluNumbers),
  preluForward: binary(activation.prelu, numbers, between(-0.5, 1)),
  geluForward: unary(activation.gelu),
  geluTanhForward: unary(activation.geluTanh),
  siluForward: unary(activation.silu),
  hardSiluForward: unary(activation.hardSilu, wide),
  logSoftmaxForward: byRows(({ x }) => ({ y: x!.flatMap(activation.logSoftmax) }), { x: numbers }, { y: 'matrix' }),
  leakyReluForward: unary((x, { alpha }) => (x > 0 ? x : alpha * x), numbers, slope),
  eluForward: unary((x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x)), numbers, slope),
  sigmoidForward: unary(sigmoid),
  softplusForward: unary(x => Math.log1p(Math.exp(x))),
  tanhForward: unary(Math.tanh),
  softmaxForward: byRows(({ x }) => ({ y: x!.flatMap(softmax) }), { x: numbers }, { y: 'matrix' }),

  // Arithmetic
  addForward: binary((a, b) => a + b),
  subtractForward: binary((a, b) => a - b),
  multiplyForward: binary((a, b) => a * b),
  divideForward: binary((a, b) => a / b),
  affineForward: unary(
    (x, { factor, offset }) => factor * x + offset,
    numbers,
    fc.record({ factor: fc.constantFrom(-1, 0.5, 3), offset: fc.constantFrom(0, 1.5) }),
  ),
  maximumForward: binary(Math.max),
  minimumForward: binary(Math.min),
  powForward: binary((a, b) => a ** b, between(0.5, 2), numbers),
  equal: binary((a, b) => Number(a === b), halves, halves),
  notEqual: binary((a, b) => Number(a !== b), halves, halves),
  less: binary((a, b) => Number(a < b), halves, halves),
  lessEqual: binary((a, b) => Number(a <= b), halves, halves),
  greater: binary((a, b) => Number(a > b), halves, halves),
  greaterEqual: binary((a, b) => Number(a >= b), halves, halves),
  whereForward: tested(
    ({ condition, a, b }) => ({ y: condition!.map((each, i) => (each !== 0 ? a![i]! : b![i]!)) }),
    drawn(sizes, (size, draw) => ({
      geometry: { size },
      inputs: { condition: halves(draw, [size]), a: draw.numbers([size]), b: draw.numbers([size]) },
      outputs: { y: [size] },
    })),
  ),
  clipForward: unary(
    (x, { min, max }) => Math.min(Math.max(x, min), max),
    halves,
    fc.constantFrom({ min: -0.7, max: 0.6 }, { min: 0.2, max: 5 }),
  ),
  sign: unary(Math.sign, halves),
  floor: unary(Math.floor),
  assign: unary(x => x),
  movingAverage: tested(
    ({ average, x }, geometry) => {
      const { momentum, share } = geometry as GeometryOf<'movingAverage'>;
      return { y: x!.map((each, i) => average![i]! * momentum + each * share) };
    },
    drawn(fc.record({ size: sizes, momentum: fc.constantFrom(0.99, 0.5, 0) }), ({ size, momentum }, draw) => ({
      geometry: { size, momentum, share: 1 - momentum },
      inputs: { average: draw.numbers([size]), x: draw.numbers([size]) },
      outputs: { y: [size] },
    })),
  ),
  negateForward: unary(x => -x),
  squareForward: unary(x => x ** 2),
  expForward: unary(Math.exp),
  logForward: unary(Math.log, between(0.1, 4)),
  log1pForward: unary(Math.log1p, between(-0.9, 4)),
  erfForward: unary(erfByIntegral),
  cosOfTurnsForward: unary(x => Math.cos(2 * Math.PI * x), between(-20, 20)),
  sqrtForward: unary(Math.sqrt, between(0.1, 4)),
  absForward: unary(Math.abs),
  fill: tested(
    (_, geometry) => {
      const { size, value } = geometry as GeometryOf<'fill'>;
      return { y: range(size).map(() => value) };
    },
    drawn(fc.record({ size: sizes, value: fc.constantFrom(0, 1, -2.5) }), geometry => ({
      geometry,
      inputs: {},
      outputs: { y: [geometry.size] },
    })),
  ),

  // Losses and metrics
  softmaxCrossEntropyForward: byRows(
    ({ logits, targets }) => {
      const probabilities = logits!.map(softmax);
      return {
        loss: probabilities.map((row, i) => -dot(targets![i]!, row.map(Math.log))),
        probabilities: probabilities.flat(),
      };
    },
    lossOnLogits,
    twoOutputs,
  ),
  crossEntropyForward: byRows(
    ({ x, targets }) => ({
      loss: x!.map(
        (row, i) =>
          -dot(
            targets![i]!,
            row.map(value => Math.log(clipped(value / sum(row)))),
          ),
      ),
    }),
    loss,
    oneOutput,
  ),
  sigmoidBinaryCrossEntropyForward: byRows(
    ({ logits, targets }) => ({
      loss: logits!.map((row, i) => mean(row.map((x, c) => binaryEntropy(sigmoid(x), targets![i]![c]!)))),
      probabilities: logits!.flat().map(sigmoid),
    }),
    lossOnLogits,
    twoOutputs,
  ),
  binaryCrossEntropyForward: byRows(
    ({ x, targets }) => ({
      loss: x!.map((row, i) => mean(row.map((p, c) => binaryEntropy(clipped(p), targets![i]![c]!)))),
    }),
    loss,
    oneOutput,
  ),
  meanSquaredErrorForward: byRows(
    ({ x, targets }) => ({ loss: x!.map((row, i) => mean(row.map((value, c) => (value - targets![i]![c]!) ** 2))) }),
    loss,
    oneOutput,
  ),
  categoricalAccuracy: byRows(
    ({ x, targets }) => ({
      correct: x!.map((row, i) =>
        firstLargest(row) === firstLargest(targets![i]!) && Math.max(...targets![i]!) > 0 ? 1 : 0,
      ),
    }),
    { ...accuracy, targets: fractions },
    { correct: 'perRow' },
  ),
  binaryAccuracy: byRows(
    ({ x, targets }) => ({
      correct: x!.map((row, i) => mean(row.map((value, c) => (Number(value > 0.5) === targets![i]![c] ? 1 : 0)))),
    }),
    { ...accuracy, targets: fractions },
    { correct: 'perRow' },
  ),

  ...optimizerSteps,
};

const kernels = Object.keys(table) as FormulaKernel[];
export const formulaReference = Object.fromEntries(kernels.map(kernel => [kernel, table[kernel].define])) as {
  readonly [K in FormulaKernel]: Reference<K>;
};
export const formulaCases = Object.fromEntries(kernels.map(kernel => [kernel, table[kernel].cases])) as {
  readonly [K in FormulaKernel]: fc.Arbitrary<Case<K>>;
};
