/** Activations in float64, written apart from the formulas that they check. */
import { erfByIntegral as erf } from './erf.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.log1p(Math.exp(x));

/** Klambauer et al. 2017, section 2. */
const scale = 1.0507009873554805;
const alpha = 1.6732632423543772;

export interface ReluNumbers {
  readonly alpha: number;
  readonly maxValue: number;
  readonly threshold: number;
}

export const activationDefinitions = {
  thresholdedRelu(x: number, { alpha, maxValue, threshold }: ReluNumbers): number {
    if (x >= maxValue) return maxValue;
    return x > threshold ? x : alpha * (x - threshold);
  },
  prelu: (x: number, slope: number): number => Math.max(x, 0) + slope * Math.min(x, 0),
  selu: (x: number): number => scale * (x > 0 ? x : alpha * (Math.exp(x) - 1)),
  celu: (x: number, { alpha }: { readonly alpha: number }): number =>
    Math.max(0, x) + Math.min(0, alpha * (Math.exp(x / alpha) - 1)),
  gelu: (x: number): number => (x * (1 + erf(x / Math.SQRT2))) / 2,
  geluTanh: (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  logSigmoid: (x: number): number => -softplus(-x),
  hardSigmoid: (x: number): number => Math.min(Math.max(x + 3, 0), 6) / 6,
  silu: (x: number): number => x * sigmoid(x),
  hardSilu: (x: number): number => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  mish: (x: number): number => x * Math.tanh(softplus(x)),
  softsign: (x: number): number => x / (Math.abs(x) + 1),
  squareplus: (x: number, { b }: { readonly b: number }): number => (x + Math.hypot(x, Math.sqrt(b))) / 2,
  sparsePlus(x: number): number {
    if (x <= -1) return 0;
    return x >= 1 ? x : (x + 1) ** 2 / 4;
  },
  hardShrink: (x: number, { threshold }: { readonly threshold: number }): number => (Math.abs(x) > threshold ? x : 0),
  threshold: (x: number, { threshold, value }: { readonly threshold: number; readonly value: number }): number =>
    x > threshold ? x : value,
  logSoftmax(row: readonly number[]): number[] {
    const total = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    return row.map(x => x - total);
  },
};
