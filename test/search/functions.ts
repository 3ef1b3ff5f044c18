/** Functions whose least values are known, with the spaces that they are defined on. */
import { type OptionsOf, ranges, type Space } from '../../lib/index.ts';

interface Known<S extends Space> {
  readonly space: S;
  readonly least: number;
  lossOf(options: OptionsOf<S>): number;
}

/** Hartmann's function of six numbers: -3.32237 (Dixon and Szego 1978). */
const strength = [1, 1.2, 3, 3.2];
const narrowness = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const place = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];
const unit = () => ranges.float(0, 1);
const hartmannSpace = { a: unit(), b: unit(), c: unit(), d: unit(), e: unit(), f: unit() };
export const hartmann: Known<typeof hartmannSpace> = {
  space: hartmannSpace,
  least: -3.32237,
  lossOf(options) {
    const numbers = Object.values(options);
    const distance = (i: number) =>
      numbers.reduce((sum, x, j) => sum + narrowness[i]![j]! * (x - place[i]![j]!) ** 2, 0);
    return -strength.reduce((sum, alpha, i) => sum + alpha * Math.exp(-distance(i)), 0);
  },
};

/** Options of all kinds, as a training has them: best at a rate of 0.003, 96 units, `gelu` and no flag: 0. */
const mixedSpace = {
  rate: ranges.float(1e-5, 1, { log: true }),
  units: ranges.int(8, 512, { log: true }),
  depth: ranges.int(1, 9),
  activation: ranges.choice(['relu', 'gelu', 'tanh', 'elu']),
  flag: ranges.boolean(),
};
export const mixed: Known<typeof mixedSpace> = {
  space: mixedSpace,
  least: 0,
  lossOf: ({ rate, units, depth, activation, flag }) =>
    Math.log10(rate / 0.003) ** 2 +
    Math.log2(units / 96) ** 2 / 4 +
    (depth - 4) ** 2 / 8 +
    ['gelu', 'elu', 'relu', 'tanh'].indexOf(activation) / 2 +
    (flag ? 1 : 0),
};
