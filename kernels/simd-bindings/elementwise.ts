/** Kernels that go through their operands element by element or row by row: parts are ranges of these. */
import {
  type Binding,
  type Bindings,
  elements,
  leastElements,
  rowRanges,
  type SimdFunctionName,
  type SimdStage,
  split,
} from './binding.ts';

type Unary =
  | 'reluForward'
  | 'sigmoidForward'
  | 'tanhForward'
  | 'expForward'
  | 'logForward'
  | 'sqrtForward'
  | 'absForward';
type Elementwise =
  | Unary
  | 'biasForward'
  | 'biasBackward'
  | 'reluBackward'
  | 'leakyReluForward'
  | 'leakyReluBackward'
  | 'eluForward'
  | 'eluBackward'
  | 'sigmoidBackward'
  | 'tanhBackward'
  | 'absBackward'
  | 'fill'
  | 'affineForward'
  | 'dropoutForward'
  | 'sgdUpdate'
  | 'momentumUpdate'
  | 'adamUpdate'
  | 'rmspropUpdate';

/** A function of operands, of which each part gets its elements, their number, and numbers that hold for all. */
const stage = (
  name: SimdFunctionName,
  operands: readonly number[],
  size: number,
  threads: number,
  ...numbers: readonly number[]
): SimdStage =>
  elements(size, threads).map(({ from, to }) => [
    [name, ...operands.map(place => place + 4 * from), to - from, ...numbers] as const,
  ]);

const unary =
  (name: Unary): Binding<Unary> =>
  ({ inputs: { x }, outputs: { y }, geometry: { size }, scratch }) => [stage(name, [x, y], size, scratch.length)];

/** Bytes of scratch memory of biasBackward: a float64 for each column, in fours. */
export const biasScratch = ({ columns }: { readonly columns: number }): number => 8 * (columns + 3);

export const elementwiseBindings: Bindings<Elementwise> = {
  biasForward({ inputs: { x, b }, outputs: { y }, geometry: { rows, columns }, scratch }) {
    const parts = rowRanges(rows, columns, scratch.length).map(({ from, to }) => {
      const offset = 4 * from * columns;
      return [['biasForward', x + offset, b, y + offset, to - from, columns] as const];
    });
    return [parts];
  },
  biasBackward({ inputs: { dy }, outputs: { db }, geometry: { rows, columns }, scratch }) {
    const ranges = split(columns, 16, rows * columns < leastElements ? 1 : scratch.length);
    return [
      ranges.map(({ from, to }, thread) => [['biasBackward', dy, db, rows, columns, from, to, scratch[thread]!]]),
    ];
  },
  reluForward: unary('reluForward'),
  reluBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, scratch }) => [
    stage('reluBackward', [dy, y, dx], size, scratch.length),
  ],
  leakyReluForward: ({ inputs: { x }, outputs: { y }, geometry: { size, alpha }, scratch }) => [
    stage('leakyReluForward', [x, y], size, scratch.length, alpha),
  ],
  leakyReluBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size, alpha }, scratch }) => [
    stage('leakyReluBackward', [dy, x, dx], size, scratch.length, alpha),
  ],
  eluForward: ({ inputs: { x }, outputs: { y }, geometry: { size, alpha }, scratch }) => [
    stage('eluForward', [x, y], size, scratch.length, alpha),
  ],
  eluBackward: ({ inputs: { dy, x, y }, outputs: { dx }, geometry: { size, alpha }, scratch }) => [
    stage('eluBackward', [dy, x, y, dx], size, scratch.length, alpha),
  ],
  sigmoidForward: unary('sigmoidForward'),
  sigmoidBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, scratch }) => [
    stage('sigmoidBackward', [dy, y, dx], size, scratch.length),
  ],
  tanhForward: unary('tanhForward'),
  tanhBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, scratch }) => [
    stage('tanhBackward', [dy, y, dx], size, scratch.length),
  ],
  expForward: unary('expForward'),
  logForward: unary('logForward'),
  sqrtForward: unary('sqrtForward'),
  absForward: unary('absForward'),
  absBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size }, scratch }) => [
    stage('absBackward', [dy, x, dx], size, scratch.length),
  ],
  fill: ({ outputs: { y }, geometry: { size, value }, scratch }) => [stage('fill', [y], size, scratch.length, value)],
  affineForward: ({ inputs: { x }, outputs: { y }, geometry: { size, factor, offset }, scratch }) => [
    stage('affineForward', [x, y], size, scratch.length, factor, offset),
  ],
  dropoutForward({ inputs: { x, random }, outputs: { y }, geometry: { size, rate, stream }, scratch }) {
    const threshold = Math.floor(rate * 2 ** 32);
    const scale = 1 / (1 - rate);
    const parts = elements(size, scratch.length).map(({ from, to }) => {
      const places = [x + 4 * from, y + 4 * from, random];
      return [['dropoutForward', ...places, to - from, threshold, scale, stream, from / 4] as const];
    });
    return [parts];
  },
  sgdUpdate: ({ inputs: { dw, rate }, outputs: { w }, geometry: { size }, scratch }) => [
    stage('sgdUpdate', [w, dw], size, scratch.length, rate),
  ],
  momentumUpdate: ({ inputs: { dw, rate }, outputs: { w, velocity }, geometry, scratch }) => [
    stage(
      'momentumUpdate',
      [w, velocity, dw],
      geometry.size,
      scratch.length,
      ...[rate, geometry.momentum, Number(geometry.nesterov)],
    ),
  ],
  adamUpdate: ({ inputs: { dw, rate }, outputs: { w, m, v }, geometry: { size, beta1, beta2, epsilon }, scratch }) => [
    stage('adamUpdate', [w, m, v, dw], size, scratch.length, rate, 1 - beta1, 1 - beta2, epsilon),
  ],
  rmspropUpdate({ inputs: { dw, rate }, outputs: { w, v, step }, geometry, scratch }) {
    const { size, rho, momentum, epsilon } = geometry;
    return [stage('rmspropUpdate', [w, v, step, dw], size, scratch.length, rate, rho, 1 - rho, momentum, epsilon)];
  },
};
