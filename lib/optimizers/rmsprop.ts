import { hyperNames } from '../../kernels/generated/contract.ts';
import { sizeOf } from '../shape/shape.ts';
import { checkedGradientStage, type GradientStageOptions } from './gradient-options.ts';
import { checkedDecay, checkedEpsilon, type Optimizer, withLearningRate } from './optimizer.ts';

export interface RmspropOptions extends GradientStageOptions {
  /** 0.001 if left out. */
  readonly learningRate?: number;
  /** Decay of the mean of the squared gradients; 0.9 if left out. */
  readonly rho?: number;
  /** 0 if left out. */
  readonly momentum?: number;
  /** 1e-7 if left out. */
  readonly epsilon?: number;
}

/** RMSprop (Tieleman and Hinton 2012, Coursera lecture 6.5), not centered. Throws OptionError. */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const rho = checkedDecay('rmsprop', 'rho', options.rho ?? 0.9);
  const momentum = checkedDecay('rmsprop', 'momentum', options.momentum ?? 0);
  const epsilon = checkedEpsilon('rmsprop', options.epsilon ?? 1e-7);
  const gradientStage = checkedGradientStage('rmsprop', options);
  return withLearningRate(options.learningRate ?? 0.001, {
    name: 'rmsprop',
    config: { rho, momentum, epsilon, ...gradientStage },
    gradientStage,
    slots: { v: 0, step: 0 },
    hyper: hyperNames.rmspropUpdate,
    hyperparameters() {
      return { rate: this.learningRate, rho, gain: 1 - rho, momentum, epsilon };
    },
    update({ graph }, { w, dw, slots: { v, step }, hyper }) {
      graph.emitUpdate('rmspropUpdate', { w, v: v!, step: step! }, { dw, hyper }, { size: sizeOf(w.shape) });
    },
  });
}
