import { hyperNames } from '../../kernels/generated/contract.ts';
import { sizeOf } from '../shape/shape.ts';
import { biasCorrection } from './bias-correction.ts';
import { type Hyperparameter, rules } from './hyperparameters.ts';
import { type Adjustable, checkedOptions, makeOptimizer, type OptimizerOptions } from './make-optimizer.ts';

export interface AdamaxOptions extends OptimizerOptions {
  /** 0.001 if left out. */
  readonly learningRate?: Hyperparameter;
  /** Decay of the mean of the gradients; 0.9 if left out. */
  readonly beta1?: Hyperparameter;
  /** Decay of their largest magnitude; 0.999 if left out. */
  readonly beta2?: Hyperparameter;
  /** 1e-7 if left out. */
  readonly epsilon?: Hyperparameter;
}

export type Adamax = Adjustable<'beta1' | 'beta2' | 'epsilon'>;

/** Adamax (Kingma and Ba 2015, algorithm 2). Throws OptionError for an option out of range. */
export function adamax(options: AdamaxOptions = {}): Adamax {
  const given = checkedOptions<AdamaxOptions>('adamax', options, ['beta1', 'beta2', 'epsilon']);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = given;
  return makeOptimizer({
    name: 'adamax',
    className: 'Adamax',
    options: { ...given, learningRate },
    hyperparameters: {
      beta1: [beta1, rules.share],
      beta2: [beta2, rules.share],
      epsilon: [epsilon, rules.rate],
    },
    slots: { m: 0, norm: 0 },
    hyper: hyperNames.adamaxUpdate,
    numbers({ learningRate, weightDecay, beta1, beta2, epsilon }, change) {
      const rate = learningRate / biasCorrection(beta1, change);
      return { rate, gain1: 1 - beta1, beta2, epsilon, decay: learningRate * weightDecay };
    },
    update({ graph }, { w, dw, slots: { m, norm }, hyper }) {
      graph.emitUpdate('adamaxUpdate', { w, m: m!, norm: norm! }, { dw, hyper }, { size: sizeOf(w.shape) });
    },
  });
}
