import { hyperNames } from '../../kernels/generated/contract.ts';
import { sizeOf } from '../shape/shape.ts';
import { type Hyperparameter, rules } from './hyperparameters.ts';
import {
  type Adjustable,
  checkedConstant,
  checkedOptions,
  makeOptimizer,
  type OptimizerOptions,
} from './make-optimizer.ts';

export interface AdagradOptions extends OptimizerOptions {
  /** 0.001 if left out. */
  readonly learningRate?: Hyperparameter;
  /** What the sums of squared gradients start from, 0 or more; 0.1 if left out. */
  readonly initialAccumulatorValue?: number;
  /** 1e-7 if left out. */
  readonly epsilon?: Hyperparameter;
}

export type Adagrad = Adjustable<'epsilon'>;

/**
 * Adagrad (Duchi, Hazan and Singer 2011, figure 1 with a diagonal matrix), with Keras's epsilon under the root. Throws
 * OptionError for an option out of range.
 */
export function adagrad(options: AdagradOptions = {}): Adagrad {
  const given = checkedOptions<AdagradOptions>('adagrad', options, ['initialAccumulatorValue', 'epsilon']);
  const { learningRate = 0.001, epsilon = 1e-7 } = given;
  const first = given.initialAccumulatorValue ?? 0.1;
  const initialAccumulatorValue = checkedConstant('adagrad', 'initialAccumulatorValue', first, rules.rate);
  return makeOptimizer({
    name: 'adagrad',
    className: 'Adagrad',
    options: { ...given, learningRate },
    hyperparameters: { epsilon: [epsilon, rules.rate] },
    constants: { initialAccumulatorValue },
    slots: { v: initialAccumulatorValue },
    hyper: hyperNames.adagradUpdate,
    numbers({ learningRate, weightDecay, epsilon }) {
      return { rate: learningRate, epsilon, decay: learningRate * weightDecay };
    },
    update({ graph }, { w, dw, slots: { v }, hyper }) {
      graph.emitUpdate('adagradUpdate', { w, v: v! }, { dw, hyper }, { size: sizeOf(w.shape) });
    },
  });
}
