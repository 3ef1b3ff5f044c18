import { hyperNames } from '../../kernels/generated/contract.ts';
import { sizeOf } from '../shape/shape.ts';
import { checkedGradientStage, type GradientStageOptions } from './gradient-options.ts';
import { checkedDecay, checkedEpsilon, type Optimizer, withLearningRate } from './optimizer.ts';

export interface AdamOptions extends GradientStageOptions {
  /** 0.001 if left out. */
  readonly learningRate?: number;
  /** Decay of the mean of the gradients; 0.9 if left out. */
  readonly beta1?: number;
  /** Decay of the mean of their squares; 0.999 if left out. */
  readonly beta2?: number;
  /** 1e-7 if left out. */
  readonly epsilon?: number;
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1 in the order of its section 2, so that epsilon is the paper's epsilon-hat).
 * Throws OptionError for an option out of range.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const beta1 = checkedDecay('adam', 'beta1', options.beta1 ?? 0.9);
  const beta2 = checkedDecay('adam', 'beta2', options.beta2 ?? 0.999);
  const epsilon = checkedEpsilon('adam', options.epsilon ?? 1e-7);
  const gradientStage = checkedGradientStage('adam', options);
  return withLearningRate(options.learningRate ?? 0.001, {
    name: 'adam',
    config: { beta1, beta2, epsilon, ...gradientStage },
    gradientStage,
    slots: { m: 0, v: 0 },
    hyper: hyperNames.adamUpdate,
    hyperparameters(step) {
      const rate = (this.learningRate * Math.sqrt(biasCorrection(beta2, step))) / biasCorrection(beta1, step);
      return { rate, gain1: 1 - beta1, gain2: 1 - beta2, epsilon };
    },
    update({ graph }, { w, dw, slots: { m, v }, hyper }) {
      graph.emitUpdate('adamUpdate', { w, m: m!, v: v! }, { dw, hyper }, { size: sizeOf(w.shape) });
    },
  });
}

/**
 * 1 - beta^step. As in Keras, beta is rounded to float32 here: 1 - 0.999 then is 1.3e-5 smaller, which thirty steps of
 * a deep network turn into losses that differ by 1e-3.
 */
function biasCorrection(beta: number, step: number): number {
  return 1 - integerPower(Math.fround(beta), step);
}

/** base^exponent by repeated squaring: the same bits on every engine, which `**` does not promise. */
function integerPower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
