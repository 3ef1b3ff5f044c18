/** Kernels that go through their operands element by element or row by row: parts are ranges of these. */
import { type Bindings, elements, leastElements, rowRanges, split } from './binding.ts';

type Elementwise =
  | 'biasForward'
  | 'biasBackward'
  | 'reluForward'
  | 'reluBackward'
  | 'dropoutForward'
  | 'sgdUpdate'
  | 'momentumUpdate'
  | 'adamUpdate'
  | 'rmspropUpdate';

/** Bytes of scratch memory of biasBackward: a float64 for each column. */
export const biasScratch = ({ columns }: { readonly columns: number }): number => 8 * columns;

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
  reluForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, scratch }) => [
    elements(size, scratch.length).map(({ from, to }) => [['reluForward', x + 4 * from, y + 4 * from, to - from]]),
  ],
  reluBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, scratch }) => [
    elements(size, scratch.length).map(({ from, to }) => [
      ['reluBackward', dy + 4 * from, y + 4 * from, dx + 4 * from, to - from],
    ]),
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
    elements(size, scratch.length).map(({ from, to }) => [['sgdUpdate', w + 4 * from, dw + 4 * from, to - from, rate]]),
  ],
  momentumUpdate({ inputs: { dw, rate }, outputs: { w, velocity }, geometry, scratch }) {
    const { size, momentum, nesterov } = geometry;
    const parts = elements(size, scratch.length).map(({ from, to }) => {
      const places = [w, velocity, dw].map(place => place + 4 * from);
      return [['momentumUpdate', ...places, to - from, rate, momentum, Number(nesterov)] as const];
    });
    return [parts];
  },
  adamUpdate({ inputs: { dw, rate }, outputs: { w, m, v }, geometry: { size, beta1, beta2, epsilon }, scratch }) {
    const parts = elements(size, scratch.length).map(({ from, to }) => {
      const places = [w, m, v, dw].map(place => place + 4 * from);
      return [['adamUpdate', ...places, to - from, rate, 1 - beta1, 1 - beta2, epsilon] as const];
    });
    return [parts];
  },
  rmspropUpdate({ inputs: { dw, rate }, outputs: { w, v, step }, geometry, scratch }) {
    const { size, rho, momentum, epsilon } = geometry;
    const parts = elements(size, scratch.length).map(({ from, to }) => {
      const places = [w, v, step, dw].map(place => place + 4 * from);
      return [['rmspropUpdate', ...places, to - from, rate, rho, 1 - rho, momentum, epsilon] as const];
    });
    return [parts];
  },
};
