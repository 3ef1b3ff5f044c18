/** Kernels that go through their operands element by element or row by row: pieces are ranges of these. */
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
import { ownScratch } from './own-scratch.ts';

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

/** A function of operands, of which each piece gets its elements, their number, and numbers that hold for all. */
const stage = (
  name: SimdFunctionName,
  operands: readonly number[],
  size: number,
  pieces: number,
  ...numbers: readonly number[]
): SimdStage =>
  elements(size, pieces).map(({ from, to }) => [
    [name, ...operands.map(place => place + 4 * from), to - from, ...numbers] as const,
  ]);

const unary =
  (name: Unary): Binding<Unary> =>
  ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [stage(name, [x, y], size, pieces)];

/** Bytes of scratch memory of biasBackward: a float64 for each column, in fours. */
export const biasScratch = ({ columns }: { readonly columns: number }): number => 8 * (columns + 3);

export const elementwiseBindings: Bindings<Elementwise> = {
  biasForward({ inputs: { x, b }, outputs: { y }, geometry: { rows, columns }, pieces }) {
    const stage = rowRanges(rows, columns, pieces).map(({ from, to }) => {
      const offset = 4 * from * columns;
      return [['biasForward', x + offset, b, y + offset, to - from, columns] as const];
    });
    return [stage];
  },
  biasBackward({ inputs: { dy }, outputs: { db }, geometry: { rows, columns }, pieces }) {
    const ranges = split(columns, 16, rows * columns < leastElements ? 1 : pieces);
    return [ranges.map(({ from, to }) => [['biasBackward', dy, db, rows, columns, from, to, ownScratch()]])];
  },
  reluForward: unary('reluForward'),
  reluBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, pieces }) => [
    stage('reluBackward', [dy, y, dx], size, pieces),
  ],
  leakyReluForward: ({ inputs: { x }, outputs: { y }, geometry: { size, alpha }, pieces }) => [
    stage('leakyReluForward', [x, y], size, pieces, alpha),
  ],
  leakyReluBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size, alpha }, pieces }) => [
    stage('leakyReluBackward', [dy, x, dx], size, pieces, alpha),
  ],
  eluForward: ({ inputs: { x }, outputs: { y }, geometry: { size, alpha }, pieces }) => [
    stage('eluForward', [x, y], size, pieces, alpha),
  ],
  eluBackward: ({ inputs: { dy, x, y }, outputs: { dx }, geometry: { size, alpha }, pieces }) => [
    stage('eluBackward', [dy, x, y, dx], size, pieces, alpha),
  ],
  sigmoidForward: unary('sigmoidForward'),
  sigmoidBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, pieces }) => [
    stage('sigmoidBackward', [dy, y, dx], size, pieces),
  ],
  tanhForward: unary('tanhForward'),
  tanhBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, pieces }) => [
    stage('tanhBackward', [dy, y, dx], size, pieces),
  ],
  expForward: unary('expForward'),
  logForward: unary('logForward'),
  sqrtForward: unary('sqrtForward'),
  absForward: unary('absForward'),
  absBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size }, pieces }) => [
    stage('absBackward', [dy, x, dx], size, pieces),
  ],
  fill: ({ outputs: { y }, geometry: { size, value }, pieces }) => [stage('fill', [y], size, pieces, value)],
  affineForward: ({ inputs: { x }, outputs: { y }, geometry: { size, factor, offset }, pieces }) => [
    stage('affineForward', [x, y], size, pieces, factor, offset),
  ],
  dropoutForward({ inputs: { x, random }, outputs: { y }, geometry: { size, rate, stream }, pieces }) {
    const threshold = Math.floor(rate * 2 ** 32);
    const scale = 1 / (1 - rate);
    const ranges = elements(size, pieces).map(({ from, to }) => {
      const places = [x + 4 * from, y + 4 * from, random];
      return [['dropoutForward', ...places, to - from, threshold, scale, stream, from / 4] as const];
    });
    return [ranges];
  },
  sgdUpdate: ({ inputs: { dw, rate }, outputs: { w }, geometry: { size }, pieces }) => [
    stage('sgdUpdate', [w, dw], size, pieces, rate),
  ],
  momentumUpdate: ({ inputs: { dw, rate }, outputs: { w, velocity }, geometry, pieces }) => [
    stage(
      'momentumUpdate',
      [w, velocity, dw],
      geometry.size,
      pieces,
      ...[rate, geometry.momentum, Number(geometry.nesterov)],
    ),
  ],
  adamUpdate: ({ inputs: { dw, rate }, outputs: { w, m, v }, geometry: { size, beta1, beta2, epsilon }, pieces }) => [
    stage('adamUpdate', [w, m, v, dw], size, pieces, rate, 1 - beta1, 1 - beta2, epsilon),
  ],
  rmspropUpdate({ inputs: { dw, rate }, outputs: { w, v, step }, geometry, pieces }) {
    const { size, rho, momentum, epsilon } = geometry;
    return [stage('rmspropUpdate', [w, v, step, dw], size, pieces, rate, rho, 1 - rho, momentum, epsilon)];
  },
};
