import { hyperNames } from '../../kernels/generated/contract.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { sizeOf } from '../shape/shape.ts';
import { checkedGradientStage, type GradientStageOptions } from './gradient-options.ts';
import { checkedEpsilon, type Optimizer, withLearningRate } from './optimizer.ts';

export interface AdagradOptions extends GradientStageOptions {
  /** 0.001 if left out. */
  readonly learningRate?: number;
  /** What the sums of squared gradients start from, 0 or more; 0.1 if left out. */
  readonly initialAccumulatorValue?: number;
  /** 1e-7 if left out. */
  readonly epsilon?: number;
}

/**
 * Adagrad (Duchi, Hazan and Singer 2011, figure 1 with a diagonal matrix), with Keras's epsilon under the root. Throws
 * OptionError for an option out of range.
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const initialAccumulatorValue = options.initialAccumulatorValue ?? 0.1;
  if (!(Number.isFinite(initialAccumulatorValue) && initialAccumulatorValue >= 0)) {
    const got = describe(initialAccumulatorValue);
    throw new OptionError(`adagrad: initialAccumulatorValue must be a finite number of 0 or more, got ${got}`);
  }
  const epsilon = checkedEpsilon('adagrad', options.epsilon ?? 1e-7);
  const gradientStage = checkedGradientStage('adagrad', options);
  return withLearningRate(options.learningRate ?? 0.001, {
    name: 'adagrad',
    config: { initialAccumulatorValue, epsilon, ...gradientStage },
    gradientStage,
    slots: { v: initialAccumulatorValue },
    hyper: hyperNames.adagradUpdate,
    hyperparameters() {
      return { rate: this.learningRate, epsilon };
    },
    update({ graph }, { w, dw, slots: { v }, hyper }) {
      graph.emitUpdate('adagradUpdate', { w, v: v! }, { dw, hyper }, { size: sizeOf(w.shape) });
    },
  });
}
