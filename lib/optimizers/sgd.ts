import { hyperNames } from '../../kernels/generated/contract.ts';
import { sizeOf } from '../shape/shape.ts';
import { checkedGradientStage, type GradientStageOptions } from './gradient-options.ts';
import { checkedDecay, type Optimizer, withLearningRate } from './optimizer.ts';

export interface SgdOptions extends GradientStageOptions {
  /** 0.01 if left out. */
  readonly learningRate?: number;
  /** 0 if left out: plain gradient descent. */
  readonly momentum?: number;
  /** Nesterov momentum; false if left out. */
  readonly nesterov?: boolean;
}

/** Gradient descent with optional momentum (Sutskever et al. 2013, equations 1-4). Throws OptionError. */
export function sgd(options: SgdOptions = {}): Optimizer {
  const momentum = checkedDecay('sgd', 'momentum', options.momentum ?? 0);
  const nesterov = options.nesterov ?? false;
  const gradientStage = checkedGradientStage('sgd', options);
  return withLearningRate(options.learningRate ?? 0.01, {
    name: 'sgd',
    config: { momentum, nesterov, ...gradientStage },
    gradientStage,
    slots: momentum === 0 ? {} : { velocity: 0 },
    hyper: momentum === 0 ? hyperNames.sgdUpdate : hyperNames.momentumUpdate,
    hyperparameters() {
      return { rate: this.learningRate, momentum };
    },
    update({ graph }, { w, dw, slots: { velocity }, hyper }) {
      const size = sizeOf(w.shape);
      if (velocity === undefined) graph.emitUpdate('sgdUpdate', { w }, { dw, hyper }, { size });
      else graph.emitUpdate(nesterov ? 'nesterovUpdate' : 'momentumUpdate', { w, velocity }, { dw, hyper }, { size });
    },
  });
}
