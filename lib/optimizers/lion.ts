import { hyperNames } from '../../kernels/generated/contract.ts';
import { sizeOf } from '../shape/shape.ts';
import { type Hyperparameter, rules } from './hyperparameters.ts';
import { type Adjustable, checkedOptions, makeOptimizer, type OptimizerOptions } from './make-optimizer.ts';

export interface LionOptions extends OptimizerOptions {
  /** 0.001 if left out; the paper advises a third to a tenth of that of Adam. */
  readonly learningRate?: Hyperparameter;
  /** The share of the momentum in the direction of a step, above 0; 0.9 if left out. */
  readonly beta1?: Hyperparameter;
  /** Decay of the momentum; 0.99 if left out. */
  readonly beta2?: Hyperparameter;
}

export type Lion = Adjustable<'beta1' | 'beta2'>;

const aboveZero = { words: 'above 0 and at most 1', holds: (value: number) => value > 0 && value <= 1 };

/** Lion (Chen et al. 2023, algorithm 2). Throws OptionError for an option out of range. */
export function lion(options: LionOptions = {}): Lion {
  const given = checkedOptions<LionOptions>('lion', options, ['beta1', 'beta2']);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.99 } = given;
  return makeOptimizer({
    name: 'lion',
    className: 'Lion',
    options: { ...given, learningRate },
    hyperparameters: { beta1: [beta1, aboveZero], beta2: [beta2, rules.share] },
    slots: { m: 0 },
    hyper: hyperNames.lionUpdate,
    numbers({ learningRate, weightDecay, beta1, beta2 }) {
      const decay = learningRate * weightDecay;
      return { rate: learningRate, beta1, gain1: 1 - beta1, beta2, gain2: 1 - beta2, decay };
    },
    update({ graph }, { w, dw, slots: { m }, hyper }) {
      graph.emitUpdate('lionUpdate', { w, m: m! }, { dw, hyper }, { size: sizeOf(w.shape) });
    },
  });
}
