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

/** A function of operands, of which each part gets its elements, their number, and numbers that hold for all. */
const stage = (
  name: SimdFunctionName,
  operands: readonly number[],
  size: number,
  parts: number,
  ...numbers: readonly number[]
): SimdStage =>
  elements(size, parts).map(({ from, to }) => [
    [name, ...operands.map(place => place + 4 * from), to - from, ...numbers] as const,
  ]);

const unary =
  (name: Unary): Binding<Unary> =>
  ({ inputs: { x }, outputs: { y }, geometry: { size }, parts }) => [stage(name, [x, y], size, parts)];

/** Bytes of scratch memory of biasBackward: a float64 for each column, in fours. */
export const biasScratch = ({ columns }: { readonly columns: number }): number => 8 * (columns + 3);

export const elementwiseBindings: Bindings<Elementwise> = {
  biasForward({ inputs: { x, b }, outputs: { y }, geometry: { rows, columns }, parts }) {
    const stage = rowRanges(rows, columns, parts).map(({ from, to }) => {
      const offset = 4 * from * columns;
      return [['biasForward', x + offset, b, y + offset, to - from, columns] as const];
    });
    return [stage];
  },
  biasBackward({ inputs: { dy }, outputs: { db }, geometry: { rows, columns }, parts }) {
    const ranges = split(columns, 16, rows * columns < leastElements ? 1 : parts);
    return [ranges.map(({ from, to }) => [['biasBackward', dy, db, rows, columns, from, to, ownScratch()]])];
  },
  reluForward: unary('reluForward'),
  reluBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, parts }) => [
    stage('reluBackward', [dy, y, dx], size, parts),
  ],
  leakyReluForward: ({ inputs: { x }, outputs: { y }, geometry: { size, alpha }, parts }) => [
    stage('leakyReluForward', [x, y], size, parts, alpha),
  ],
  leakyReluBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size, alpha }, parts }) => [
    stage('leakyReluBackward', [dy, x, dx], size, parts, alpha),
  ],
  eluForward: ({ inputs: { x }, outputs: { y }, geometry: { size, alpha }, parts }) => [
    stage('eluForward', [x, y], size, parts, alpha),
  ],
  eluBackward: ({ inputs: { dy, x, y }, outputs: { dx }, geometry: { size, alpha }, parts }) => [
    stage('eluBackward', [dy, x, y, dx], size, parts, alpha),
  ],
  sigmoidForward: unary('sigmoidForward'),
  sigmoidBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, parts }) => [
    stage('sigmoidBackward', [dy, y, dx], size, parts),
  ],
  tanhForward: unary('tanhForward'),
  tanhBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, parts }) => [
    stage('tanhBackward', [dy, y, dx], size, parts),
  ],
  expForward: unary('expForward'),
  logForward: unary('logForward'),
  sqrtForward: unary('sqrtForward'),
  absForward: unary('absForward'),
  absBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size }, parts }) => [
    stage('absBackward', [dy, x, dx], size, parts),
  ],
  fill: ({ outputs: { y }, geometry: { size, value }, parts }) => [stage('fill', [y], size, parts, value)],
  affineForward: ({ inputs: { x }, outputs: { y }, geometry: { size, factor, offset }, parts }) => [
    stage('affineForward', [x, y], size, parts, factor, offset),
  ],
  dropoutForward({ inputs: { x, random }, outputs: { y }, geometry: { size, rate, stream }, parts }) {
    const threshold = Math.floor(rate * 2 ** 32);
    const scale = 1 / (1 - rate);
    const ranges = elements(size, parts).map(({ from, to }) => {
      const places = [x + 4 * from, y + 4 * from, random];
      return [['dropoutForward', ...places, to - from, threshold, scale, stream, from / 4] as const];
    });
    return [ranges];
  },
  sgdUpdate: ({ inputs: { dw, rate }, outputs: { w }, geometry: { size }, parts }) => [
    stage('sgdUpdate', [w, dw], size, parts, rate),
  ],
  momentumUpdate: ({ inputs: { dw, rate }, outputs: { w, velocity }, geometry, parts }) => [
    stage(
      'momentumUpdate',
      [w, velocity, dw],
      geometry.size,
      parts,
      ...[rate, geometry.momentum, Number(geometry.nesterov)],
    ),
  ],
  adamUpdate: ({ inputs: { dw, rate }, outputs: { w, m, v }, geometry: { size, beta1, beta2, epsilon }, parts }) => [
    stage('adamUpdate', [w, m, v, dw], size, parts, rate, 1 - beta1, 1 - beta2, epsilon),
  ],
  rmspropUpdate({ inputs: { dw, rate }, outputs: { w, v, step }, geometry, parts }) {
    const { size, rho, momentum, epsilon } = geometry;
    return [stage('rmspropUpdate', [w, v, step, dw], size, parts, rate, rho, 1 - rho, momentum, epsilon)];
  },
};
