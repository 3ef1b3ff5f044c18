import { hyperNames } from '../../kernels/generated/contract.ts';
import { sizeOf } from '../shape/shape.ts';
import { type Hyperparameter, rules } from './hyperparameters.ts';
import { type Adjustable, checkedOptions, makeOptimizer, type OptimizerOptions } from './make-optimizer.ts';

export interface AdadeltaOptions extends OptimizerOptions {
  /** 0.001 if left out; the paper's form has 1. */
  readonly learningRate?: Hyperparameter;
  /** Decay of the means of squares; 0.95 if left out. */
  readonly rho?: Hyperparameter;
  /** 1e-7 if left out. */
  readonly epsilon?: Hyperparameter;
}

export type Adadelta = Adjustable<'rho' | 'epsilon'>;

/** Adadelta (Zeiler 2012, algorithm 1). Throws OptionError for an option out of range. */
export function adadelta(options: AdadeltaOptions = {}): Adadelta {
  const given = checkedOptions<AdadeltaOptions>('adadelta', options, ['rho', 'epsilon']);
  const { learningRate = 0.001, rho = 0.95, epsilon = 1e-7 } = given;
  return makeOptimizer({
    name: 'adadelta',
    className: 'Adadelta',
    options: { ...given, learningRate },
    hyperparameters: { rho: [rho, rules.share], epsilon: [epsilon, rules.rate] },
    slots: { v: 0, moved: 0 },
    hyper: hyperNames.adadeltaUpdate,
    numbers({ learningRate, weightDecay, rho, epsilon }) {
      return { rate: learningRate, rho, gain: 1 - rho, epsilon, decay: learningRate * weightDecay };
    },
    update({ graph }, { w, dw, slots: { v, moved }, hyper }) {
      graph.emitUpdate('adadeltaUpdate', { w, v: v!, moved: moved! }, { dw, hyper }, { size: sizeOf(w.shape) });
    },
  });
}
